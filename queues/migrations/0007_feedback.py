"""Feedback, what of it counts, and the other names of predictions; what was said is never rewritten."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO guarded FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = 'queues_feedback'
    AND column_name <> ALL ('{prediction_id,record,erased_at,is_owed}');
  EXECUTE 'CREATE TRIGGER queues_feedback_is_history BEFORE UPDATE OF ' || guarded
    || ' ON queues_feedback FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()';
END $$;
CREATE TRIGGER queues_feedback_stays BEFORE DELETE ON queues_feedback
  FOR EACH ROW WHEN (OLD.prediction_id IS NOT NULL) EXECUTE FUNCTION queues_refuse_rewrite();
CREATE TRIGGER queues_feedback_joins_once BEFORE UPDATE OF prediction_id ON queues_feedback
  FOR EACH ROW WHEN (OLD.prediction_id IS NOT NULL AND NEW.prediction_id IS DISTINCT FROM OLD.prediction_id)
  EXECUTE FUNCTION queues_refuse_rewrite();
CREATE TRIGGER queues_feedback_is_erased_only BEFORE UPDATE OF record ON queues_feedback
  FOR EACH ROW WHEN (NEW.record IS NOT NULL) EXECUTE FUNCTION queues_refuse_rewrite();
"""
UNGUARD = "".join(
    f"DROP TRIGGER queues_feedback_{name} ON queues_feedback;"
    for name in ("is_history", "stays", "joins_once", "is_erased_only")
)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_rate_buckets_without_log'),
        ('queues', '0006_second_looks_are_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('event_id', models.CharField(max_length=200)),
                ('content_hash', models.BinaryField(max_length=32)),
                ('reference', models.BinaryField(max_length=16)),
                ('actor_kind', models.CharField(max_length=10)),
                ('actor', models.BinaryField(max_length=16)),
                ('kind', models.CharField(choices=[('explicit', 'explicit'), ('implicit', 'implicit')], max_length=8)),
                ('name', models.CharField(choices=[('thumb', 'thumb up or down'), ('stars', 'stars'), ('choice', 'choice among candidates'), ('reason_codes', 'reasons'), ('comment', 'comment'), ('correction', 'correction'), ('report', 'report'), ('copy', 'copied'), ('dwell', 'time spent'), ('abandon', 'abandoned'), ('regenerate', 'asked again for an answer'), ('reformulate', 'asked in other words'), ('edit_before_send', 'edited before sending'), ('accept', 'accepted'), ('handoff', 'handed over to a person'), ('retry', 'tried again')], max_length=20)),
                ('number', models.FloatField(null=True)),
                ('label', models.CharField(default='', max_length=200)),
                ('is_negative', models.BooleanField()),
                ('record', models.JSONField(null=True)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('erased_at', models.DateTimeField(null=True)),
                ('is_owed', models.BooleanField(db_default=False)),
                ('prediction', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='queues.prediction')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.project')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PredictionAlias',
            fields=[
                ('pk', models.CompositePrimaryKey('project_id', 'key', 'prediction_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BinaryField(max_length=16)),
                ('prediction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='queues.prediction')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.project')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('pk', models.CompositePrimaryKey('prediction_id', 'actor', 'name', blank=True, editable=False, primary_key=True, serialize=False)),
                ('actor', models.BinaryField(max_length=16)),
                ('name', models.CharField(max_length=20)),
                ('number', models.FloatField(null=True)),
                ('label', models.CharField(default='', max_length=200)),
                ('occurred_at', models.DateTimeField()),
                ('feedback', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.feedback')),
                ('prediction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='queues.prediction')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(fields=['project', '-id'], name='feedback_newest'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(fields=['project', 'name', '-id'], name='feedback_by_name'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(condition=models.Q(('is_negative', True)), fields=['project', '-id'], name='feedback_negative'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(condition=models.Q(('prediction__isnull', False)), fields=['prediction', '-id'], name='feedback_of_prediction'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(condition=models.Q(('prediction__isnull', True)), fields=['project', 'reference', 'id'], name='feedback_waiting'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(condition=models.Q(('is_owed', True)), fields=['id'], name='feedback_owed'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(condition=models.Q(('prediction__isnull', True)), fields=['received_at'], name='feedback_waiting_since'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.UniqueConstraint(fields=('project', 'event_id'), name='feedback_event_once_per_project'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['explicit', 'implicit'])), name='feedback_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('name__in', ['thumb', 'stars', 'choice', 'reason_codes', 'comment', 'correction', 'report', 'copy', 'dwell', 'abandon', 'regenerate', 'reformulate', 'edit_before_send', 'accept', 'handoff', 'retry'])), name='feedback_name_known'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('erased_at__isnull', True), ('record__isnull', False)), models.Q(('erased_at__isnull', False), ('record__isnull', True)), _connector='OR'), name='feedback_erased_at_goes_with_no_record'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
