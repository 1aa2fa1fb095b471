"""What guards demand of a dataset, what they found in a release, and what was accepted."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0027_job_newest_check'),
    ]

    operations = [
        migrations.AddField(
            model_name='dataset',
            name='rules',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='release',
            name='accepted',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='release',
            name='findings',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
