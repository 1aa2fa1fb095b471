"""The items of a queue in one state, read in the order in which they are handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from queues.assign.attached import ATTACHED
from queues.ingest.queries import excerpt
from queues.models import Item, ItemState, Slot, SlotState, Verdict
from queues.newest import LOOK_AT, PAGE_SIZE


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of items starts: behind the item with this priority, due time and number."""

    priority: int
    due_at: datetime
    item_id: int

    @property
    def condition(self) -> Q:
        same = Q(priority=self.priority)
        later = Q(due_at__gt=self.due_at) | Q(due_at=self.due_at, pk__gt=self.item_id)
        # The first part says nothing new: it lets the index begin at the right priority.
        return Q(priority__lte=self.priority) & (Q(priority__lt=self.priority) | (same & later))

    def __str__(self) -> str:
        return f"{self.priority}_{self.due_at.isoformat()}_{self.item_id}"


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items, most urgent first; `next_after` is None at the end."""

    rows: Sequence[Item]
    next_after: After | None
    has_more_matches: bool


def after(text: str) -> After | None:
    """The place that `str(After)` wrote; None for anything else."""
    try:
        priority, due_at, item_id = text.split("_")
        place = After(int(priority), datetime.fromisoformat(due_at), int(item_id))
    except ValueError:
        return None
    fits = 0 <= place.priority <= 100 and 0 <= place.item_id < 2**63 and place.due_at.tzinfo is not None
    return place if fits else None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list of items is narrowed to; an empty field asks nothing.

    reason: a rule's name; decision: of the standing verdict; late: only what was due before `now`;
    person_id: who holds a slot or has done it; prediction_ids: among these, such as those that hold some
    words.
    """

    reason: str = ""
    decision: str = ""
    late: bool = False
    person_id: int | None = None
    prediction_ids: Sequence[int] | None = None
    now: datetime | None = None

    @property
    def is_repeatable(self) -> bool:
        """Whether a job that runs later finds the same: words, people and verdicts narrow a list only."""
        return self.prediction_ids is None and self.person_id is None and not self.decision


NOTHING = Narrowing()


def items_of(
    queue_id: int, state: ItemState, wanted: Narrowing = NOTHING, *, behind: After | None = None
) -> ItemPage:
    """A page of the queue's items in one state, with who holds or did their slots.

    Narrowed, at most LOOK_AT items are looked through for one page. Four statements. Each row has
    `attached`: how many say the same, and `excerpt`: how its output begins.
    """
    in_order = Item.objects.order_by("-priority", "due_at", "pk")
    walk = in_order.filter(queue_id=queue_id, state=state)
    if behind is not None:
        walk = walk.filter(behind.condition)
    tests = _tests(wanted)
    rows, last_seen = walk, None
    if tests is not None:
        # The ids first, and then by nothing but them: else the planner may walk the whole queue.
        window = list(walk.values_list("pk", flat=True)[:LOOK_AT])
        rows = in_order.filter(tests, pk__in=window)
        last_seen = window[-1] if len(window) == LOOK_AT else None
    found = list(_with_people(rows)[: PAGE_SIZE + 1])
    if len(found) > PAGE_SIZE:
        return ItemPage(found[:PAGE_SIZE], _place(found[PAGE_SIZE - 1]), has_more_matches=True)
    following = _place(Item.objects.get(pk=last_seen)) if last_seen else None
    return ItemPage(found, following, has_more_matches=False)


def _tests(wanted: Narrowing) -> Q | None:
    tests = Q()
    if wanted.reason:
        tests &= Q(reasons__contains=[{"rule": wanted.reason}])
    if wanted.decision:
        standing = Verdict.objects.filter(withdrawn_at__isnull=True, decision=wanted.decision)
        tests &= Q(pk__in=standing.values("item"))
    if wanted.late:
        tests &= Q(due_at__lt=wanted.now)
    if wanted.person_id is not None:
        tests &= Q(Exists(Slot.objects.filter(item=OuterRef("pk"), person=wanted.person_id)))
    if wanted.prediction_ids is not None:
        tests &= Q(prediction__in=list(wanted.prediction_ids))
    return tests or None


def _with_people(rows: QuerySet[Item]) -> QuerySet[Item]:
    holders = Slot.objects.filter(state__in=[SlotState.LEASED, SlotState.DONE]).select_related("person")
    standing = Verdict.objects.filter(withdrawn_at__isnull=True)
    return (
        rows.select_related("prediction")
        .annotate(attached=ATTACHED, excerpt=excerpt("prediction__"))
        .prefetch_related(Prefetch("slots", holders.order_by("seq")), Prefetch("verdicts", standing))
    )


def _place(item: Item) -> After:
    return After(item.priority, item.due_at, item.pk)
