"""Giving a check to a person: an item of their own that they hold, found by the claim that follows.

A claim looks first for what the person holds, so it stays one statement and knows nothing of checks. The
check is put beside an item that waits: its numbers are unused ones of that neighbourhood, its priority and
its due time are those of the waiting, so that nothing tells it apart.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import events
from accounts.actor import Actor
from queues.assign.actions import AHEAD_SECONDS
from queues.assign.claim import NOT_REFUSED, refusal_of
from queues.assign.orders.language import language_of
from queues.assign.policy import Fit
from queues.bulk import reserve_ids, spare_id
from queues.models import Item, ItemState, Purpose, Queue, ServedCheck, Slot, SlotState, WorkOrder

_LOOK_AT = 20  # checks in a drawn order, of which the first in a language of the person is taken
_FRESH = timedelta(hours=1)  # ids of what is older are never about to be written
_DUE_WITHOUT_QUEUE = timedelta(hours=24)

# Never what the person has had before, as a check or as work, nor what they wrote the answer to.
_CANDIDATES = """
SELECT s.id, s.source_id, payload.record FROM (
  SELECT c.id, c.source_id, c.source_id AS item_id, source.prediction_id
  FROM queues_check c
  JOIN queues_item source ON source.id = c.source_id AND source.state = 'settled'
  JOIN queues_verdict verdict ON verdict.id = c.verdict_id AND verdict.withdrawn_at IS NULL
  LEFT JOIN queues_goldenversion version ON version.id = c.golden_id
  LEFT JOIN queues_golden golden ON golden.id = version.golden_id
  WHERE c.queue_id = %(queue)s AND c.retired_at IS NULL AND c.form_id = %(form)s
    AND c.author_id <> %(me)s AND golden.retired_at IS NULL AND version.is_current IS NOT FALSE
    AND NOT EXISTS (SELECT 1 FROM queues_recall WHERE prediction_id = source.prediction_id)
    AND NOT EXISTS (SELECT 1 FROM queues_servedcheck given
      WHERE given.check_given_id = c.id AND given.person_id = %(me)s)
    AND NOT EXISTS (SELECT 1 FROM queues_item known WHERE known.prediction_id = source.prediction_id AND (
      EXISTS (SELECT 1 FROM queues_slot WHERE item_id = known.id AND person_id = %(me)s)
      OR EXISTS (SELECT 1 FROM queues_review WHERE item_id = known.id AND person_id = %(me)s)
      OR EXISTS (SELECT 1 FROM queues_skip WHERE item_id = known.id AND person_id = %(me)s)
      OR EXISTS (SELECT 1 FROM queues_verdict WHERE item_id = known.id AND decided_by_id = %(me)s)))
) s JOIN queues_payload payload ON payload.prediction_id = s.prediction_id
WHERE true {fit}
ORDER BY random() LIMIT %(look)s
"""
# One that its person gave back, or whose lease ended, comes again; not one that they passed on.
_LEFT_OPEN = """
SELECT served.id, slot.id FROM queues_servedcheck served
JOIN queues_check c ON c.id = served.check_given_id AND c.retired_at IS NULL
JOIN queues_slot slot ON slot.item_id = served.item_id AND slot.state = 'void'
WHERE served.person_id = %(me)s AND served.queue_id = %(queue)s AND served.answered_at IS NULL
  AND c.form_id = %(form)s AND (%(item)s::bigint IS NULL OR served.item_id = %(item)s)
  AND NOT EXISTS (SELECT 1 FROM queues_skip WHERE item_id = served.item_id AND person_id = %(me)s)
  AND NOT EXISTS (SELECT 1 FROM queues_item shown JOIN queues_recall ON shown.id = served.item_id
    AND queues_recall.prediction_id IN (shown.prediction_id, shown.other_id))
ORDER BY served.id LIMIT 1
"""
_WAITING = """
SELECT slot.id, slot.item_id, slot.priority, slot.due_at, item.created_at
FROM queues_slot slot JOIN queues_item item ON item.id = slot.item_id
WHERE slot.queue_id = %(queue)s AND slot.state = 'open' AND slot.untouched AND slot.seq = 1
ORDER BY slot.priority DESC, slot.due_at, slot.id LIMIT 2
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a check is put: numbers, urgency and age that are like those of what waits."""

    item_id: int
    slot_id: int
    beside: int | None
    priority: int
    due_at: datetime
    created_at: datetime


def serve(queue: Queue, *, by: Actor, fit: Fit, purpose: Purpose, ahead: bool) -> bool:
    """Let this person hold a check; False when none is left for them."""
    seconds = AHEAD_SECONDS if ahead else queue.lease_seconds
    try:
        with transaction.atomic():
            return again(queue, by, seconds, purpose) or _new(queue, by, fit, purpose, seconds)
    except IntegrityError:
        return False  # another tab of the same person was given the same check in this very moment


def again(
    queue: Queue, by: Actor, seconds: int, purpose: Purpose | None = None, *, item_id: int | None = None
) -> bool:
    """Let this person hold a check that they have held and not answered; item_id: this one."""
    asked = {"me": by.as_person(), "queue": queue.pk, "form": queue.form_id, "item": item_id}
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OPEN, asked)
        found = cursor.fetchone()
    if found is None:
        return False
    served_id, slot_id = found
    taken = Slot.objects.filter(pk=slot_id, state=SlotState.VOID).update(**_lease(by, seconds))
    if not taken:
        return False
    if purpose is not None:
        ServedCheck.objects.filter(pk=served_id).update(purpose=purpose)
    _record(queue, slot_id, Slot.objects.get(pk=slot_id).item_id, by)
    return True


def _new(queue: Queue, by: Actor, fit: Fit, purpose: Purpose, seconds: int) -> bool:
    found = _candidate(queue, by.as_person(), fit)
    if found is None:
        return False
    check_id, source_id = found
    place = _place(queue)
    source = Item.objects.get(pk=source_id)
    Item.objects.create(
        pk=place.item_id,
        queue_id=queue.pk,
        prediction_id=source.prediction_id,
        state=ItemState.CHECK,
        priority=place.priority,
        due_at=place.due_at,
        created_at=place.created_at,
        reasons=source.reasons,
        other_id=source.other_id,
        other_first=source.other_first,
    )
    Slot.objects.create(
        pk=place.slot_id,
        item_id=place.item_id,
        queue_id=queue.pk,
        seq=1,
        untouched=False,
        priority=place.priority,
        due_at=place.due_at,
        **_lease(by, seconds),
    )
    ServedCheck.objects.create(
        check_given_id=check_id,
        queue_id=queue.pk,
        person_id=by.as_person(),
        item_id=place.item_id,
        beside_id=place.beside,
        purpose=purpose,
    )
    _record(queue, place.slot_id, place.item_id, by)
    return True


def _place(queue: Queue) -> Place:
    """Beside what this person would be given next; on its own where nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"queue": queue.pk})
        rows = cursor.fetchall()
    if not rows:
        now = timezone.now()
        hours = timedelta(hours=queue.due_hours) if queue.due_hours else _DUE_WITHOUT_QUEUE
        return Place(_number(Item, None), _number(Slot, None), None, 50, now + hours, now)
    slot_id, item_id, priority, due_at, created_at = rows[0]
    is_old = created_at < timezone.now() - _FRESH
    # Halfway to the one behind it: two items with the very same time in a row would tell.
    behind = rows[1][3] if len(rows) > 1 and rows[1][2] == priority else due_at + timedelta(minutes=1)
    return Place(
        item_id=_number(Item, item_id if is_old else None),
        slot_id=_number(Slot, slot_id if is_old else None),
        beside=item_id,
        priority=priority,
        due_at=due_at + (behind - due_at) / 2,
        created_at=created_at,
    )


def _number(model: type[Item] | type[Slot], near: int | None) -> int:
    """An unused number near that of an old item; else the next one, which is as new as its neighbours."""
    spare = spare_id(model, near) if near is not None else None
    return spare if spare is not None else reserve_ids(model, 1)[0]


def _lease(by: Actor, seconds: int) -> dict[str, Any]:
    return {
        "state": SlotState.LEASED,
        "person_id": by.as_person(),
        "lease_token": uuid4(),
        "leased_at": Now(),
        "lease_until": Now() + timedelta(seconds=seconds),
    }


def _record(queue: Queue, slot_id: int, item_id: int, by: Actor) -> None:
    """The event of any lease: by it a person's later draft is known as theirs."""
    events.record(
        project_id=queue.project_id,
        kind="slot.leased",
        by=by,
        subject_kind="slot",
        subject_id=slot_id,
        after={"item": item_id, "until": Slot.objects.values_list("lease_until", flat=True).get(pk=slot_id)},
    )


def _candidate(queue: Queue, person_id: int, fit: Fit) -> tuple[int, int] | None:
    """A check and the item that it comes from, drawn among those that this person may be given."""
    asked: dict[str, Any] = {"queue": queue.pk, "form": queue.form_id, "me": person_id, "look": _LOOK_AT}
    if fit.refused:
        asked |= refusal_of(fit.refused)
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES.format(fit=NOT_REFUSED if fit.refused else ""), asked)
        rows = cursor.fetchall()
    for check_id, source_id, record in rows:
        if queue.order != WorkOrder.LANGUAGE or _language(record) in fit.lanes:
            return check_id, source_id
    return None


def _language(record: Any) -> str:
    return language_of(orjson.loads(record) if isinstance(record, str) else record)
