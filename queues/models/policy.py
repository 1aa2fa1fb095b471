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


class PolicyActivation(models.Model):
    """One version was put in force, in place of another: which rules held when. Never changed."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="activations")
    before = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(before__isnull=True) | ~models.Q(before=models.F("policy")),
                name="policy_activation_replaces_another",
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="policy_activation_newest")]


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


class SecondLook(models.Model):
    """What the policy decided when more became known of a prediction: reasons that came later. Never changed.

    Feedback arrives, a vector is made, a filter answers: the rules that look at it are asked again. pi: as
    in Routing, with what is known now; the highest pi of a prediction is the one that counts. reasons:
    empty where a rule that is asked only now draws at random and did not draw it.
    """

    id = models.BigAutoField(primary_key=True)
    prediction = models.ForeignKey(
        "queues.Prediction", on_delete=models.PROTECT, related_name="second_looks", db_index=False
    )
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+", db_index=False)
    changed = models.JSONField(default=list)  # what had become known: names as rules ask for them
    pi = models.FloatField()
    reasons = models.JSONField(default=list)
    looked_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pi__gte=0, pi__lte=1), name="second_look_pi_is_a_probability"
            ),
        ]
        indexes = [models.Index(fields=["prediction", "id"], name="second_look_of_prediction")]


class RuleAllowance(models.Model):
    """What a rule with a cap or a budget has left, by name, across policy versions. One row per rule.

    day: the day (UTC) that picked and held_back count; tokens: what the bucket of a budget held at filled_at.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=60)
    day = models.DateField()
    picked = models.PositiveIntegerField(default=0)
    held_back = models.PositiveIntegerField(default=0)
    tokens = models.FloatField(null=True)
    filled_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "rule"], name="rule_allowance_once"),
            models.CheckConstraint(
                condition=models.Q(tokens__isnull=True) | models.Q(tokens__gte=0),
                name="rule_allowance_is_not_overdrawn",
            ),
        ]
