"""How far people should agree on a question."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Expects(models.TextChoices):
    """Whether people can agree on it at all."""

    AGREEMENT = "agreement", _("agreement")
    DISTRIBUTION = "distribution", _("a distribution: people may rightly differ")


class AgreementTarget(models.Model):
    """What a lead expects of the agreement on one question of a queue from then on; the newest row holds.

    question: its key, or "decision". good, tentative: what the lower end of the coefficient's interval must
    reach to be called so; both None where a distribution is expected, which raises no alarm.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, db_index=False, related_name="+")
    question = models.TextField()
    expects = models.CharField(max_length=12, choices=Expects.choices)
    good = models.FloatField(null=True)
    tentative = models.FloatField(null=True)
    reason = models.TextField()
    author = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(expects__in=Expects.values), name="agreement_target_expects_known"
            ),
            models.CheckConstraint(
                condition=Q(expects="distribution", good=None, tentative=None)
                | Q(
                    expects="agreement",
                    good__isnull=False,
                    tentative__isnull=False,
                    tentative__gte=0,
                    tentative__lte=F("good"),
                    good__lte=1,
                ),
                name="agreement_target_bounds_go_with_agreement",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="agreement_target_has_a_reason"),
        ]
        indexes = [models.Index(fields=["queue", "question", "-id"], name="agreement_target_newest")]
