"""The settings of a queue: bounds, versions, events, closing."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from queues.assign import actions as assign
from queues.assign import queues
from queues.errors import Invalid, NotFound, WrongState
from queues.models import BOUNDS, Item, Queue
from queues.route import policies
from tests.factories.projects import Cast, cast
from tests.factories.reviews import leased
from tests.factories.rules import in_force, rule
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def lee(people: Cast) -> Actor:
    return Actor(people.lee.pk)


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="answers")


def change(queue: Queue, by: Actor, **changes: Any) -> Queue:
    return queues.change_settings(
        queue.pk, project_id=queue.project_id, version=queue.version, by=by, **changes
    )


def test_a_change_is_a_new_version_and_an_event_with_both_values(queue: Queue, lee: Actor) -> None:
    changed = change(queue, lee, overlap_rate=0.1, max_held=3)

    assert (changed.overlap_rate, changed.version) == (0.1, 2)
    event = Event.objects.get(kind="queue.changed", subject_id=queue.pk)
    assert event.before == {"overlap_rate": 0.0, "version": 1}
    assert event.after == {"overlap_rate": 0.1, "version": 2}
    assert event.actor_person_id == lee.person_id


def test_storing_what_is_there_already_is_no_change(queue: Queue, lee: Actor) -> None:
    assert change(queue, lee, max_held=3).version == 1
    assert not Event.objects.filter(kind="queue.changed").exists()


def test_who_saw_an_older_version_changes_nothing(queue: Queue, lee: Actor) -> None:
    change(queue, lee, session_goal=20)

    with pytest.raises(queues.SettingsChanged):
        change(queue, lee, session_goal=30)  # the queue that the test holds is the older one

    assert Queue.objects.get(pk=queue.pk).session_goal == 20


@pytest.mark.parametrize(("name", "bounds"), BOUNDS.items())
def test_a_number_out_of_bounds_is_refused_by_its_name_and_by_the_database(
    queue: Queue, lee: Actor, name: str, bounds: tuple[int, int]
) -> None:
    low, high = bounds
    for value in (low - 1, high + 1):
        with pytest.raises(Invalid) as refused:
            change(queue, lee, **{name: value})
        with pytest.raises(IntegrityError, match=f"queue_{name}_within_bounds"), transaction.atomic():
            Queue.objects.filter(pk=queue.pk).update(**{name: value})
        assert [fault.pointer for fault in refused.value.faults] == [f"/{name}"]
    for value in bounds:
        Queue.objects.filter(pk=queue.pk).update(**{name: value})


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": "an\u202ename"}, "/name"),
        ({"name": "x" * 121}, "/name"),
        ({"purpose": "x" * 2_001}, "/purpose"),
        ({"lease_seconds": 9}, "/lease_seconds"),
        ({"overlap_rate": float("nan")}, "/overlap_rate"),
        ({"reviews_per_item": None}, "/reviews_per_item"),
    ],
)
def test_what_is_wrong_is_named(queue: Queue, lee: Actor, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        change(queue, lee, **changes)

    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_another_project_cannot_be_changed(people: Cast, queue: Queue) -> None:
    with pytest.raises(NotFound):
        queues.change_settings(
            queue.pk, project_id=people.other.pk, version=1, by=Actor(people.sam.pk), session_goal=1
        )


def test_an_item_cannot_count_as_drawn_without_extra_reviews(queue: Queue) -> None:
    item = waiting(queue)

    with pytest.raises(IntegrityError, match="item_drawn_has_extra_reviews"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(overlap_drawn=True)
    with pytest.raises(IntegrityError, match="item_extra_reviews_beyond_the_first"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(extra_reviews=1)


def test_a_queue_in_which_something_waits_is_not_closed(queue: Queue, lee: Actor) -> None:
    waiting(queue)

    with pytest.raises(WrongState, match="still wait"):
        queues.archive(queue.pk, project_id=queue.project_id, by=lee)


def test_a_queue_to_which_a_rule_sends_is_not_closed(people: Cast, queue: Queue, lee: Actor) -> None:
    in_force(people.project, rule("random_audit", rate=0.5))

    with pytest.raises(WrongState, match="send to this queue"):
        queues.archive(queue.pk, project_id=queue.project_id, by=lee)


def test_a_closed_queue_takes_no_rule_no_change_and_no_lease_and_can_be_opened_again(
    people: Cast, queue: Queue, lee: Actor
) -> None:
    closed = queues.archive(queue.pk, project_id=queue.project_id, by=lee)
    waiting(closed)  # what no page and no rule does

    with pytest.raises(Invalid):
        policies.new_version(
            people.project.pk,
            document={"schema": "policy/1", "rules": [rule("random_audit", rate=0.5)]},
            by=lee,
            reason="x",
        )
    with pytest.raises(WrongState):
        change(closed, lee, session_goal=5)
    assert assign.lease_next(closed, by=lee) is None
    again = queues.restore(queue.pk, project_id=queue.project_id, by=lee)
    assert again.archived_at is None
    assert assign.lease_next(again, by=lee) is not None
    kinds = Event.objects.filter(subject_kind="queue").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["queue.archived", "queue.restored"]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_nobody_holds_more_at_once_than_the_queue_allows(people: Cast, most: int) -> None:
    queue = queue_in(people.project, max_held=most)
    for _ in range(5):
        waiting(queue)
    ann = Actor(people.ann.pk)
    held: list[int] = []
    while len(held) < 3 and (lease := assign.lease_next(queue, by=ann, beside=held[:2], ahead=True)):
        held.append(lease.slot_id)

    assert len(held) == most
    assert leased(queue, people.ann).slot_id in held


def test_the_lease_of_a_blind_slot_says_so(people: Cast, queue: Queue) -> None:
    item = waiting(queue)
    item.slots.update(is_blind=True)

    assert leased(queue, people.ann).is_blind
    assert leased(queue, people.ann).is_blind  # also when it is found again
    assert timezone.now() < leased(queue, people.ann).until
