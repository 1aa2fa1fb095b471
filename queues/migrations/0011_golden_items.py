"""Golden items in immutable versions, and how far predictions are from them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# table → columns that may be updated
MUTABLE = {
    "queues_golden": ["retired_at", "retired_why"],
    "queues_goldenversion": ["is_current"],
    "queues_deviation": [],
}
GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO guarded FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = '{table}' AND column_name <> ALL ('{mutable}');
  EXECUTE 'CREATE TRIGGER {table}_is_history BEFORE DELETE OR UPDATE OF ' || guarded
    || ' ON {table} FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_rate_buckets_without_log'),
        ('queues', '0010_policy_drafts_and_dry_runs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Golden',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('golden_id', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('retired_at', models.DateTimeField(null=True)),
                ('retired_why', models.TextField(blank=True, default='')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.project')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='GoldenVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('content_hash', models.BinaryField(max_length=32)),
                ('input', models.JSONField()),
                ('prompt', models.TextField()),
                ('prompt_sha256', models.BinaryField(max_length=32)),
                ('normalised_sha256', models.BinaryField(max_length=32)),
                ('targets', models.JSONField()),
                ('rule', models.JSONField()),
                ('rubric', models.TextField(blank=True, default='')),
                ('context', models.TextField(blank=True, default='')),
                ('locale', models.CharField(blank=True, default='', max_length=35)),
                ('tags', models.JSONField(default=list)),
                ('reason', models.TextField()),
                ('is_current', models.BooleanField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('golden', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='queues.golden')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.project')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Deviation',
            fields=[
                ('prediction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='deviation', serialize=False, to='queues.prediction')),
                ('matched_by', models.CharField(choices=[('named', 'named by the sender'), ('exact', 'the same question'), ('normalised', 'the same question but for case and spaces'), ('embedding', 'a question of the same meaning'), ('sent', 'a value that the sender expected')], max_length=10)),
                ('deviates', models.BooleanField()),
                ('distance', models.FloatField()),
                ('why', models.CharField(max_length=40)),
                ('compared_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deviations', to='queues.goldenversion')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='goldenversion',
            index=models.Index(condition=models.Q(('is_current', True)), fields=['project', '-id'], name='golden_last_changed'),
        ),
        migrations.AddConstraint(
            model_name='golden',
            constraint=models.UniqueConstraint(fields=('project', 'golden_id'), name='golden_id_once_per_project'),
        ),
        migrations.AddConstraint(
            model_name='golden',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', True), ('retired_why', '')), models.Q(('retired_at__isnull', False), models.Q(('retired_why', ''), _negated=True)), _connector='OR'), name='golden_retired_at_goes_with_why'),
        ),
        migrations.AddIndex(
            model_name='goldenversion',
            index=models.Index(fields=['project', 'prompt_sha256'], name='golden_by_prompt'),
        ),
        migrations.AddIndex(
            model_name='goldenversion',
            index=models.Index(fields=['project', 'normalised_sha256'], name='golden_by_normalised'),
        ),
        migrations.AddConstraint(
            model_name='goldenversion',
            constraint=models.UniqueConstraint(fields=('golden', 'version'), name='golden_version_once'),
        ),
        migrations.AddConstraint(
            model_name='goldenversion',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('golden',), name='golden_one_current'),
        ),
        migrations.AddIndex(
            model_name='deviation',
            index=models.Index(condition=models.Q(('version__isnull', False)), fields=['version', '-prediction'], name='deviation_of_golden'),
        ),
        migrations.AddConstraint(
            model_name='deviation',
            constraint=models.CheckConstraint(condition=models.Q(('matched_by__in', ['named', 'exact', 'normalised', 'embedding', 'sent'])), name='deviation_matched_by_known'),
        ),
        migrations.AddConstraint(
            model_name='deviation',
            constraint=models.CheckConstraint(condition=models.Q(('distance__gte', 0), ('distance__lte', 1)), name='deviation_distance_is_a_share'),
        ),
        *[
            migrations.RunSQL(
                GUARD.format(table=table, mutable="{" + ",".join(mutable) + "}"),
                f"DROP TRIGGER {table}_is_history ON {table}",
            )
            for table, mutable in MUTABLE.items()
        ],
    ]
