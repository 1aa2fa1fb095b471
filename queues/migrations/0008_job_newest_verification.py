"""The index by which the page of seals finds the verification that is under way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("queues", "0007_webhooks"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("kind", "verify_audit")),
                fields=["subject_id", "-id"],
                name="job_newest_verification",
            ),
        ),
    ]
