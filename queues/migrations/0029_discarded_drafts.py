"""A draft can be put away, and be brought back for a while."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queues", "0028_dataset_rules_and_release_findings")]

    operations = [
        migrations.AddField(
            model_name="draft", name="discarded_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(
                fields=["discarded_at"],
                condition=models.Q(discarded_at__isnull=False),
                name="draft_discarded",
            ),
        ),
    ]
