"""A lead's reply to a question about a hidden check, and the index by which the questions are found."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queues", "0004_vectors")]

    operations = [
        migrations.AddField(
            model_name="servedcheck",
            name="reply",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.note"
            ),
        ),
        migrations.AddIndex(
            model_name="servedcheck",
            index=models.Index(
                condition=models.Q(answered_at__isnull=False, reply=None, right=None),
                fields=["queue", "id"],
                name="served_check_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="servedcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(reply=None) | models.Q(right=None, answered_at__isnull=False),
                name="served_check_reply_is_to_a_question",
            ),
        ),
    ]
