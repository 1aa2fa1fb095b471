"""What a prediction still owes after its arrival: a row before it is a message, gone when it is done."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

ATTEMPTS_MAX = 5  # a poisonous prediction stops here and is shown with its error


class EnrichmentKind(models.TextChoices):
    """What is found out later. A kind's work is a plug-in: `queues.score.enrichment.kinds`."""

    INDEX = "index", _("full text")
    EMBED = "embed", _("vectors")
    REVIEWED = "reviewed", _("mark as reviewed")
    DETECT = "detect", _("remote detectors")


class Enrichment(models.Model):
    """One enrichment that one prediction still owes. Removed in the transaction that does it.

    attempts: how often it was begun. retry_at: not before this; while it is being tried, when its
    worker counts as dead. After ATTEMPTS_MAX attempts the row stays, with its error, for somebody to see.
    """

    pk = models.CompositePrimaryKey("project_id", "kind", "prediction_id")
    # Without a foreign key to the project: the prediction's own vouches for it, at half the cost.
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=EnrichmentKind.choices)
    prediction = models.ForeignKey(
        "queues.Prediction", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    is_routed = models.BooleanField(db_default=False)  # people wait for these first
    attempts = models.SmallIntegerField(db_default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(db_default="", blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EnrichmentKind.values), name="enrichment_kind_known"),
            models.CheckConstraint(
                condition=Q(attempts=0, retry_at__isnull=True)
                | Q(attempts__gte=1, attempts__lte=ATTEMPTS_MAX, retry_at__isnull=False),
                name="enrichment_tried_has_a_time",
            ),
        ]
        indexes = [
            # Claimed in exactly this order: what people wait for, then the newest.
            models.Index(
                F("kind"),
                F("is_routed").desc(),
                F("prediction").desc(),
                condition=Q(attempts=0),
                name="enrichment_fresh",
            ),
            models.Index(
                fields=["kind", "retry_at"],
                condition=Q(attempts__gte=1, attempts__lt=ATTEMPTS_MAX),
                name="enrichment_to_retry",
            ),
            models.Index(
                fields=["project", "prediction"],
                condition=Q(attempts=ATTEMPTS_MAX),
                name="enrichment_given_up",
            ),
        ]
