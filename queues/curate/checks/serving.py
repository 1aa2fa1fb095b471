"""Giving a check to a person: an item of their own that they hold, found by the claim that follows.

A claim looks first for what the person holds, so it stays one statement and knows nothing of checks. Where
the check is put, so that nothing tells it apart: see `placing`.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from accounts import events
from accounts.actor import Actor
from queues.agree.actions import asks_lead
from queues.assign.claim import NOT_REFUSED, refusal_of
from queues.assign.lease import AHEAD_SECONDS
from queues.assign.orders.language import language_of
from queues.assign.policy import Fit
from queues.curate.checks.placing import place_in
from queues.models import Item, ItemState, Purpose, Queue, ServedCheck, Slot, SlotState, WorkOrder

_LOOK_AT = 20  # checks in a drawn order, of which the first that fits is taken

# Never what the person has had before, as a check or as work, nor what they wrote the answer to.
_CANDIDATES = """
SELECT s.id, s.source_id, s.reasons, payload.record FROM (
  SELECT c.id, c.source_id, c.source_id AS item_id, source.prediction_id, source.reasons
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


def serve(
    queue: Queue, *, by: Actor, fit: Fit, purpose: Purpose, ahead: bool, front: int | None = None
) -> bool:
    """Let this person hold a check; False when none is left for them, or where it would be put stands out.

    front: as for `placing.place_in`.
    """
    seconds = AHEAD_SECONDS if ahead else queue.lease_seconds
    try:
        with transaction.atomic():
            return again(queue, by, seconds, purpose) or _new(queue, by, fit, purpose, seconds, front)
    except IntegrityError:
        return False  # another tab of the same person was given the same check in this very moment


def again(
    queue: Queue, by: Actor, seconds: int, purpose: Purpose | None = None, *, item_id: int | None = None
) -> bool:
    """Let this person hold a check that they have held and not answered; item_id: this one."""
    found = _left_open(queue, by, item_id)
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


def is_left_open(queue: Queue, by: Actor) -> bool:
    """Whether this person has a check that they have held and not answered; one statement."""
    return _left_open(queue, by, None) is not None


def _left_open(queue: Queue, by: Actor, item_id: int | None) -> tuple[int, int] | None:
    """The oldest of them, or the one of this item: its number and that of its slot."""
    asked = {"me": by.as_person(), "queue": queue.pk, "form": queue.form_id, "item": item_id}
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OPEN, asked)
        return cursor.fetchone()


def _new(queue: Queue, by: Actor, fit: Fit, purpose: Purpose, seconds: int, front: int | None) -> bool:
    found = _candidate(queue, by.as_person(), fit, is_hidden=purpose == Purpose.HIDDEN)
    if found is None:
        return False
    check_id, source_id = found
    place = place_in(queue, front=front)
    if place is None:
        return False
    source = Item.objects.get(pk=source_id)
    Item.objects.create(
        pk=place.item_id,
        queue_id=queue.pk,
        prediction_id=source.prediction_id,
        state=ItemState.CHECK,
        priority=place.priority,
        due_at=place.due_at,
        created_at=place.created_at,
        reviews_needed=max(source.reviews_needed, queue.reviews_per_item),
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


def _candidate(queue: Queue, person_id: int, fit: Fit, *, is_hidden: bool) -> tuple[int, int] | None:
    """A check and the item that it comes from, drawn among those that this person may be given.

    Hidden ones not of what a lead settles even when the reviews agree: a check goes to no lead by itself.
    """
    asked: dict[str, Any] = {"queue": queue.pk, "form": queue.form_id, "me": person_id, "look": _LOOK_AT}
    if fit.refused:
        asked |= refusal_of(fit.refused)
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES.format(fit=NOT_REFUSED if fit.refused else ""), asked)
        rows = cursor.fetchall()
    for check_id, source_id, reasons, record in rows:
        if is_hidden and asks_lead(_json(reasons), rule_id=queue.dispute_rule_id):
            continue
        if queue.order != WorkOrder.LANGUAGE or language_of(_json(record)) in fit.lanes:
            return check_id, source_id
    return None


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value
