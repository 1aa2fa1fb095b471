"""Withdrawn predictions, and erasure: what people wrote may be emptied once the payload is erased, and only then."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

REASONS = [('consent_withdrawn', 'consent was withdrawn'), ('erasure_requested', 'a person asked for erasure'), ('licence', 'the licence does not allow it'), ('wrong', 'it is wrong'), ('other', 'another reason')]

# The argument names the columns that hold what people wrote.
ERASED_ONLY = """
CREATE FUNCTION queues_is_erased_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV[0]::text[] = to_jsonb(NEW) - TG_ARGV[0]::text[]
     AND EXISTS (SELECT 1 FROM queues_item i JOIN queues_payload t
                 ON t.prediction_id IN (i.prediction_id, i.other_id) AND t.erased_at IS NOT NULL
                 WHERE i.id = OLD.item_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is history: its rows are never changed or removed, only erased', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO guarded FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = '{table}' AND column_name <> ALL ('{mutable}');
  DROP TRIGGER {table}_is_history ON {table};
  EXECUTE 'CREATE TRIGGER {table}_is_history BEFORE DELETE OR UPDATE OF ' || guarded
    || ' ON {table} FOR EACH ROW EXECUTE FUNCTION {function}';
END $$;
"""
WRITTEN = (
    ("queues_review", "{withdrawn_at}", "{answers,note,corrected_text}"),
    ("queues_verdict", "{withdrawn_at}", "{answers,why,corrected_text}"),
    ("queues_note", "{}", "{text}"),
)
RECALL = """
CREATE TRIGGER queues_recall_is_history BEFORE DELETE OR UPDATE ON queues_recall
  FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite();
"""


def guard(table: str, mutable: str, function: str) -> str:
    return GUARD.format(table=table, mutable=mutable, function=function)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_rate_buckets_without_log'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('queues', '0034_rows_by_release_and_item'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecallRequest',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('by', models.CharField(choices=[('predictions', 'predictions'), ('person', 'a person'), ('conversation', 'a conversation')], max_length=12)),
                ('named', models.JSONField(default=list)),
                ('reason', models.CharField(choices=REASONS, max_length=17)),
                ('why', models.TextField()),
                ('erases', models.BooleanField()),
                ('publishes', models.BooleanField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('found', models.IntegerField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['project', '-id'], name='recall_request_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('by__in', ['predictions', 'person', 'conversation'])), name='recall_request_by_known'), models.CheckConstraint(condition=models.Q(('reason__in', ['consent_withdrawn', 'erasure_requested', 'licence', 'wrong', 'other'])), name='recall_request_reason_known'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='recall_request_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('found__isnull', True)), models.Q(('finished_at__isnull', False), ('found__isnull', False), ('named', [])), _connector='OR'), name='recall_request_done_names_no_one')],
            },
        ),
        migrations.CreateModel(
            name='Recall',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reason', models.CharField(choices=REASONS, max_length=17)),
                ('erases', models.BooleanField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('prediction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='recalls', to='queues.prediction')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project')),
                ('request', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='recalls', to='queues.recallrequest')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['project', 'id'], name='recall_of_project')],
                'constraints': [models.UniqueConstraint(fields=('prediction', 'erases'), name='recall_once_per_prediction')],
            },
        ),
        migrations.RunSQL(RECALL, "DROP TRIGGER queues_recall_is_history ON queues_recall"),
        migrations.RunSQL(ERASED_ONLY, "DROP FUNCTION queues_is_erased_only()"),
        *[
            migrations.RunSQL(
                guard(table, mutable, f"queues_is_erased_only(''{erasable}'')"),
                guard(table, mutable, "queues_refuse_rewrite()"),
            )
            for table, mutable, erasable in WRITTEN
        ],
    ]
