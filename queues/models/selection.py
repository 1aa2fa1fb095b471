"""Predictions of the past that somebody sends to a queue at once."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from queues.models.vector import Part

MOST_LOOKED_AT = 20_000  # predictions whose vectors one selection compares
LARGEST = 500  # predictions that it sends


class SelectedBy(models.TextChoices):
    """What makes one prediction better than another for a selection."""

    COVERAGE = "coverage", _("the most different")
    RELEVANCE = "relevance", _("the highest scores, unlike each other")


class Selection(models.Model):
    """One batch of past predictions, chosen by their vectors to be unlike each other, for one queue.

    last: among how many of the newest predictions. size: how many were asked for. measure, relevance:
    for "relevance", which score counts and how much (0..1) against being unlike. result: a selection/1
    document; until there is one, the job says how far it is.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    why = models.TextField()
    by = models.CharField(max_length=9, choices=SelectedBy.choices)
    measure = models.CharField(max_length=60, blank=True, default="")
    relevance = models.FloatField(default=0.7)
    part = models.CharField(max_length=6, choices=Part.choices, default=Part.INPUT)
    last = models.PositiveIntegerField()
    size = models.PositiveSmallIntegerField()
    priority = models.SmallIntegerField()
    due_hours = models.FloatField()
    reviews_needed = models.SmallIntegerField()
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=1, last__lte=MOST_LOOKED_AT),
                name="selection_looks_at_1_to_20000",
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=1, size__lte=LARGEST), name="selection_size_1_to_500"
            ),
            models.CheckConstraint(
                condition=models.Q(by="coverage", measure="")
                | (models.Q(by="relevance") & ~models.Q(measure="")),
                name="selection_by_relevance_names_a_measure",
            ),
            models.CheckConstraint(
                condition=models.Q(relevance__gte=0, relevance__lte=1), name="selection_relevance_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(result__isnull=True, finished_at__isnull=True)
                | models.Q(result__isnull=False, finished_at__isnull=False, cancelled_at__isnull=True),
                name="selection_finished_has_a_result",
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="selection_newest")]
