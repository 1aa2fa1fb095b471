"""Datasets are split by groups, and each group keeps the split that it was first published in."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE TRIGGER queues_splitgroup_is_history BEFORE DELETE OR UPDATE ON queues_splitgroup
  FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite();
"""
UNGUARD = "DROP TRIGGER queues_splitgroup_is_history ON queues_splitgroup;"


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0029_discarded_drafts'),
    ]

    operations = [
        migrations.AddField(
            model_name='dataset',
            name='splits',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='releaserow',
            name='group_key',
            field=models.BigIntegerField(null=True),
        ),
        migrations.RemoveConstraint(
            model_name='releaserow',
            name='release_row_line_once',
        ),
        migrations.AddConstraint(
            model_name='releaserow',
            constraint=models.UniqueConstraint(fields=('release', 'split', 'line'), name='release_row_line_of_split_once'),
        ),
        migrations.CreateModel(
            name='SplitGroup',
            fields=[
                ('pk', models.CompositePrimaryKey('dataset_id', 'group_key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('group_key', models.BigIntegerField()),
                ('split', models.CharField(max_length=10)),
                ('dataset', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.dataset')),
                ('release', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.release')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('split__in', ['train', 'validation', 'test'])), name='split_group_split_known')],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
