"""Rows that may not be used any more: who asked for it, and each prediction that was withdrawn."""

from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class RecallReason(models.TextChoices):
    """Why a row is withdrawn: the class that leaves with the manifest."""

    CONSENT = "consent_withdrawn", _("consent was withdrawn")
    ERASURE = "erasure_requested", _("a person asked for erasure")
    LICENCE = "licence", _("the licence does not allow it")
    WRONG = "wrong", _("it is wrong")
    OTHER = "other", _("another reason")


class RecallBy(models.TextChoices):
    """What a request names."""

    PREDICTIONS = "predictions", _("predictions")
    PERSON = "person", _("a person")
    CONVERSATION = "conversation", _("a conversation")


class RecallRequest(models.Model):
    """One request to withdraw predictions, and perhaps to erase their texts. A job finds and withdraws them.

    named: ids of predictions, a person's pseudonym or a conversation's id; emptied when it is done, so that
    an erased person's name does not stay here. found: how many predictions it withdrew. failed_at: when its
    job was seen to have failed for good; None again once somebody has it tried again.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by = models.CharField(max_length=12, choices=RecallBy.choices)
    named = models.JSONField(default=list)
    reason = models.CharField(max_length=17, choices=RecallReason.choices)
    why = models.TextField()
    erases = models.BooleanField()
    publishes = models.BooleanField()
    asked_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    found = models.IntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by__in=RecallBy.values), name="recall_request_by_known"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=RecallReason.values), name="recall_request_reason_known"
            ),
            models.CheckConstraint(condition=~models.Q(why=""), name="recall_request_says_why"),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, found__isnull=True)
                | models.Q(finished_at__isnull=False, found__isnull=False, named=[]),
                name="recall_request_done_names_no_one",
            ),
            models.CheckConstraint(
                condition=models.Q(failed_at__isnull=True) | models.Q(finished_at__isnull=True),
                name="recall_request_failed_or_done",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="recall_request_newest"),
            # Read by the sweeper and by the overview: which did not come to their end?
            models.Index(
                fields=["project"], condition=models.Q(finished_at__isnull=True), name="recall_request_undone"
            ),
        ]


class RecallPreview(models.Model):
    """One question "what would a recall of this touch?", and its answer in numbers. Deleted after a day.

    by, named: as in a request. result: counts (queues.export.recalls.previewing); until there is one, the
    job says how far it is.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by = models.CharField(max_length=12, choices=RecallBy.choices)
    named = models.JSONField()
    asked_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    result = models.JSONField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = models.Manager["RecallPreview"]()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by__in=RecallBy.values), name="recall_preview_by_known"
            ),
            models.CheckConstraint(
                condition=models.Q(result__isnull=True, finished_at__isnull=True)
                | models.Q(result__isnull=False, finished_at__isnull=False),
                name="recall_preview_finished_has_a_result",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="recall_preview_by_age"),
            models.Index(
                fields=["project"],
                condition=models.Q(finished_at__isnull=True),
                name="recall_preview_unfinished",
            ),
        ]


class RecallQuerySet(models.QuerySet["Recall"]):
    """Is something withdrawn? Asked wherever an item is opened, or opened again."""

    def among(self, prediction_ids: Iterable[int | None]) -> set[int]:
        """Those of these predictions that were withdrawn."""
        asked = {id_ for id_ in prediction_ids if id_ is not None}
        if not asked:
            return set()
        return set(self.filter(prediction__in=asked).values_list("prediction", flat=True))


class Recall(models.Model):
    """One prediction that is in no later release. Never changed, never taken back: the tombstone.

    erases: its texts are gone as well. A trigger refuses to open an item that shows such a prediction.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    request = models.ForeignKey(
        RecallRequest, on_delete=models.PROTECT, related_name="recalls", db_index=False
    )
    prediction = models.ForeignKey(
        "queues.Prediction", on_delete=models.PROTECT, related_name="recalls", db_index=False
    )
    reason = models.CharField(max_length=17, choices=RecallReason.choices)
    erases = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now())

    objects = RecallQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            # Read by every export: is this prediction withdrawn?
            models.UniqueConstraint(fields=["prediction", "erases"], name="recall_once_per_prediction"),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="recall_of_project"),
            # Read by the job of a request: how many it has withdrawn.
            models.Index(fields=["request"], name="recall_of_request"),
        ]
