"""Reviews and verdicts of an item are found along an index also where some of them were taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0015_acceptances'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['item'], name='review_of_item'),
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(fields=['item'], name='verdict_of_item'),
        ),
    ]
