"""Read by the comparison of two releases: the rows of a release in the order of their records."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0033_pause_until_read'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='releaserow',
            index=models.Index(fields=['release', 'item'], name='release_row_by_item'),
        ),
    ]
