"""How far a person has passed over what a queue holds and they may not have."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("queues", "0035_recalls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("track", models.CharField(max_length=40)),
                ("priority", models.SmallIntegerField()),
                ("due_at", models.DateTimeField(null=True)),
                ("place", models.BigIntegerField(null=True)),
                ("slot_id", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="queues.queue"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("queue", "person", "track"), name="bookmark_once_per_track"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", True), ("place__isnull", False)),
                            models.Q(("due_at__isnull", False), ("place__isnull", True)),
                            _connector="OR",
                        ),
                        name="bookmark_has_one_place",
                    ),
                ],
            },
        ),
    ]
