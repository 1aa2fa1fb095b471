from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class BreakKind(models.TextChoices):
    """What is wrong at the first broken place of a chain."""

    CHANGED = "changed"
    MISSING = "missing"
    SWAPPED = "swapped"
    INSERTED = "inserted"
    CUT = "cut"
    REWRITTEN = "rewritten"


class AuditVerification(models.Model):
    """What one walk along a chain has found. Never changed.

    The events of the places after_seq + 1 … last_seq were computed again (0: the whole chain), and
    n_heads heads kept outside were compared. broken_*: the first place that does not fit, None and "" when
    all fit; evidence: what the sentence about it names. by_id: who asked, None for the system.
    """

    id = models.BigAutoField(primary_key=True)
    chain = models.BigIntegerField()
    verified_at = models.DateTimeField(db_default=Now())
    by_id = models.BigIntegerField(null=True)
    after_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    last_hash = models.BinaryField(max_length=32)
    n_events = models.BigIntegerField()
    n_heads = models.IntegerField()
    broken_kind = models.CharField(
        max_length=9, choices=BreakKind.choices, default="", db_default="", blank=True
    )
    broken_seq = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)

    objects = models.Manager["AuditVerification"]()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["chain", "-id"], name="audit_verification_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(broken_kind="") | Q(broken_kind__in=BreakKind.values),
                name="audit_break_kind_known",
            ),
        ]

    @property
    def is_intact(self) -> bool:
        return self.broken_kind == ""

    @property
    def is_whole(self) -> bool:
        """The walk began at the first event of the chain."""
        return self.after_seq == 0
