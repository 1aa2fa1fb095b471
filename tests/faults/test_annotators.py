"""Sixty-four annotators with crashes, double submits, two tabs, ended leases and changing roles."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import events
from accounts.actor import Actor
from queues.assign import actions as assign
from queues.assign.claim import Asking
from queues.assign.lease import Lease
from queues.models import Item, ItemState, Slot, SlotState, WorkOrder
from tests.factories.projects import cast
from tests.factories.work import queue_in, waiting
from tests.faults import annotators
from tests.faults.annotators import House

SEED = 20261127
ANNOTATORS = 64


def house_of(items: int, *, order: str = "priority_due", people: int = ANNOTATORS) -> House:
    there = cast()
    queue = queue_in(there.project, order=order)
    dice = random.Random(SEED)
    for _ in range(items):
        waiting(queue, reviews_needed=dice.choice(annotators.NEEDED), priority=dice.choice([50, 50, 90]))
    return House(there.project, queue, annotators.people_of(there.project, people), Actor(there.lee.pk))


def examine(house: House, *, seconds: float) -> None:
    annotators.simulate(house, seconds=seconds, seed=SEED)

    found = annotators.wrong(house)
    assert {name: rows for name, rows in found.items() if rows} == {}, dict(house.history.did)
    for action in ("review", "submit_twice", "crash", "come_late", "hold_two_tabs", "undo", "paused"):
        assert house.history.did[action] > 0, f"nobody did: {action}"
    print(dict(house.history.did), f"{len(house.history.stored)} reviews")


@pytest.mark.django_db(transaction=True)
def test_for_eight_seconds_nothing_is_lost_doubled_or_stuck() -> None:
    examine(house_of(200), seconds=8)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_for_ten_minutes_nothing_is_lost_doubled_or_stuck() -> None:
    examine(house_of(200), seconds=600)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", WorkOrder.values)
def test_in_no_order_of_work_is_anything_lost_doubled_or_stuck(order: str) -> None:
    examine(house_of(200, order=order), seconds=20)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_harness_finds_what_a_claim_that_reads_and_then_saves_breaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = house_of(60, people=16)
    monkeypatch.setattr(assign, "claim", naive_claim)  # on purpose: to see that the harness can fail

    annotators.simulate(house, seconds=4, seed=SEED)

    found = annotators.wrong(house)
    assert found["leases taken from under somebody's hands"]


def naive_claim(asking: Asking, *, token: UUID, **_rest: Any) -> Lease | None:
    """Reads the next open slot, and then saves it as one's own: as if nobody else did the same."""
    me = asking.by.as_person()
    seen = Slot.objects.filter(person=me).values("item")
    slot = Slot.objects.filter(queue=asking.queue, state=SlotState.OPEN).exclude(item__in=seen).first()
    if slot is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.002)")  # the time that a request takes in between
    now = timezone.now()
    slot.state, slot.person_id, slot.lease_token, slot.untouched = SlotState.LEASED, me, token, False
    slot.leased_at, slot.lease_until = now, now + timedelta(seconds=asking.seconds)
    with transaction.atomic():
        slot.save()
        Item.objects.filter(pk=slot.item_id, state=ItemState.OPEN).update(state=ItemState.IN_REVIEW)
        events.record(
            project_id=asking.queue.project_id,
            kind="slot.leased",
            by=asking.by,
            subject_kind="slot",
            subject_id=slot.pk,
        )
    return Lease(slot.pk, slot.item_id, slot.queue_id, token, slot.lease_until, now)
