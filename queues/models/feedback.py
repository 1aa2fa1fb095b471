"""What end users did with outputs, and which of it counts."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class FeedbackKind(models.TextChoices):
    """Said on purpose, or read off what somebody did: the latter is never a judgement."""

    EXPLICIT = "explicit", _("explicit")
    IMPLICIT = "implicit", _("implicit")


class FeedbackName(models.TextChoices):
    """What was done."""

    THUMB = "thumb", _("thumb up or down")
    STARS = "stars", _("stars")
    CHOICE = "choice", _("choice among candidates")
    REASON_CODES = "reason_codes", _("reasons")
    COMMENT = "comment", _("comment")
    CORRECTION = "correction", _("correction")
    REPORT = "report", _("report")
    COPY = "copy", _("copied")
    DWELL = "dwell", _("time spent")
    ABANDON = "abandon", _("abandoned")
    REGENERATE = "regenerate", _("asked again for an answer")
    REFORMULATE = "reformulate", _("asked in other words")
    EDIT_BEFORE_SEND = "edit_before_send", _("edited before sending")
    ACCEPT = "accept", _("accepted")
    HANDOFF = "handoff", _("handed over to a person")
    RETRY = "retry", _("tried again")


class Feedback(models.Model):
    """One thing that one actor did with one output. History: only its prediction may come later.

    prediction null: it has not arrived yet; joined when it does, dropped after 30 days. reference: the key
    by which the event names it. actor: 16 bytes of who did it. number, label: what rules read of the value.
    record null: erased.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    event_id = models.CharField(max_length=200)
    content_hash = models.BinaryField(max_length=32)  # SHA-256 of the accepted record
    prediction = models.ForeignKey(
        "queues.Prediction", null=True, on_delete=models.PROTECT, related_name="feedback", db_index=False
    )
    reference = models.BinaryField(max_length=16)
    actor_kind = models.CharField(max_length=10)
    actor = models.BinaryField(max_length=16)
    kind = models.CharField(max_length=8, choices=FeedbackKind.choices)
    name = models.CharField(max_length=20, choices=FeedbackName.choices)
    number = models.FloatField(null=True)
    label = models.CharField(max_length=200, default="")
    is_negative = models.BooleanField()
    record = models.JSONField(null=True)  # feedback/1 as accepted
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True)
    is_owed = models.BooleanField(db_default=False)  # the sweeper is to look for its prediction, or at it

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "event_id"], name="feedback_event_once_per_project"),
            models.CheckConstraint(
                condition=models.Q(kind__in=FeedbackKind.values), name="feedback_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(name__in=FeedbackName.values), name="feedback_name_known"
            ),
            models.CheckConstraint(
                condition=models.Q(record__isnull=False, erased_at__isnull=True)
                | models.Q(record__isnull=True, erased_at__isnull=False),
                name="feedback_erased_at_goes_with_no_record",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="feedback_newest"),
            models.Index(fields=["project", "name", "-id"], name="feedback_by_name"),
            models.Index(
                fields=["project", "-id"], condition=models.Q(is_negative=True), name="feedback_negative"
            ),
            models.Index(
                fields=["prediction", "-id"],
                condition=models.Q(prediction__isnull=False),
                name="feedback_of_prediction",
            ),
            # Read by every arrival: what waits for it.
            models.Index(
                fields=["project", "reference", "id"],
                condition=models.Q(prediction__isnull=True),
                name="feedback_waiting",
            ),
            # Read by the sweeper: what arrived beside its prediction, and what has waited too long.
            models.Index(fields=["id"], condition=models.Q(is_owed=True), name="feedback_owed"),
            models.Index(
                fields=["received_at"],
                condition=models.Q(prediction__isnull=True),
                name="feedback_waiting_since",
            ),
        ]

    def __str__(self) -> str:
        return self.event_id


class Rating(models.Model):
    """What one actor last did with one prediction under one name: the event that counts.

    Narrow and kept up to date by every arrival, so that rules never read the history.
    """

    pk = models.CompositePrimaryKey("prediction_id", "actor", "name")
    prediction = models.ForeignKey(
        "queues.Prediction", on_delete=models.PROTECT, related_name="ratings", db_index=False
    )
    actor = models.BinaryField(max_length=16)
    name = models.CharField(max_length=20)
    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.FloatField(null=True)
    label = models.CharField(max_length=200, default="")
    occurred_at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class PredictionAlias(models.Model):
    """Another name of a prediction, by which feedback may mean it: its span or its response id, as a key.

    Only predictions that carry one have a row: the table of predictions itself stays narrow.
    """

    pk = models.CompositePrimaryKey("project_id", "key", "prediction_id")
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    key = models.BinaryField(max_length=16)
    prediction = models.ForeignKey(
        "queues.Prediction", on_delete=models.PROTECT, related_name="aliases", db_index=False
    )

    class Meta:
        default_permissions = ()
