"""A policy that somebody is writing."""

from django.db import models
from django.db.models.functions import Now


class PolicyDraft(models.Model):
    """What one person has changed of a project's policy and not stored as a version. One per person.

    document: policy/1 as far as it was written; it may have faults. base_version: the version it was begun
    from, None when there was none. revision: counts the saves: an older tab overwrites nothing unseen.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="policy_drafts")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    base_version = models.PositiveIntegerField(null=True)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="policy_draft_one_per_person"),
            models.CheckConstraint(
                condition=models.Q(revision__gte=1), name="policy_draft_revision_counts_from_1"
            ),
        ]
