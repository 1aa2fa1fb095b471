"""What holds for an item."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from queues.models.review import Decision


class Basis(models.TextChoices):
    """How a verdict came about."""

    SINGLE = "single", _("one review")
    AGREED = "agreed", _("agreed")
    MAJORITY = "majority", _("a majority")
    ADJUDICATED = "adjudicated", _("settled by a lead")


class Verdict(models.Model):
    """What holds for an item when it is settled. Replaced by a new row, never edited.

    form: the version whose questions the answers belong to; None for old verdicts of leads. review_ids: the
    reviews that stood when it was given, oldest first; dispute_rule: by which they settled
    it, None for the default. withdrawn_at: set once when an undo or a lead reopened the item; at most one
    verdict of an item stands.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="verdicts", db_index=False)
    form = models.ForeignKey(
        "queues.FormVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decision = models.CharField(max_length=8, choices=Decision.choices)
    basis = models.CharField(max_length=11, choices=Basis.choices)
    reasons = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    corrected_text = models.TextField(null=True)
    review = models.ForeignKey("queues.Review", null=True, on_delete=models.PROTECT, related_name="+")
    review_ids = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    dispute_rule = models.ForeignKey(
        "queues.DisputeRule", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_by = models.ForeignKey(
        "accounts.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    why = models.TextField(default="", blank=True)  # the lead's reason
    created_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="verdict_one_standing_per_item",
            ),
            models.CheckConstraint(
                condition=models.Q(decision__in=[d for d in Decision.values if d != "escalate"]),
                name="verdict_decides",
            ),
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="verdict_basis_known"),
            models.CheckConstraint(
                condition=models.Q(decision="correct", corrected_text__isnull=False)
                | (~models.Q(decision="correct") & models.Q(corrected_text__isnull=True)),
                name="verdict_corrected_text_goes_with_correct",
            ),
            models.CheckConstraint(
                condition=~models.Q(basis="adjudicated")
                | (models.Q(decided_by__isnull=False) & ~models.Q(why="")),
                name="verdict_adjudicated_has_who_and_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(basis="majority") | models.Q(dispute_rule__isnull=False),
                name="verdict_majority_has_its_rule",
            ),
        ]
        indexes = [
            # Read by exports: the standing verdicts of a queue in the order they were given.
            models.Index(
                fields=["queue", "id"], condition=models.Q(withdrawn_at__isnull=True), name="verdict_standing"
            ),
            # Read by stories, by undos and by a lead's verdict: also what was withdrawn.
            models.Index(fields=["item"], name="verdict_of_item"),
            # Read by leads: what they settled, the newest first.
            models.Index(
                fields=["decided_by", "-id"],
                condition=models.Q(decided_by__isnull=False),
                name="verdict_by_lead",
            ),
        ]
