"""What a policy would have done."""

from django.db import models
from django.db.models.functions import Now

MOST = 100_000  # predictions that one dry run looks at


class DryRun(models.Model):
    """One question "what would this policy have sent?" of the last predictions of a project; its answer.

    document: a snapshot, whatever becomes of the draft. policy: the version that was asked about, None for
    a document that is no version yet. compared_with: the version in force when it was asked. result: a
    dry_run/1 document; until there is one, the job says how far it is.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    policy = models.ForeignKey("queues.Policy", null=True, on_delete=models.PROTECT, related_name="+")
    compared_with = models.ForeignKey("queues.Policy", null=True, on_delete=models.PROTECT, related_name="+")
    last = models.PositiveIntegerField()
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=1, last__lte=MOST), name="dry_run_looks_at_1_to_100000"
            ),
            models.CheckConstraint(
                condition=models.Q(result__isnull=True, finished_at__isnull=True)
                | models.Q(result__isnull=False, finished_at__isnull=False),
                name="dry_run_finished_has_a_result",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(cancelled_at__isnull=True),
                name="dry_run_finished_or_cancelled",
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="dry_run_newest")]
