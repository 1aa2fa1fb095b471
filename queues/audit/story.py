"""The whole story of one prediction: arrival, scores, routing, reviews, verdict, events."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import Event
from queues.assign.attached import ATTACHED
from queues.audit.queries import events_about
from queues.ingest.feedback.queries import FeedbackOf, of_prediction
from queues.models import (
    Attachment,
    Deviation,
    Flag,
    Item,
    ItemState,
    Prediction,
    ReleaseRow,
    Review,
    Routing,
    Scores,
    SecondLook,
    Slot,
    SlotState,
    Verdict,
)
from queues.models.release import OUT
from queues.review import pair
from queues.review.pair import Side
from queues.route.effective_pi import effective_pi

ATTACHED_SHOWN = 10  # newest predictions that are named of those that say the same


@dataclass(frozen=True, slots=True)
class ItemStory:
    """What happened to the prediction in one queue.

    is_hidden: the reader holds a lease on this item, so others' reviews stay out of sight until they submit.
    sides: A and B of a comparison, once somebody has submitted one. attached: how many predictions say the
    same, no further than COUNT_LIMIT + 1; and the newest of them.
    """

    item: Item
    slots: Sequence[Slot]
    reviews: Sequence[Review]
    verdicts: Sequence[Verdict]
    releases: Sequence[ReleaseRow]
    is_hidden: bool
    sides: Sequence[Side] = ()
    attached: int = 0
    newest_attached: Sequence[Prediction] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """The item that the prediction is counted on, and its standing verdict once it is settled."""

    item: Item
    similarity: float
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything known about one prediction. The number of statements does not grow with its length.

    deviation: also None for who holds a lease on it, and is to answer without knowing.
    """

    prediction: Prediction
    scores: Scores | None
    routing: Routing | None
    second_looks: Sequence[SecondLook]
    flags: Sequence[Flag]
    items: Sequence[ItemStory]
    feedback: FeedbackOf
    deviation: Deviation | None
    counted: Counted | None
    events: Sequence[Event]

    @property
    def pi(self) -> float | None:
        """The pi that counts: the highest of routing and second looks."""
        return effective_pi(self.routing, self.second_looks) if self.routing else None


_BESIDE = ("payload", "scores", "routing__policy", "deviation__version__golden")


def story_of(project_id: int, prediction_id: int, *, reader_id: int) -> Story | None:
    """The story of prediction `prediction_id` (our number) as this person may read it; None: not here."""
    prediction = (
        Prediction.objects.select_related(*_BESIDE)
        .prefetch_related(
            Prefetch("flags", Flag.objects.order_by("id")),
            Prefetch("second_looks", SecondLook.objects.order_by("id").select_related("policy")),
            _items(),
        )
        .filter(project_id=project_id, pk=prediction_id)
        .first()
    )
    if prediction is None:
        return None
    found = list(prediction.items.all())
    released, told = _released(found), pair.told(found, reader_id=reader_id)
    items = [_item_story(item, reader_id, released[item.pk], is_told=item.pk in told) for item in found]
    return Story(
        prediction,
        getattr(prediction, "scores", None),
        getattr(prediction, "routing", None),
        list(prediction.second_looks.all()),
        list(prediction.flags.all()),
        items,
        of_prediction(prediction.pk),
        None if any(item.is_hidden for item in items) else getattr(prediction, "deviation", None),
        None if items else _counted(prediction.pk, reader_id),
        _events(project_id, prediction, items),
    )


def _items() -> Prefetch:
    return Prefetch(
        "items",
        Item.objects.exclude(state=ItemState.CHECK)
        .order_by("id")
        .select_related("queue", "prediction__payload", "other__payload")
        .annotate(attached=ATTACHED)
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


def _item_story(item: Item, reader_id: int, releases: Sequence[ReleaseRow], *, is_told: bool) -> ItemStory:
    slots = list(item.slots.all())
    holds_lease = any(slot.person_id == reader_id and slot.state == SlotState.LEASED for slot in slots)
    reviews = [] if holds_lease else list(item.reviews.all())
    verdicts = [] if holds_lease else list(item.verdicts.all())
    attached = item.attached  # type: ignore[attr-defined]
    return ItemStory(
        item,
        slots,
        reviews,
        verdicts,
        releases,
        is_hidden=holds_lease,
        sides=pair.sides(item) if is_told else (),
        attached=attached,
        newest_attached=_newest_attached(item) if attached else (),
    )


def _newest_attached(item: Item) -> list[Prediction]:
    rows = Attachment.objects.filter(item=item).select_related("prediction").order_by("-prediction")
    return [row.prediction for row in rows[:ATTACHED_SHOWN]]


def _counted(prediction_id: int, reader_id: int) -> Counted | None:
    """Nothing of its verdict to a reader who holds the item."""
    found = (
        Attachment.objects.select_related("item__queue", "item__prediction")
        .filter(prediction=prediction_id)
        .first()
    )
    if found is None:
        return None
    held = Slot.objects.filter(item=found.item_id, person=reader_id, state=SlotState.LEASED)
    standing = Verdict.objects.filter(item=found.item_id, withdrawn_at=None).select_related("item")
    verdict = None if held.exists() else standing.first()
    return Counted(found.item, found.similarity, verdict)


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
        but_for="item.attached",  # they are counted and named in the item's own part
    )
