"""The whole story of one prediction: arrival, scores, routing, reviews, verdict, events."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import Event
from queues.audit.queries import events_about
from queues.ingest.feedback.queries import FeedbackOf, of_prediction
from queues.models import (
    Deviation,
    Flag,
    Item,
    Prediction,
    ReleaseRow,
    Review,
    Routing,
    Scores,
    Slot,
    SlotState,
    Verdict,
)
from queues.models.release import OUT


@dataclass(frozen=True, slots=True)
class ItemStory:
    """What happened to the prediction in one queue.

    is_hidden: the reader holds a lease on this item, so others' reviews stay out of sight until they submit.
    """

    item: Item
    slots: Sequence[Slot]
    reviews: Sequence[Review]
    verdicts: Sequence[Verdict]
    releases: Sequence[ReleaseRow]
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Story:
    """Everything known about one prediction. The number of statements does not grow with its length.

    deviation: also None for who holds a lease on it, and is to answer without knowing.
    """

    prediction: Prediction
    scores: Scores | None
    routing: Routing | None
    flags: Sequence[Flag]
    items: Sequence[ItemStory]
    feedback: FeedbackOf
    deviation: Deviation | None
    events: Sequence[Event]


_BESIDE = ("payload", "scores", "routing__policy", "deviation__version__golden")


def story_of(project_id: int, prediction_id: int, *, reader_id: int) -> Story | None:
    """The story of prediction `prediction_id` (our number) as this person may read it; None: not here."""
    prediction = (
        Prediction.objects.select_related(*_BESIDE)
        .prefetch_related(Prefetch("flags", Flag.objects.order_by("id")), _items())
        .filter(project_id=project_id, pk=prediction_id)
        .first()
    )
    if prediction is None:
        return None
    found = list(prediction.items.all())
    released = _released(found)
    items = [_item_story(item, reader_id, released[item.pk]) for item in found]
    return Story(
        prediction,
        getattr(prediction, "scores", None),
        getattr(prediction, "routing", None),
        list(prediction.flags.all()),
        items,
        of_prediction(prediction.pk),
        None if any(item.is_hidden for item in items) else getattr(prediction, "deviation", None),
        _events(project_id, prediction, items),
    )


def _items() -> Prefetch:
    return Prefetch(
        "items",
        Item.objects.order_by("id")
        .select_related("queue")
        .prefetch_related(
            Prefetch("slots", Slot.objects.order_by("seq").select_related("person")),
            Prefetch("reviews", Review.objects.order_by("id").select_related("person", "form")),
            Prefetch("verdicts", Verdict.objects.order_by("id").select_related("decided_by")),
        ),
    )


def _released(items: Sequence[Item]) -> dict[int, list[ReleaseRow]]:
    """Item → the lines of published releases that were made of it."""
    rows = ReleaseRow.objects.filter(item__in=items, release__state__in=OUT)
    released: dict[int, list[ReleaseRow]] = defaultdict(list)
    for row in rows.select_related("release__dataset").order_by("release_id"):
        released[row.item_id].append(row)
    return released


def _item_story(item: Item, reader_id: int, releases: Sequence[ReleaseRow]) -> ItemStory:
    slots = list(item.slots.all())
    holds_lease = any(slot.person_id == reader_id and slot.state == SlotState.LEASED for slot in slots)
    reviews = [] if holds_lease else list(item.reviews.all())
    verdicts = [] if holds_lease else list(item.verdicts.all())
    return ItemStory(item, slots, reviews, verdicts, releases, is_hidden=holds_lease)


def _events(project_id: int, prediction: Prediction, items: Sequence[ItemStory]) -> list[Event]:
    """What the log says about the prediction and its items; nothing that would lift a blind."""
    shown = [story for story in items if not story.is_hidden]
    return events_about(
        project_id,
        {
            "prediction": [prediction.pk],
            "item": [story.item.pk for story in shown],
            "slot": [slot.pk for story in shown for slot in story.slots],
            "review": [review.pk for story in shown for review in story.reviews],
            "verdict": [verdict.pk for story in shown for verdict in story.verdicts],
        },
    )
