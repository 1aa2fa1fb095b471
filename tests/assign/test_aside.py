"""Items kept for later: off the screen, with the draft, and back to the others when their time has passed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from queues import reviewing
from queues.assign import actions as assign
from queues.assign import aside, working
from queues.assign.policy import Paused
from queues.errors import Invalid, NotFound, Taken
from queues.models import Draft, Queue, Review, Slot, SlotState
from queues.review import drafts
from tests.factories.projects import Cast, cast
from tests.factories.reviews import APPROVE, leased
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def ann(people: Cast) -> Actor:
    return Actor(people.ann.pk)


@pytest.fixture
def queue(people: Cast) -> Queue:
    queue = queue_in(people.project)
    for _ in range(7):
        waiting(queue)
    return queue


def kept(queue: Queue, by: Actor, hours: int = 4) -> Slot:
    lease = assign.lease_next(queue, by=by)
    assert lease is not None
    return aside.keep(lease.slot_id, token=lease.token, by=by, hours=hours)


def test_a_kept_item_leaves_the_screen_with_its_draft_and_the_queue_goes_on(queue: Queue, ann: Actor) -> None:
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None
    drafts.save(
        lease.slot_id,
        project_id=queue.project_id,
        token=lease.token,
        by=ann,
        content={"decision": "correct", "note": "look it up"},
    )

    slot = aside.keep(lease.slot_id, token=lease.token, by=ann, hours=4)
    following = assign.lease_next(queue, by=ann)

    assert following is not None and following.item_id != lease.item_id
    assert Draft.objects.get(item=lease.item_id).content["note"] == "look it up"
    assert slot.lease_until is not None
    assert timedelta(hours=3.9) < slot.lease_until - timezone.now() < timedelta(hours=4.1)
    assert Event.objects.get(kind="slot.kept").after == {"item": lease.item_id, "hours": 4}


def test_nobody_else_gets_it_meanwhile_and_afterwards_somebody_does(
    people: Cast, queue: Queue, ann: Actor
) -> None:
    Slot.objects.filter(queue=queue).exclude(pk=kept(queue, ann).pk).update(state=SlotState.VOID)
    assert assign.lease_next(queue, by=Actor(people.lee.pk)) is None

    Slot.objects.filter(aside=True).update(lease_until=timezone.now() - timedelta(seconds=1))

    lease = assign.lease_next(queue, by=Actor(people.lee.pk))
    assert lease is not None
    assert not Slot.objects.get(pk=lease.slot_id).aside


def test_it_is_taken_up_with_the_lease_of_its_queue_and_submitted(
    people: Cast, queue: Queue, ann: Actor
) -> None:
    slot = kept(queue, ann)
    assign.lease_next(queue, by=ann)

    taken = aside.take_up(slot.pk, project_id=queue.project_id, by=ann)
    beside = aside.others_on_screen(taken, ann)
    lease = assign.lease_next(queue, by=ann, beside=beside)

    assert lease is not None and lease.slot_id == slot.pk and lease.token != slot.lease_token
    done = reviewing.submit(
        lease.slot_id, project=people.project, token=lease.token, by=ann, submission=APPROVE
    )
    assert done.item_state == "settled"
    assert Event.objects.filter(kind="slot.taken_up").count() == 1


def test_the_token_of_the_screen_that_was_left_is_dead(people: Cast, queue: Queue, ann: Actor) -> None:
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None
    aside.keep(lease.slot_id, token=lease.token, by=ann, hours=1)

    with pytest.raises(Taken):
        assign.heartbeat(lease.slot_id, token=lease.token, by=ann)
    with pytest.raises(Taken):
        reviewing.submit(lease.slot_id, project=people.project, token=lease.token, by=ann, submission=APPROVE)
    assert Draft.objects.filter(item=lease.item_id).exists()  # the text of the other tab is kept


def test_only_so_many_are_kept_at_once(queue: Queue, ann: Actor) -> None:
    for _ in range(aside.AT_ONCE):
        kept(queue, ann)

    with pytest.raises(Invalid, match="5 items"):
        kept(queue, ann)
    assert aside.kept_by(ann, queue.project_id).count() == aside.AT_ONCE


def test_how_long_is_one_of_the_choices(queue: Queue, ann: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        kept(queue, ann, hours=1_000)

    assert refused.value.faults[0].code == "aside.hours"


def test_what_others_keep_and_what_is_on_the_screen_is_not_taken_up(
    people: Cast, queue: Queue, ann: Actor
) -> None:
    theirs = kept(queue, Actor(people.lee.pk))
    mine = leased(queue, people.ann)

    for slot_id, refused in ((theirs.pk, NotFound), (mine.slot_id, Taken)):
        with pytest.raises(refused):
            aside.take_up(slot_id, project_id=queue.project_id, by=ann)
    with pytest.raises(NotFound):
        aside.take_up(theirs.pk, project_id=people.other.pk, by=Actor(people.sam.pk))


def test_a_pause_takes_back_what_is_kept_too(people: Cast, queue: Queue, ann: Actor) -> None:
    slot = kept(queue, ann)

    working.pause(
        queue.project_id,
        person=people.ann,
        until=None,
        reason="x",
        now=timezone.now(),
        by=Actor(people.lee.pk),
    )

    slot.refresh_from_db()
    assert (slot.state, slot.aside) == (SlotState.OPEN, False)
    with pytest.raises(Paused):
        aside.take_up(slot.pk, project_id=queue.project_id, by=ann)


def test_only_a_lease_can_be_put_aside(queue: Queue) -> None:
    with pytest.raises(IntegrityError, match="slot_aside_is_leased"), transaction.atomic():
        Slot.objects.filter(queue=queue).update(aside=True)


def test_however_often_it_is_taken_up_it_is_kept_for_three_days_in_all(queue: Queue, ann: Actor) -> None:
    slot = kept(queue, ann)
    Slot.objects.filter(pk=slot.pk).update(leased_at=timezone.now() - aside.LONGEST + timedelta(hours=1))
    taken = aside.take_up(slot.pk, project_id=queue.project_id, by=ann)
    taken.refresh_from_db()
    assert taken.lease_token is not None

    again = aside.keep(taken.pk, token=taken.lease_token, by=ann, hours=24)

    assert again.lease_until is not None and again.lease_until < timezone.now() + timedelta(
        hours=1, minutes=1
    )
    Slot.objects.filter(pk=slot.pk).update(leased_at=timezone.now() - aside.LONGEST)
    taken = aside.take_up(slot.pk, project_id=queue.project_id, by=ann)
    taken.refresh_from_db()
    assert taken.lease_token is not None
    with pytest.raises(Invalid) as refused:
        aside.keep(taken.pk, token=taken.lease_token, by=ann, hours=1)
    assert refused.value.faults[0].code == "aside.too_long"


def test_submitting_and_taking_back_begins_no_three_days_anew(queue: Queue, ann: Actor) -> None:
    slot = kept(queue, ann)
    Slot.objects.filter(pk=slot.pk).update(leased_at=timezone.now() - aside.LONGEST + timedelta(hours=1))
    taken = aside.take_up(slot.pk, project_id=queue.project_id, by=ann)
    taken.refresh_from_db()
    assert taken.lease_token is not None
    done = reviewing.submit(
        taken.pk, project=queue.project, token=taken.lease_token, by=ann, submission={"decision": "approve"}
    )
    lease = reviewing.undo(done.review_id, project=queue.project, by=ann)

    again = aside.keep(lease.slot_id, token=lease.token, by=ann, hours=24)

    assert again.lease_until is not None
    assert again.lease_until < timezone.now() + timedelta(hours=1, minutes=1)


def test_the_time_in_which_a_review_lay_submitted_is_not_counted(queue: Queue, ann: Actor) -> None:
    slot = kept(queue, ann)
    taken = aside.take_up(slot.pk, project_id=queue.project_id, by=ann)
    taken.refresh_from_db()
    assert taken.lease_token is not None
    done = reviewing.submit(
        taken.pk,
        project=queue.project,
        token=taken.lease_token,
        by=ann,
        submission={"decision": "escalate", "note": "Which policy holds?"},
    )
    past = timezone.now() - timedelta(days=9)
    with connection.cursor() as cursor:  # as if it had been given then; history itself cannot be rewritten
        cursor.execute("SET LOCAL session_replication_role = replica")
        Review.objects.update(opened_at=past, submitted_at=past + timedelta(minutes=2))
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    lease = reviewing.undo(done.review_id, project=queue.project, by=ann)

    assert timedelta(minutes=2) <= timezone.now() - lease.opened_at < timedelta(minutes=3)
    assert aside.keep(lease.slot_id, token=lease.token, by=ann, hours=24).aside
