"""Bulk changes: what each does and takes back, what it leaves alone, and that it can die at any moment."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from accounts.roles import Role
from queues import jobs, reviewing
from queues.agree import units
from queues.assign import actions as assign
from queues.assign import queues
from queues.assign.bulk import asking, run
from queues.errors import Invalid, NotFound, WrongState
from queues.models import BulkChange, ChangedItem, Item, ItemState, Job, Queue, Slot, SlotState
from tests.factories.projects import Cast, cast, member
from tests.factories.reviews import disputed, leased, reviewed
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
    return queue_in(people.project)


def done(queue: Queue, by: Actor, kind: str, **asked: Any) -> BulkChange:
    """The change, asked for and run by a worker."""
    change = asking.ask(queue, kind=kind, why="for the test", by=by, **asked).change
    return _run(change)


def undone(change: BulkChange, by: Actor) -> BulkChange:
    return _run(asking.undo(change.project_id, change.pk, by=by).change)


def _run(change: BulkChange) -> BulkChange:
    jobs.run_job(Job.objects.get(unique_key=f"{run.KIND}:{change.pk}").pk)
    change = BulkChange.objects.get(pk=change.pk)
    assert change.finished_at is not None
    return change


def facts(item: Item) -> tuple[Any, ...]:
    """All that a bulk change may touch, of the item and its slots."""
    fresh = Item.objects.get(pk=item.pk)
    slots = Slot.objects.filter(item=item.pk).order_by("seq")
    return (
        (
            fresh.queue_id,
            fresh.state,
            fresh.priority,
            fresh.due_at,
            fresh.reviews_needed,
            fresh.extra_reviews,
        ),
        list(slots.values_list("seq", "queue", "state", "priority", "due_at", "untouched")),
    )


@pytest.mark.parametrize("kind", ["priority", "due", "reviews", "move", "withdraw"])
def test_each_kind_changes_item_and_slots_and_is_taken_back_to_the_letter(
    people: Cast, queue: Queue, lee: Actor, kind: str
) -> None:
    items = [waiting(queue, reviews_needed=2) for _ in range(3)]
    other = queue_in(people.project)
    amount = {"priority": 90, "due": 24, "reviews": 2}.get(kind)
    before = [facts(item) for item in items]

    change = done(queue, lee, kind, amount=amount, target=other if kind == "move" else None)
    after = [facts(item) for item in items]
    back = undone(change, lee)

    assert (change.changed, change.passed_by) == (3, {})
    assert all(new != old for new, old in zip(after, before, strict=True))
    assert (back.changed, back.passed_by) == (3, {})
    assert [facts(item) for item in items] == before
    told = Event.objects.filter(subject_kind="item", subject_id=items[0].pk).order_by("id")
    assert [event.kind for event in told] == [f"item.bulk_{kind}", "item.bulk_undone"]
    assert all(event.actor_person_id == lee.person_id and event.reason for event in told)


def test_a_raised_item_is_handed_out_first_and_a_lease_that_runs_stays(
    people: Cast, queue: Queue, lee: Actor
) -> None:
    first, second = waiting(queue), waiting(queue)
    mine = leased(queue, people.ann)
    assert mine.item_id == first.pk

    done(queue, lee, "priority", amount=95, item_ids=[first.pk, second.pk])

    assert assign.heartbeat(mine.slot_id, token=mine.token, by=Actor(people.ann.pk))
    assert Slot.objects.get(pk=mine.slot_id).priority == 95


def test_what_is_overdue_is_put_off_from_now_on(queue: Queue, lee: Actor) -> None:
    item = waiting(queue, due_at=timezone.now() - timedelta(days=3))

    done(queue, lee, "due", amount=2)

    left = Item.objects.get(pk=item.pk).due_at - timezone.now()
    assert timedelta(hours=1.9) < left < timedelta(hours=2.1)


def test_added_reviews_are_extra_and_not_drawn_and_go_to_more_people(
    people: Cast, queue: Queue, lee: Actor
) -> None:
    item = waiting(queue)
    done(queue, lee, "reviews", amount=1)

    reviewed(queue, people.ann)
    assert Item.objects.get(pk=item.pk).state == ItemState.IN_REVIEW
    reviewed(queue, people.lee)

    item.refresh_from_db()
    assert (item.state, item.extra_reviews, item.overlap_drawn) == ("settled", 1, False)


@pytest.mark.parametrize(("kind", "code"), [("move", "held"), ("withdraw", "held")])
def test_what_somebody_holds_is_not_taken_from_under_their_hands(
    people: Cast, queue: Queue, lee: Actor, kind: str, code: str
) -> None:
    item = waiting(queue, reviews_needed=2)
    lease = leased(queue, people.ann)
    target = queue_in(people.project) if kind == "move" else None

    change = done(queue, lee, kind, target=target, state="in_review")

    assert (change.changed, change.passed_by) == (0, {code: 1})
    assert Slot.objects.get(pk=lease.slot_id).state == SlotState.LEASED
    assert Item.objects.get(pk=item.pk).queue_id == queue.pk


def test_what_has_reviews_stays_in_its_queue(people: Cast, queue: Queue, lee: Actor) -> None:
    waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann)

    change = done(queue, lee, "move", target=queue_in(people.project), state="in_review")

    assert change.passed_by == {"reviewed": 1}


def test_what_is_in_the_other_queue_already_is_left_alone(people: Cast, queue: Queue, lee: Actor) -> None:
    item, other = waiting(queue), queue_in(people.project)
    Item.objects.create(queue=other, prediction=item.prediction, due_at=item.due_at)

    assert done(queue, lee, "move", target=other).passed_by == {"there_already": 1}


def test_a_disputed_item_is_withdrawn_from_the_desk_of_the_lead_and_comes_back(
    people: Cast, lee: Actor
) -> None:
    ben = member(people.project, Role.ANNOTATOR)
    item = disputed(people, people.ann, ben)

    change = done(item.queue, lee, "withdraw", state="disputed")
    assert Item.objects.get(pk=item.pk).state == ItemState.WITHDRAWN
    undone(change, lee)

    assert Item.objects.get(pk=item.pk).state == ItemState.DISPUTED


def test_an_undo_leaves_alone_what_was_changed_since(people: Cast, queue: Queue, lee: Actor) -> None:
    first, second = waiting(queue), waiting(queue)
    change = done(queue, lee, "priority", amount=80)
    done(queue, lee, "priority", amount=90, item_ids=[first.pk])

    back = undone(change, lee)

    assert (back.changed, back.passed_by) == (1, {"changed_since": 1})
    assert Item.objects.get(pk=first.pk).priority == 90
    assert Item.objects.get(pk=second.pk).priority == 50


def test_added_reviews_that_somebody_has_used_are_not_taken_away(
    people: Cast, queue: Queue, lee: Actor
) -> None:
    item = waiting(queue)
    change = done(queue, lee, "reviews", amount=1)
    reviewed(queue, people.ann)

    back = undone(change, lee)

    assert back.passed_by == {"reviewed": 1}
    assert Item.objects.get(pk=item.pk).reviews_needed == 2


def test_a_change_is_undone_once(queue: Queue, lee: Actor) -> None:
    waiting(queue)
    change = done(queue, lee, "priority", amount=80)
    back = undone(change, lee)

    for number in (change.pk, back.pk):
        with pytest.raises(WrongState):
            asking.undo(queue.project_id, number, by=lee)
    with pytest.raises(IntegrityError, match="undo_of"), transaction.atomic():
        BulkChange.objects.create(
            project=queue.project,
            queue=queue,
            kind="priority",
            amount=1,
            state="open",
            why="x",
            undo_of=change,
            asked_by_id=lee.as_person(),
        )


def test_the_filter_chooses_by_rule_by_lateness_and_never_what_comes_later(queue: Queue, lee: Actor) -> None:
    late = waiting(queue, kinds=("safety",), due_at=timezone.now() - timedelta(hours=1))
    waiting(queue, kinds=("safety",))
    waiting(queue, kinds=("uncertain",), due_at=timezone.now() - timedelta(hours=1))
    asked = asking.ask(queue, kind="priority", amount=90, why="x", by=lee, reason="safety", late=True)
    Item.objects.filter(pk=waiting(queue, kinds=("safety",), due_at=late.due_at).pk).update(
        created_at=timezone.now() + timedelta(seconds=5)
    )

    assert _run(asked.change).changed == 1
    assert Item.objects.get(pk=late.pk).priority == 90


def test_a_worker_that_dies_in_between_changes_nothing_twice(
    queue: Queue, lee: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [waiting(queue) for _ in range(5)]
    monkeypatch.setattr(run, "BATCH", 2)
    asked = asking.ask(queue, kind="reviews", amount=1, why="x", by=lee)
    run._batch(asked.change, [item.pk for item in items[:2]], then=units.recount)  # then it was killed

    change = _run(asked.change)

    assert change.changed == 5
    assert set(Item.objects.filter(queue=queue).values_list("reviews_needed", flat=True)) == {2}
    assert ChangedItem.objects.filter(change=change).count() == 5


def test_a_stopped_change_goes_no_further_and_what_it_did_can_be_undone(queue: Queue, lee: Actor) -> None:
    items = [waiting(queue) for _ in range(3)]
    asked = asking.ask(queue, kind="priority", amount=80, why="x", by=lee)
    run._batch(asked.change, [items[0].pk], then=units.recount)

    asking.stop(queue.project_id, asked.change.pk, by=lee)
    jobs.run_job(Job.objects.get(unique_key=f"{run.KIND}:{asked.change.pk}").pk)

    assert Item.objects.filter(priority=80).count() == 1
    assert undone(asked.change, lee).changed == 1


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"kind": "sideways"}, "/kind"),
        ({"kind": "priority", "amount": 101}, "/amount"),
        ({"kind": "priority"}, "/amount"),
        ({"kind": "move"}, "/target"),
        ({"kind": "withdraw", "why": " "}, "/why"),
        ({"kind": "withdraw", "state": "settled"}, "/state"),
        ({"kind": "withdraw", "item_ids": []}, "/item_ids"),
        ({"kind": "withdraw", "item_ids": list(range(201))}, "/item_ids"),
    ],
)
def test_what_is_wrong_is_named(queue: Queue, lee: Actor, asked: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        asking.ask(queue, by=lee, **{"why": "x", **asked})

    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert not BulkChange.objects.exists()


def test_items_and_changes_of_another_project_are_out_of_reach(
    people: Cast, queue: Queue, lee: Actor
) -> None:
    theirs = waiting(queue_in(people.other))
    change = done(queue, lee, "priority", amount=80, item_ids=[theirs.pk])

    assert change.changed == 0
    assert Item.objects.get(pk=theirs.pk).priority == 50
    with pytest.raises(Invalid):
        asking.ask(queue, kind="move", why="x", by=lee, target=theirs.queue)
    with pytest.raises(NotFound):
        asking.stop(people.other.pk, change.pk, by=Actor(people.sam.pk))


def test_what_was_reviewed_and_taken_back_meanwhile_keeps_its_added_reviews(
    people: Cast, queue: Queue, lee: Actor
) -> None:
    item = waiting(queue)
    added = done(queue, lee, "reviews", amount=1, item_ids=[item.pk])
    lease = reviewing.undo(reviewed(queue, people.ann).pk, project=people.project, by=Actor(people.ann.pk))
    assign.give_back(lease.slot_id, token=lease.token, by=Actor(people.ann.pk))

    assert undone(added, lee).passed_by == {"reviewed": 1}
    assert Slot.objects.filter(item=item.pk).count() == 2


def test_nothing_is_moved_into_a_queue_that_was_closed_meanwhile(
    people: Cast, queue: Queue, lee: Actor
) -> None:
    item = waiting(queue)
    other = queue_in(people.project, slug="other")
    asked = asking.ask(queue, kind="move", why="for the test", by=lee, target=other, item_ids=[item.pk])
    queues.archive(other.pk, project_id=people.project.pk, by=lee)

    assert _run(asked.change).passed_by == {"closed": 1}
    assert Item.objects.get(pk=item.pk).queue_id == queue.pk
