"""What each kind of bulk change does to one item, and how it takes that back. The item is locked.

Whatever somebody else holds or has done meanwhile stays: such an item is passed by, with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import F

from queues.assign import reordering
from queues.models import (
    UNDER_REVIEW,
    UNFINISHED,
    BulkChange,
    BulkKind,
    Item,
    ItemState,
    Queue,
    Recall,
    Review,
    Slot,
    SlotState,
)
from queues.route.draws import REVIEWS_MOST

Facts = Mapping[str, Any]
_WAITING = (SlotState.OPEN, SlotState.LEASED)


class PassedBy(Exception):
    """This item stays as it is; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Locked:
    """An item with its slots, all locked, and the time by the database's clock."""

    item: Item
    slots: Sequence[Slot]
    now: datetime

    @property
    def is_held(self) -> bool:
        """Somebody holds a lease on it, on the screen or for later."""
        return any(slot.state == SlotState.LEASED for slot in self.slots)

    @property
    def has_reviews(self) -> bool:
        return any(slot.state == SlotState.DONE for slot in self.slots)

    def check_under_review(self) -> None:
        if self.item.state not in UNDER_REVIEW:
            raise PassedBy("finished")

    def check_not_held(self) -> None:
        if self.is_held:
            raise PassedBy("held")


class Change(Protocol):
    """One kind of change. Both raise PassedBy and have then changed nothing."""

    def apply(self, change: BulkChange, locked: Locked) -> tuple[Facts, Facts]:
        """What differs, before and after."""
        ...

    def revert(self, locked: Locked, before: Facts, after: Facts) -> None:
        """Back to `before`, unless it was changed since."""
        ...


class Priority:
    """A higher priority; a lease that runs is not touched."""

    def apply(self, change: BulkChange, locked: Locked) -> tuple[Facts, Facts]:
        locked.check_under_review()
        wanted, present = change.amount or 0, locked.item.priority
        if present >= wanted:
            raise PassedBy("same")
        _everywhere(locked.item, priority=wanted)
        return {"priority": present}, {"priority": wanted}

    def revert(self, locked: Locked, before: Facts, after: Facts) -> None:
        _check_still(locked.item.priority, after["priority"])
        _everywhere(locked.item, priority=before["priority"])


class Due:
    """So many hours more; of what is overdue from now on."""

    def apply(self, change: BulkChange, locked: Locked) -> tuple[Facts, Facts]:
        locked.check_under_review()
        present = locked.item.due_at
        wanted = max(present, locked.now) + timedelta(hours=change.amount or 0)
        _everywhere(locked.item, due_at=wanted)
        return {"due_at": present.isoformat()}, {"due_at": wanted.isoformat()}

    def revert(self, locked: Locked, before: Facts, after: Facts) -> None:
        _check_still(locked.item.due_at, datetime.fromisoformat(after["due_at"]))
        _everywhere(locked.item, due_at=datetime.fromisoformat(before["due_at"]))


class Reviews:
    """More slots. They count as extra and not as drawn: a lead chose them."""

    def apply(self, change: BulkChange, locked: Locked) -> tuple[Facts, Facts]:
        locked.check_under_review()
        item, more = locked.item, change.amount or 0
        if item.reviews_needed + more > REVIEWS_MOST:
            raise PassedBy("most_reviews")
        first = max(slot.seq for slot in locked.slots) + 1
        model, untouched = locked.slots[0], all(slot.untouched for slot in locked.slots)
        Slot.objects.bulk_create(
            Slot(
                item=item,
                queue_id=item.queue_id,
                seq=seq,
                untouched=untouched,
                priority=item.priority,
                due_at=item.due_at,
                place=model.place,
                lane=model.lane,
                bucket=model.bucket,
            )
            for seq in range(first, first + more)
        )
        _needs(item, more)
        return {"reviews_needed": item.reviews_needed}, {"reviews_needed": item.reviews_needed + more}

    def revert(self, locked: Locked, before: Facts, after: Facts) -> None:
        item, more = locked.item, after["reviews_needed"] - before["reviews_needed"]
        locked.check_under_review()
        _check_still(item.reviews_needed, after["reviews_needed"])
        # With fewer they might be enough, and nobody would settle it; one that was taken back keeps its slot.
        if locked.has_reviews or Review.objects.filter(item=item.pk).exists():
            raise PassedBy("reviewed")
        spare = sorted((s for s in locked.slots if s.state == SlotState.OPEN), key=lambda slot: -slot.seq)[
            :more
        ]
        if len(spare) < more:
            raise PassedBy("held")
        Slot.objects.filter(pk__in=[slot.pk for slot in spare]).delete()
        _needs(item, -more)


class Move:
    """Into another queue, as long as nobody has begun it: reviews belong to the form of their queue."""

    def apply(self, change: BulkChange, locked: Locked) -> tuple[Facts, Facts]:
        if change.target_id is None:
            raise PassedBy("closed")
        self._move(locked, change.target_id)
        return {"queue": change.queue_id}, {"queue": change.target_id}

    def revert(self, locked: Locked, before: Facts, after: Facts) -> None:
        _check_still(locked.item.queue_id, after["queue"])
        self._move(locked, before["queue"])

    def _move(self, locked: Locked, target_id: int) -> None:
        item = locked.item
        locked.check_not_held()
        if item.state != ItemState.OPEN:
            raise PassedBy("reviewed" if item.state == ItemState.IN_REVIEW else "finished")
        # As it stands now, and locked: it may be closed while this job is under way.
        queues = Queue.objects.taking_items().select_for_update(no_key=True)
        target = queues.filter(pk=target_id).first()
        if target is None:
            raise PassedBy("closed")
        there = Item.objects.filter(queue=target, prediction=item.prediction_id)
        if there.exclude(state=ItemState.CHECK).exists():
            raise PassedBy("there_already")
        Slot.objects.filter(item=item.pk).update(queue=target)
        Item.objects.filter(pk=item.pk).update(queue=target)
        reordering.place(target, [item.pk])


class Withdraw:
    """Nobody has to look at it any more; what was said stays in the history."""

    def apply(self, change: BulkChange, locked: Locked) -> tuple[Facts, Facts]:
        item = locked.item
        locked.check_not_held()
        if item.state not in UNFINISHED:
            raise PassedBy("finished")
        opened = [slot.pk for slot in locked.slots if slot.state == SlotState.OPEN]
        Slot.objects.filter(pk__in=opened).update(state=SlotState.VOID)
        Item.objects.filter(pk=item.pk).update(state=ItemState.WITHDRAWN)
        return {"state": item.state, "slots": opened}, {"state": ItemState.WITHDRAWN}

    def revert(self, locked: Locked, before: Facts, after: Facts) -> None:
        _check_still(locked.item.state, after["state"])
        if Recall.objects.among([locked.item.prediction_id, locked.item.other_id]):
            raise PassedBy("recalled")
        Slot.objects.filter(pk__in=before["slots"], state=SlotState.VOID).update(state=SlotState.OPEN)
        Item.objects.filter(pk=locked.item.pk).update(state=before["state"])


CHANGES: Mapping[str, Change] = {
    BulkKind.PRIORITY: Priority(),
    BulkKind.DUE: Due(),
    BulkKind.REVIEWS: Reviews(),
    BulkKind.MOVE: Move(),
    BulkKind.WITHDRAW: Withdraw(),
}


def _check_still(present: object, left: object) -> None:
    if present != left:
        raise PassedBy("changed_since")


def _everywhere(item: Item, **values: Any) -> None:
    """The item and those of its slots that a claim still reads."""
    Slot.objects.filter(item=item.pk, state__in=_WAITING).update(**values)
    Item.objects.filter(pk=item.pk).update(**values)


def _needs(item: Item, more: int) -> None:
    Item.objects.filter(pk=item.pk).update(
        reviews_needed=F("reviews_needed") + more, extra_reviews=F("extra_reviews") + more
    )
