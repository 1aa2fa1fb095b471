"""What a queue asks of its reviews before they settle an item."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Needs(models.TextChoices):
    """How many of the reviews must say the same."""

    UNANIMOUS = "unanimous", _("all of them")
    MAJORITY = "majority", _("more than half of them")
    K_OF_N = "k_of_n", _("a fixed number of them")


class DisputeRule(models.Model):
    """One immutable version of a queue's dispute rule; the queue names the one that holds.

    needs: for the decision, and for each question that `by_question` does not name. at_least: the k of
    "k of n"; where an item gets fewer reviews, all of them. by_question: question key → "unanimous",
    "majority", or "not_counted" for one on which people may differ. asks_lead_*: these items are settled by
    a lead even when the reviews agree.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, related_name="dispute_rules")
    version = models.PositiveIntegerField()
    needs = models.CharField(max_length=9, choices=Needs.choices)
    at_least = models.SmallIntegerField(null=True)
    by_question = models.JSONField(default=dict)
    asks_lead_always = models.BooleanField(default=False)
    asks_lead_for_safety = models.BooleanField(default=False)
    asks_lead_for_golden = models.BooleanField(default=False)
    reason = models.TextField()
    author = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["queue", "version"], name="dispute_rule_once_per_queue"),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="dispute_rule_version_counts_from_1"
            ),
            models.CheckConstraint(
                condition=models.Q(needs__in=Needs.values), name="dispute_rule_needs_known"
            ),
            models.CheckConstraint(
                condition=models.Q(needs="k_of_n", at_least__isnull=False, at_least__gte=2, at_least__lte=20)
                | (~models.Q(needs="k_of_n") & models.Q(at_least__isnull=True)),
                name="dispute_rule_k_goes_with_k_of_n",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="dispute_rule_has_a_reason"),
        ]
