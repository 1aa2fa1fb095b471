"""How far a person has come towards the first real item of a queue that asks for checks first."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class QualificationState(models.TextChoices):
    """under_way → passed or failed; a lead lets in whom they trust, or asks again."""

    UNDER_WAY = "under_way", _("under way")
    PASSED = "passed", _("passed")
    FAILED = "failed", _("not passed")
    LET_IN = "let_in", _("let in by a lead")
    WORKED_BEFORE = "worked_before", _("worked here before")


DONE = (QualificationState.PASSED, QualificationState.LET_IN, QualificationState.WORKED_BEFORE)


class Qualification(models.Model):
    """One person's way into one queue. Checks that were given before `since` count no more.

    right of n: what passed or failed it. decided_by, reason: the lead who let the person in or asked again.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=13, choices=QualificationState.choices)
    since = models.DateTimeField(db_default=Now())
    right = models.SmallIntegerField(default=0)
    n = models.SmallIntegerField(default=0)
    decided_by = models.ForeignKey(
        "accounts.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.TextField(default="", blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["queue", "person"], name="qualification_once_per_queue"),
            models.CheckConstraint(
                condition=Q(state__in=QualificationState.values), name="qualification_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="let_in") | (Q(decided_by__isnull=False) & ~Q(reason="")),
                name="qualification_let_in_has_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(reason=""),
                name="qualification_decision_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(right__gte=0, right__lte=models.F("n")), name="qualification_right_of_n"
            ),
        ]
