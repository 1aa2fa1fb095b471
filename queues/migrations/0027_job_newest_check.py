"""The page of agreement asks at each look whether its queue is being checked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queues", "0026_counted_agreement")]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                fields=["subject_id", "-id"],
                condition=models.Q(kind="check_agreement"),
                name="job_newest_check",
            ),
        ),
    ]
