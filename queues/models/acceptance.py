"""What a guard stopped a release for, and why a person let it leave all the same."""

from django.db import models
from django.db.models.functions import Length, Now, Trim
from django.db.models.lookups import Exact, GreaterThanOrEqual

ACCEPTED_BECAUSE_MIN = 10  # characters: a few words
PAIR_BYTES = 8


class GuardStop(models.Model):
    """What one guard that stops found in one release, whether that was stopped or not. Never changed.

    pairs: a hash of 64 bits of each found pair, a row and what it was held against, in order
    (queues.export.accepting). unaccepted: for how many of them nobody had said why.
    """

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(
        "queues.Release", on_delete=models.PROTECT, related_name="stops", db_index=False
    )
    guard = models.CharField(max_length=40)
    rows = models.PositiveIntegerField()
    unaccepted = models.PositiveIntegerField()
    pairs = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["release", "guard"], name="guard_stop_once_per_release"),
            models.CheckConstraint(
                condition=models.Q(rows__gte=1, unaccepted__lte=models.F("rows")),
                name="guard_stop_accepts_what_it_found",
            ),
            models.CheckConstraint(
                condition=Exact(Length("pairs"), models.F("rows") * PAIR_BYTES),
                name="guard_stop_holds_each_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.guard


class Acceptance(models.Model):
    """Why a guard need not stop one release, for the pairs that were shown and no others. Never changed.

    shown: what the guard had found where the person looked. A release that a recall asks for takes over the
    acceptances of the one that it replaces, with who gave them and when.
    """

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(
        "queues.Release", on_delete=models.PROTECT, related_name="acceptances", db_index=False
    )
    guard = models.CharField(max_length=40)
    shown = models.ForeignKey(GuardStop, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField()
    accepted_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["release", "guard"], name="acceptance_once_per_guard"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(Trim("reason")), ACCEPTED_BECAUSE_MIN),
                name="acceptance_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
