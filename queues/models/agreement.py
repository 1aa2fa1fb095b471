"""Agreement, counted: what is said of each shared item, and how many items are alike."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5


class AgreementUnit(models.Model):
    """One shared item whose reviewing is over, as agreement counts it: the unit of its figures.

    holds: what its standing reviews say now (`queues.agree.unit_sql`), None where nothing counts. folded:
    what of it the counts of patterns contain; is_folded: they are the same. is_owed: counted by the sweeper,
    as it was reviewed before agreement was counted.
    """

    item = models.OneToOneField("queues.Item", primary_key=True, on_delete=models.PROTECT, related_name="+")
    holds = models.JSONField(null=True)
    folded = models.JSONField(null=True)
    is_folded = models.BooleanField(default=False, db_default=False)
    is_owed = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()
        indexes = [
            # Read by every figure and by the sweeper: what the counts do not contain yet.
            models.Index(fields=["item"], condition=Q(is_folded=False), name="agreement_unfolded"),
            models.Index(fields=["item"], condition=Q(is_owed=True), name="agreement_owed"),
        ]


class PatternCount(models.Model):
    """How many units of a queue have one pattern of answers to one question: exact, and never below 1.

    pattern: a JSON list of the answers as they are compared, sorted, without who gave them; in the words of
    this version of the form. by, name: what the units are told apart by ("week", its Monday); "all" for all
    of them. question: its key, "decision", or "" with an empty pattern: the units themselves.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, db_index=False, related_name="+")
    by = models.CharField(max_length=10)
    name = models.TextField()
    is_drawn = models.BooleanField()
    question = models.TextField()
    version = models.PositiveIntegerField()
    pattern = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            # By a digest: a pattern of many long answers does not fit into an index.
            models.UniqueConstraint(
                "queue",
                "by",
                "question",
                "is_drawn",
                "version",
                MD5("name"),
                MD5("pattern"),
                name="pattern_count_once",
            ),
            models.CheckConstraint(condition=Q(n__gte=1), name="pattern_count_from_1"),
        ]


class AgreementCheck(models.Model):
    """One recomputation of a queue's agreement from the raw answers, and what of it differed.

    findings: per question the coefficient of both ways and every pattern whose count differs. is_equal:
    none did. by: who asked, None for the night.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, db_index=False, related_name="+")
    checked_at = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    n_units = models.BigIntegerField()
    is_equal = models.BooleanField()
    findings = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["queue", "-id"], name="agreement_check_newest")]
