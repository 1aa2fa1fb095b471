"""The job of a bulk change: batch by batch, each with its events in one transaction.

It may be killed at any moment and begun again: an item that was changed is named by its row, and is left
alone the second time. Between batches it looks whether somebody has stopped it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts import events
from accounts.actor import Actor
from accounts.events import EventRow
from queues.assign.bulk import wanted
from queues.assign.bulk.changes import CHANGES, Facts, Locked, PassedBy
from queues.models import BulkChange, ChangedItem, Item, Job, Slot
from queues.progress import Progress

KIND = "bulk_change"
BATCH = 100


def run(job: Job, *, then: Callable[[Sequence[int]], object]) -> None:
    """Do what was asked; nothing happens when it is done, stopped or gone.

    then: told of the items that each batch has changed, in its transaction.
    """
    change = _owed(job.subject_id)
    if change is None:
        return
    done = set(ChangedItem.objects.filter(change=change).values_list("item", flat=True))
    BulkChange.objects.filter(pk=change.pk).update(changed=len(done), passed_by={})
    if change.undo_of is None:
        ids = wanted.items_of(change)
    else:
        ids = sorted(ChangedItem.objects.filter(change=change.undo_of_id).values_list("item", flat=True))
    left = [id_ for id_ in ids if id_ not in done]
    with Progress(job) as progress:
        progress.total = len(ids)
        for start in range(0, len(left), BATCH):
            progress.report(len(done) + start)
            if _owed(change.pk) is None:
                return
            _batch(change, left[start : start + BATCH], then=then)
    BulkChange.objects.filter(pk=change.pk, stopped_at=None).update(finished_at=Now())


def _owed(change_id: int) -> BulkChange | None:
    found = BulkChange.objects.select_related("undo_of")
    return found.filter(pk=change_id, finished_at=None, stopped_at=None).first()


@transaction.atomic
def _batch(change: BulkChange, ids: Sequence[int], *, then: Callable[[Sequence[int]], object]) -> None:
    work = _reverting(change, ids) if change.undo_of else _applying(change)
    rows, passed = [], Counter[str]()
    for locked in lock(ids):
        try:
            before, after = work(locked)
        except PassedBy as why:
            passed[why.code] += 1
        else:
            rows.append(ChangedItem(change=change, item=locked.item, before=before, after=after))
    ChangedItem.objects.bulk_create(rows)
    then([row.item_id for row in rows])
    events.record_many([_event(change, row) for row in rows])
    present = BulkChange.objects.select_for_update().get(pk=change.pk)
    BulkChange.objects.filter(pk=change.pk).update(
        changed=F("changed") + len(rows), passed_by=dict(Counter(present.passed_by) + passed)
    )


Work = Callable[[Locked], tuple[Facts, Facts]]


def _applying(change: BulkChange) -> Work:
    return lambda locked: CHANGES[change.kind].apply(change, locked)


def _reverting(change: BulkChange, ids: Sequence[int]) -> Work:
    rows: Mapping[int, ChangedItem] = {
        row.item_id: row for row in ChangedItem.objects.filter(change=change.undo_of_id, item__in=ids)
    }

    def revert(locked: Locked) -> tuple[Facts, Facts]:
        row = rows[locked.item.pk]
        CHANGES[change.kind].revert(locked, row.before, row.after)
        return row.after, row.before

    return revert


def lock(ids: Sequence[int]) -> list[Locked]:
    """The slots before their items, as in every other write, so that no two wait for each other."""
    slots: dict[int, list[Slot]] = defaultdict(list)
    for slot in Slot.objects.select_for_update().filter(item__in=ids).order_by("pk"):
        slots[slot.item_id].append(slot)
    items = list(Item.objects.select_for_update().filter(pk__in=ids).order_by("pk").annotate(now=Now()))
    return [Locked(item, slots[item.pk], _now(item)) for item in items]


def _now(item: Item) -> datetime:
    return item.now  # type: ignore[attr-defined]  # an annotation


def _event(change: BulkChange, row: ChangedItem) -> EventRow:
    return EventRow(
        project_id=change.project_id,
        kind=f"item.bulk_{'undone' if change.undo_of_id else change.kind}",
        by=Actor(change.asked_by_id),
        subject_kind="item",
        subject_id=row.item_id,
        before=row.before,
        after={**row.after, "bulk_change": change.pk},
        reason=change.why,
    )
