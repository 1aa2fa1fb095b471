"""The index by which an erasure finds the answers of a project, built while requests go on storing more."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0003_sealed_chain")]

    operations = [
        AddIndexConcurrently(
            "storedanswer",
            models.Index(
                condition=models.Q(("body__isnull", False), ("status__isnull", True), _connector="OR"),
                fields=["route"],
                name="stored_answer_by_route",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
    ]
