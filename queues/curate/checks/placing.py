"""Where a check is put: beside an item that waits, so that its numbers, urgency and times tell nothing.

It comes just before that item, as its numbers and its times say: all are of the moment between the item and
the one that was opened before it, or of the item's own where both came in one batch. The number of its slot
lies among those of the others where its own does. Where no such numbers are free, none is given.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from queues.bulk import reserve_ids
from queues.models import Item, Queue, Slot

_DUE_WITHOUT_QUEUE = timedelta(hours=24)
_PRIORITY_ALONE = 50
_A_WRITE = timedelta(seconds=1)  # of an item and its slots, from their numbers to their commit
_DRAW = random.SystemRandom()

_IN_FRONT = """
SELECT slot.id, slot.item_id, slot.priority, slot.due_at, item.created_at
FROM queues_slot slot JOIN queues_item item ON item.id = slot.item_id
"""
_FOUND = f"{_IN_FRONT} WHERE slot.id = %(slot)s"
_WAITING = f"""{_IN_FRONT}
WHERE slot.queue_id = %(queue)s AND slot.state = 'open' AND slot.untouched AND slot.seq = 1
ORDER BY slot.priority DESC, slot.due_at, slot.id LIMIT 1
"""
_LOOK_AT = 200  # numbers before those of the item in front
_NEAR = 20  # numbers after them, of the newest that are still near
# An unused number of an item, and an unused one between the slots of the items on both sides of it.
_UNUSED = """
SELECT n.id, (
  SELECT max(m) FROM generate_series(GREATEST(below.slot, above.slot - %(look)s) + 1, above.slot - 1) m
  WHERE NOT EXISTS (SELECT 1 FROM queues_slot WHERE id = m)) AS slot
FROM generate_series(GREATEST(%(item)s - %(look)s, 1), %(item)s - 1) n(id)
CROSS JOIN LATERAL (SELECT id AS slot FROM queues_slot WHERE seq = 1
  AND item_id = (SELECT min(id) FROM queues_item WHERE id > n.id)) above
CROSS JOIN LATERAL (SELECT COALESCE(max(id), 0) AS slot FROM queues_slot WHERE seq = 1
  AND item_id = (SELECT max(id) FROM queues_item WHERE id < n.id)) below
WHERE NOT EXISTS (SELECT 1 FROM queues_item WHERE id = n.id)
ORDER BY n.id DESC
"""
# Of another role, nothing is to be seen; whoever opens items has the role of this process.
_OLDEST_UNDER_WAY = """
SELECT COALESCE(min(xact_start), now()) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Numbers, urgency and age of a check. beside: the item that it comes before, None without one."""

    item_id: int
    slot_id: int
    beside: int | None
    priority: int
    due_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Front:
    slot_id: int
    item_id: int
    priority: int
    due_at: datetime
    created_at: datetime


def place_in(queue: Queue, *, front: int | None = None) -> Place | None:
    """Before the slot `front`, the next that this person would be given; None when it would stand out there.

    Without a front, before the queue's, and on its own where nothing waits: who is given that one knows it.
    """
    found = _front(queue, front)
    if found is None:
        now = timezone.now()
        hours = timedelta(hours=queue.due_hours) if queue.due_hours else _DUE_WITHOUT_QUEUE
        return Place(_next_of(Item), _next_of(Slot), None, _PRIORITY_ALONE, now + hours, now)
    unused = _unused(found)
    item_id, slot_id = unused or (_next_of(Item), _next_of(Slot))
    is_far = max(item_id - found.item_id, slot_id - found.slot_id) > _NEAR
    if is_far and front is not None:
        return None
    created_at = _moment(found, item_id if unused else found.item_id)
    return Place(
        item_id=item_id,
        slot_id=slot_id,
        beside=found.item_id,
        priority=found.priority,
        due_at=created_at + (found.due_at - found.created_at),
        created_at=created_at,
    )


def _front(queue: Queue, slot_id: int | None) -> _Front | None:
    asked = {"queue": queue.pk, "slot": slot_id}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING if slot_id is None else _FOUND, asked)
        row = cursor.fetchone()
    return _Front(*row) if row else None


def _unused(front: _Front) -> tuple[int, int] | None:
    """The last numbers of an item and of its slot before these that are free for good, or None."""
    if front.created_at + _A_WRITE >= _oldest_under_way():
        return None
    with connection.cursor() as cursor:
        cursor.execute(_UNUSED, {"item": front.item_id, "look": _LOOK_AT})
        return next(((item_id, slot_id) for item_id, slot_id in cursor.fetchall() if slot_id), None)


def _oldest_under_way() -> datetime:
    """Since when the oldest transaction runs: what is older holds no number that is still to be written."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST_UNDER_WAY)
        return cursor.fetchone()[0]


def _moment(front: _Front, number: int) -> datetime:
    """When an item of this number would have been opened; never later than the one in front."""
    times = Item.objects.values_list("created_at", flat=True)
    below = times.filter(pk__lt=number).order_by("-pk").first()
    above = list(times.filter(pk__gte=number).order_by("pk")[:2])
    upper = min(above[0], front.created_at) if above else front.created_at
    # One between two batches, or alone at the moment of another, would stand out.
    if below is None or below >= upper or len(set(above)) < len(above):
        return upper
    return below + (upper - below) * _DRAW.random()


def _next_of(model: type[Item] | type[Slot]) -> int:
    return reserve_ids(model, 1)[0]
