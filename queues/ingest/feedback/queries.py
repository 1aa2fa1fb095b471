"""Reading feedback: the newest of a project, and what was said of one prediction."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from queues.models import Feedback, Rating
from queues.newest import Page, newest

COUNTED_SHOWN = 100
EARLIER_SHOWN = 50


@dataclass(frozen=True, slots=True)
class FeedbackSearch:
    """What a person looks for; an empty field asks nothing. prediction: our number."""

    name: str = ""
    kind: str = ""
    is_negative: bool = False
    prediction: int | None = None


@dataclass(frozen=True, slots=True)
class FeedbackOf:
    """What was said of one prediction: what counts, newest first, and what was said before."""

    counted: Sequence[Feedback]
    earlier: Sequence[Feedback]
    has_more: bool


def search(project_id: int, wanted: FeedbackSearch, *, before: int | None = None) -> Page[Feedback]:
    """The newest events that match: one index gives the order, what else is asked is tested row by row."""
    asked = {
        "prediction": wanted.prediction,
        "is_negative": wanted.is_negative or None,
        "name": wanted.name or None,
        "kind": wanted.kind or None,
    }
    tests = {field: value for field, value in asked.items() if value is not None}
    first = next((field for field in tests if field != "kind"), None)
    rows = Feedback.objects.filter(project_id=project_id).select_related("prediction")
    if first:
        rows = rows.filter(**{first: tests.pop(first)})
    return newest(rows, Q(**tests) if tests else None, before=before)


def of_prediction(prediction_id: int) -> FeedbackOf:
    """What was said of it; a bounded number of events, however many there are."""
    counting = Rating.objects.filter(prediction=prediction_id).order_by("prediction", "actor", "name")
    ids = list(counting.values_list("feedback_id", flat=True)[: COUNTED_SHOWN + 1])
    counted = list(Feedback.objects.filter(pk__in=ids[:COUNTED_SHOWN]).order_by("-pk"))
    rest = Feedback.objects.filter(prediction=prediction_id).exclude(pk__in=ids).order_by("-pk")
    earlier = list(rest[: EARLIER_SHOWN + 1])
    has_more = len(ids) > COUNTED_SHOWN or len(earlier) > EARLIER_SHOWN
    return FeedbackOf(counted, earlier[:EARLIER_SHOWN], has_more)
