"""Safety and privacy findings."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.IntegerChoices):
    """How bad a finding is; rules compare it. The order is the meaning."""

    LOW = 1, _("low")
    MEDIUM = 2, _("medium")
    HIGH = 3, _("high")
    SEVERE = 4, _("severe")


class Flag(models.Model):
    """One finding of one component on one prediction, as it arrived; also those that said "fine"."""

    id = models.BigAutoField(primary_key=True)
    prediction = models.ForeignKey("queues.Prediction", on_delete=models.PROTECT, related_name="flags")
    component = models.CharField(max_length=200)
    component_version = models.CharField(max_length=200, default="")
    taxonomy = models.CharField(max_length=200, default="")
    category = models.CharField(max_length=200)
    score = models.FloatField(null=True)  # 0..1
    threshold = models.FloatField(null=True)
    flagged = models.BooleanField()
    severity = models.SmallIntegerField(choices=Severity.choices)
    target = models.CharField(max_length=10, default="output")
    verdict = models.CharField(max_length=10, default="")
    action = models.CharField(max_length=10, default="")
    span = models.JSONField(null=True)  # [start, end) in code points of the output

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values), name="flag_severity_known"
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=0, score__lte=1),
                name="flag_score_is_a_share",
            ),
        ]
