"""The newest items of a queue that several people review are found without a walk over the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queues", "0020_dispute_rules")]

    operations = [
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(
                    ("reviews_needed__gt", 1), ("state__in", ["in_review", "disputed", "settled"])
                ),
                fields=["queue", "id"],
                name="item_with_overlap",
            ),
        ),
    ]
