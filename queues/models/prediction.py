"""What arrived: one input and the model's output to it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class PredictionState(models.TextChoices):
    """received → scored → routed, or not_routed: which is a decision too, and keeps its pi.

    What was not routed is routed after all when more becomes known of it.
    """

    RECEIVED = "received", _("received")
    SCORED = "scored", _("scored")
    ROUTED = "routed", _("routed")
    NOT_ROUTED = "not_routed", _("not routed")


PREDICTION_MOVES: dict[PredictionState, frozenset[PredictionState]] = {
    PredictionState.RECEIVED: frozenset({PredictionState.SCORED}),
    PredictionState.SCORED: frozenset({PredictionState.ROUTED, PredictionState.NOT_ROUTED}),
    PredictionState.ROUTED: frozenset(),
    PredictionState.NOT_ROUTED: frozenset({PredictionState.ROUTED}),  # a second look found a reason
}


class Prediction(models.Model):
    """One input and the model's output to it, as the client named it. Immutable but for its state.

    Narrow on purpose: 100 million of these are expected in a project; the texts are in Payload.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    environment = models.CharField(max_length=200, default="production")
    prediction_id = models.CharField(max_length=200)
    content_hash = models.BinaryField(max_length=32)  # SHA-256 of the accepted record
    state = models.CharField(
        max_length=10, choices=PredictionState.choices, db_default=PredictionState.RECEIVED
    )
    model_version = models.CharField(max_length=200)
    locale = models.CharField(max_length=35, default="", blank=True)
    segment = models.CharField(max_length=200, default="", blank=True)
    input_key = models.BigIntegerField(null=True)  # equal for equal inputs: 64 bits of their SHA-256
    altered = models.BooleanField(default=False)  # NUL or lone surrogates were replaced on the way in
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["project", "environment", "prediction_id"], name="prediction_id_once_per_project"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=PredictionState.values), name="prediction_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="prediction_newest"),
            models.Index(fields=["project", "model_version", "-id"], name="prediction_by_model"),
            # Read for pairs: who else has answered exactly this?
            models.Index(fields=["project", "input_key", "-id"], name="prediction_by_input"),
            # Read by the sweeper: what was stored and never scored or routed.
            models.Index(
                fields=["id"], condition=models.Q(state__in=["received", "scored"]), name="prediction_owed"
            ),
        ]

    def __str__(self) -> str:
        return self.prediction_id


class Payload(models.Model):
    """The texts of one prediction, kept apart so that they can be erased.

    cohort: that of the record ({}: it has none), beside it so that a submit need not open the whole record,
    which may have a megabyte; None in rows that a version before has written. A constraint of migration 0014
    holds it to the record.
    """

    prediction = models.OneToOneField(Prediction, primary_key=True, on_delete=models.PROTECT)
    record = models.JSONField()  # prediction/1 as accepted
    cohort = models.JSONField(null=True)
    output_text = models.TextField()  # the text under review: offsets are code points of this
    erased_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
