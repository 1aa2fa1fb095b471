"""What a dataset asks for has versions, and each release names the one that it was built by."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# What was released so far was released by the first version. The trigger of published releases stands aside.
FIRST_VERSIONS = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO queues_datasetversion (dataset_id, version, filter, rules, splits, reason, created_by_id, created_at)
SELECT id, 1, filter, rules, splits, '', created_by_id, created_at FROM queues_dataset;
ALTER TABLE queues_release DISABLE TRIGGER queues_release_stands;
UPDATE queues_release r SET definition_id = v.id FROM queues_datasetversion v WHERE v.dataset_id = r.dataset_id;
ALTER TABLE queues_release ENABLE TRIGGER queues_release_stands;
"""
GUARD = """
CREATE TRIGGER queues_datasetversion_is_history BEFORE DELETE OR UPDATE ON queues_datasetversion
  FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite();
"""
UNGUARD = "DROP TRIGGER queues_datasetversion_is_history ON queues_datasetversion;"


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('queues', '0030_splits_of_datasets'),
    ]

    operations = [
        migrations.AddField(
            model_name='dataset',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.CreateModel(
            name='DatasetVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('filter', models.JSONField()),
                ('rules', models.JSONField()),
                ('splits', models.JSONField()),
                ('reason', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dataset', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='queues.dataset')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('dataset', 'version'), name='dataset_version_once'), models.CheckConstraint(condition=models.Q(('version', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='dataset_version_changed_with_reason')],
            },
        ),
        migrations.AddField(
            model_name='release',
            name='definition',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='queues.datasetversion'),
        ),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
