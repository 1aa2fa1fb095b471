"""The rules of a project, versioned."""

from django.db import models
from django.db.models.functions import Now


class Policy(models.Model):
    """One immutable version of a project's rules. At most one of a project is active.

    salt: secret of the audit draw; who knows it could choose ids that are never audited.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    document = models.JSONField()  # policy/1
    salt = models.CharField(max_length=64)
    author = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(is_active=True), name="policy_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"policy {self.version}"


class Routing(models.Model):
    """What the active policy decided for one prediction, and with what probability. Never changed.

    pi: the probability (0..1) that this prediction was going to be picked, stored for those that
    were not picked too: it is what makes rates over all traffic unbiased.
    """

    prediction = models.OneToOneField(
        "queues.Prediction", primary_key=True, on_delete=models.PROTECT, related_name="routing"
    )
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    pi = models.FloatField()
    reasons = models.JSONField(default=list)  # a reason per rule that fired, empty when none did
    routed_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pi__gte=0, pi__lte=1), name="routing_pi_is_a_probability"
            ),
        ]
