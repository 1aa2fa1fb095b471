"""A form that somebody is writing."""

from django.db import models
from django.db.models.functions import Now


class FormDraft(models.Model):
    """What one person has changed of a queue's form and not published. One per person and queue.

    document: form/1 as far as it was written; it may have faults. base_version: the version it was begun
    from, 0 when there was none. mappings: as of FormVersion. revision: counts the saves, so that an older
    tab overwrites nothing unseen.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey(
        "queues.Queue", on_delete=models.PROTECT, related_name="form_drafts", db_index=False
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    mappings = models.JSONField(default=dict)
    base_version = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["queue", "person"], name="form_draft_one_per_person"),
            models.CheckConstraint(
                condition=models.Q(revision__gte=1), name="form_draft_revision_counts_from_1"
            ),
        ]
