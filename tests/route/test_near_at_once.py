"""Counting near-duplicates while people claim, others count and more arrives: threads and commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.db.models import F

from accounts.actor import Actor
from accounts.models import Project
from queues.assign import actions as assign
from queues.models import Attachment, Item, Prediction, Queue, Slot
from queues.route import near
from queues.score import vectors
from tests.factories.encoders import HashedWords, use
from tests.factories.projects import Cast, cast
from tests.factories.rules import in_force, rule
from tests.factories.search import embedded
from tests.factories.sent import receive, sent
from tests.factories.work import queue_in

ATTACH = rule("uncertain", measure="mean_nll", by="value", threshold=0, near_duplicates="attach")
SAID = "we refund what you have paid within some working days of the return"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> Cast:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    use(monkeypatch, HashedWords())
    people = cast()
    queue_in(people.project, slug="answers")
    in_force(people.project, ATTACH)
    return people


def alike(project: Project, how_many: int) -> list[int]:
    """Items that are all nearly the same, with vectors, and nothing counted yet."""
    ids = receive(project, *(sent(SAID + "!" * n) for n in range(how_many)))
    embedded(*ids)
    return ids


def at_once(*works: Callable[[], object]) -> None:
    start = Barrier(len(works), timeout=30)

    def work(do: Callable[[], object]) -> None:
        try:
            start.wait()
            do()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work, do) for do in works]:
            done.result(timeout=60)


def in_halves(ids: list[int]) -> list[list[int]]:
    return [ids[place : place + 2] for place in range(0, len(ids), 2)]


def nothing_is_lost(ids: list[int]) -> None:
    """Each waits, or is counted on what waits; what left the queue left it whole."""
    waiting = set(
        Item.objects.filter(state__in=["open", "in_review"]).values_list("prediction_id", flat=True)
    )
    counted = dict(Attachment.objects.values_list("prediction_id", "item__state"))
    assert waiting | counted.keys() == set(ids)
    assert not waiting & counted.keys()
    assert "withdrawn" not in counted.values()
    assert not Slot.objects.filter(item__state="withdrawn").exclude(state="void").exists()
    assert not Slot.objects.exclude(item__state="withdrawn").filter(state="void").exists()
    assert not Attachment.objects.filter(prediction__lte=F("item__prediction")).exists()


def test_a_claim_of_the_same_moment_wins(people: Cast) -> None:
    ids = alike(people.project, 24)
    queue, by = Queue.objects.get(project=people.project), Actor(people.ann.pk)
    held = set()

    def claim() -> None:
        while lease := assign.lease_next(queue, by=by):
            held.add(lease.item_id)
            Slot.objects.filter(pk=lease.slot_id).update(state="done")

    at_once(claim, lambda: [near.attach(two) for two in reversed(in_halves(ids))])

    nothing_is_lost(ids)
    assert held
    assert not Item.objects.filter(pk__in=held, state="withdrawn").exists()
    assert held == set(Item.objects.exclude(state="withdrawn").values_list("pk", flat=True))


def test_two_that_count_at_once_leave_at_least_one(people: Cast) -> None:
    ids = alike(people.project, 24)

    at_once(
        lambda: [near.attach(two) for two in in_halves(ids)],
        lambda: [near.attach(two) for two in reversed(in_halves(ids))],
    )

    nothing_is_lost(ids)
    assert Attachment.objects.exists()


def test_nothing_that_arrives_is_counted_on_what_is_just_leaving(people: Cast) -> None:
    ids = alike(people.project, 12)
    more: list[int] = []

    at_once(
        lambda: [near.attach(two) for two in reversed(in_halves(ids))],
        lambda: more.extend(
            id_ for n in reversed(range(12)) for id_ in receive(people.project, sent(SAID + "!" * n))
        ),
    )

    nothing_is_lost([*ids, *more])


def test_what_is_being_recalled_is_passed_over_and_nobody_waits(people: Cast) -> None:
    older, newer = alike(people.project, 2)
    is_locked, is_done = Event(), Event()

    def recall() -> None:
        with transaction.atomic():
            list(Prediction.objects.select_for_update().filter(pk=newer))
            is_locked.set()
            assert is_done.wait(30)
            list(Slot.objects.select_for_update().filter(item__prediction__in=[older, newer]))

    def attach() -> None:
        assert is_locked.wait(30)
        try:
            with transaction.atomic():
                connection.cursor().execute("SET LOCAL lock_timeout = '5s'")
                assert near.attach([older, newer]) == 0
        finally:
            is_done.set()

    at_once(recall, attach)

    assert near.attach([older, newer]) == 1
