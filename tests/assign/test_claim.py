"""Who gets which item: order, overlap, fences."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actor import SYSTEM, Actor
from accounts.models import Event
from accounts.roles import Role
from queues.assign import actions as assign
from queues.assign.lease import AHEAD_SECONDS
from queues.errors import Invalid, NotAllowed, Taken
from queues.models import Item, ItemState, Queue, Skip, Slot, SlotState
from tests.factories.projects import Cast, cast, member
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


@pytest.fixture
def ann(people: Cast) -> Actor:
    return Actor(people.ann.pk)


@pytest.fixture
def ben(people: Cast) -> Actor:
    return Actor(member(people.project, Role.ANNOTATOR, name="Ben").pk)


def end_lease(slot_id: int) -> None:
    Slot.objects.filter(pk=slot_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_an_empty_queue_gives_nothing(queue: Queue, ann: Actor) -> None:
    assert assign.lease_next(queue, by=ann) is None


def test_higher_priority_comes_first_then_the_earlier_due_then_the_older(queue: Queue, ann: Actor) -> None:
    due = timezone.now() + timedelta(hours=5)
    later = waiting(queue, priority=50, due_at=due + timedelta(hours=1))
    older, younger = (waiting(queue, priority=50, due_at=due) for _ in range(2))
    urgent = waiting(queue, priority=90, due_at=due + timedelta(days=1))

    given_out = []
    for _ in range(4):
        lease = assign.lease_next(queue, by=ann)
        assert lease is not None
        given_out.append(lease.item_id)
        Slot.objects.filter(pk=lease.slot_id).update(state=SlotState.DONE)

    assert given_out == [urgent.pk, older.pk, younger.pk, later.pk]


def test_asking_twice_gives_the_same_lease(queue: Queue, ann: Actor) -> None:
    waiting(queue), waiting(queue)

    first, second = assign.lease_next(queue, by=ann), assign.lease_next(queue, by=ann)

    assert first is not None and second is not None
    assert (first.slot_id, first.token) == (second.slot_id, second.token)


def test_an_item_on_the_screen_is_not_given_again_as_the_one_ahead(queue: Queue, ann: Actor) -> None:
    waiting(queue), waiting(queue)
    shown = assign.lease_next(queue, by=ann)
    assert shown is not None

    ahead = assign.lease_next(queue, by=ann, beside=[shown.slot_id], ahead=True)

    assert ahead is not None and ahead.item_id != shown.item_id
    assert ahead.until - ahead.opened_at == timedelta(seconds=AHEAD_SECONDS)


def test_a_person_may_not_hoard_leases(queue: Queue, ann: Actor) -> None:
    with pytest.raises(Invalid):
        assign.lease_next(queue, by=ann, beside=[1, 2, 3])


def test_the_system_cannot_lease(queue: Queue) -> None:
    with pytest.raises(NotAllowed):
        assign.lease_next(queue, by=SYSTEM)


def test_nobody_gets_two_slots_of_one_item(queue: Queue, ann: Actor, ben: Actor) -> None:
    item = waiting(queue, reviews_needed=2)
    mine = assign.lease_next(queue, by=ann)
    assert mine is not None
    Slot.objects.filter(pk=mine.slot_id).update(state=SlotState.DONE)

    again, other = assign.lease_next(queue, by=ann), assign.lease_next(queue, by=ben)

    assert again is None
    assert other is not None and other.item_id == item.pk


def test_the_database_refuses_two_slots_of_one_item_for_one_person(queue: Queue, ann: Actor) -> None:
    item = waiting(queue, reviews_needed=2)
    lease = {
        "state": "leased",
        "person": ann.person_id,
        "leased_at": timezone.now(),
        "lease_until": timezone.now(),
    }
    first, second = item.slots.order_by("seq")
    Slot.objects.filter(pk=first.pk).update(lease_token=uuid4(), **lease)

    with pytest.raises(IntegrityError, match="slot_one_per_person_and_item"), transaction.atomic():
        Slot.objects.filter(pk=second.pk).update(lease_token=uuid4(), **lease)


@pytest.mark.parametrize(
    "half",
    [{"state": "leased"}, {"state": "open", "lease_token": uuid4()}, {"state": "done"}, {"state": "lost"}],
)
def test_the_database_refuses_a_slot_whose_holder_does_not_go_with_its_state(
    queue: Queue, half: dict
) -> None:
    slot = waiting(queue).slots.get()

    with pytest.raises(IntegrityError, match="slot_holder_goes_with_state"), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(**half)


def test_started_items_are_finished_before_new_ones_are_begun(queue: Queue, ann: Actor, ben: Actor) -> None:
    waiting(queue, reviews_needed=1)
    started = waiting(queue, reviews_needed=2, priority=60)
    waiting(queue, reviews_needed=1, priority=60, due_at=timezone.now() + timedelta(minutes=1))
    Slot.objects.filter(item=started.pk).update(untouched=False)

    lease = assign.lease_next(queue, by=ben)

    assert lease is not None and lease.item_id == started.pk


def test_a_started_item_does_not_overtake_a_more_urgent_untouched_one(queue: Queue, ann: Actor) -> None:
    started = waiting(queue, reviews_needed=2, priority=50)
    Slot.objects.filter(item=started.pk).update(untouched=False)
    urgent = waiting(queue, priority=90)

    lease = assign.lease_next(queue, by=ann)

    assert lease is not None and lease.item_id == urgent.pk


def test_more_half_done_items_than_the_look_ahead_do_not_hide_the_last_one(
    queue: Queue, ann: Actor, ben: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [waiting(queue, reviews_needed=2) for _ in range(70)]
    leased = 0
    while lease := assign.lease_next(queue, by=ann):
        Slot.objects.filter(pk=lease.slot_id).update(state=SlotState.DONE)
        leased += 1
    assert leased == len(items)
    fresh = waiting(queue, reviews_needed=2)
    Slot.objects.filter(item=fresh.pk).update(untouched=False)

    lease = assign.lease_next(queue, by=ann)

    assert lease is not None and lease.item_id == fresh.pk


def test_a_skipped_item_goes_to_someone_else_and_never_comes_back(
    queue: Queue, ann: Actor, ben: Actor
) -> None:
    item = waiting(queue)
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None

    assign.skip(lease.slot_id, token=lease.token, by=ann, reason="language")

    assert assign.lease_next(queue, by=ann) is None
    other = assign.lease_next(queue, by=ben)
    assert other is not None and other.item_id == item.pk
    assert Skip.objects.get().reason == "language"
    assert Event.objects.filter(kind="slot.skipped", reason="language").count() == 1


def test_skipping_needs_one_of_the_reasons(queue: Queue, ann: Actor) -> None:
    waiting(queue)
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None

    with pytest.raises(Invalid) as refused:
        assign.skip(lease.slot_id, token=lease.token, by=ann, reason="bored")

    assert refused.value.faults[0].pointer == "/reason"


def test_a_lease_that_ended_goes_to_the_next_person_also_without_a_sweeper(
    queue: Queue, ann: Actor, ben: Actor
) -> None:
    item = waiting(queue)
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None
    end_lease(lease.slot_id)

    other = assign.lease_next(queue, by=ben)

    assert other is not None and other.item_id == item.pk and other.token != lease.token
    with pytest.raises(Taken):
        assign.heartbeat(lease.slot_id, token=lease.token, by=ann)


def test_a_heartbeat_renews_the_lease(queue: Queue, ann: Actor) -> None:
    waiting(queue)
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None
    Slot.objects.filter(pk=lease.slot_id).update(lease_until=timezone.now() + timedelta(seconds=5))

    until = assign.heartbeat(lease.slot_id, token=lease.token, by=ann)

    assert until > timezone.now() + timedelta(seconds=queue.lease_seconds - 5)


def test_time_on_an_item_rendered_ahead_counts_from_the_first_look_and_only_once(
    queue: Queue, ann: Actor
) -> None:
    waiting(queue)
    lease = assign.lease_next(queue, by=ann, ahead=True)
    assert lease is not None
    made = timezone.now() - timedelta(seconds=60)
    Slot.objects.update(leased_at=made, lease_until=made + timedelta(seconds=AHEAD_SECONDS))

    assign.heartbeat(lease.slot_id, token=lease.token, by=ann, is_first_look=True)
    looked = Slot.objects.get().leased_at
    assign.heartbeat(lease.slot_id, token=lease.token, by=ann, is_first_look=True)

    assert looked is not None
    assert looked > made + timedelta(seconds=50)
    assert Slot.objects.get().leased_at == looked


def test_a_slot_given_back_after_an_escalation_goes_to_nobody(queue: Queue, ann: Actor, ben: Actor) -> None:
    item = waiting(queue, reviews_needed=2)
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None
    Item.objects.filter(pk=item.pk).update(state=ItemState.DISPUTED)

    assign.give_back(lease.slot_id, token=lease.token, by=ann)

    assert Slot.objects.get(pk=lease.slot_id).state == SlotState.VOID


@pytest.mark.parametrize("move", ["heartbeat", "give_back", "skip"])
def test_another_persons_token_moves_nothing(queue: Queue, ann: Actor, ben: Actor, move: str) -> None:
    waiting(queue)
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None
    extra = {"reason": "language"} if move == "skip" else {}

    with pytest.raises(Taken):
        getattr(assign, move)(lease.slot_id, token=lease.token, by=ben, **extra)
    with pytest.raises(Taken):
        getattr(assign, move)(lease.slot_id, token=uuid4(), by=ann, **extra)

    assert Slot.objects.get(pk=lease.slot_id).person_id == ann.person_id


def test_giving_back_opens_the_item_again(queue: Queue, ann: Actor) -> None:
    item = waiting(queue)
    lease = assign.lease_next(queue, by=ann)
    assert lease is not None
    assert Item.objects.get(pk=item.pk).state == ItemState.IN_REVIEW

    assign.give_back(lease.slot_id, token=lease.token, by=ann)

    assert Item.objects.get(pk=item.pk).state == ItemState.OPEN
    assert assign.lease_next(queue, by=ann) is not None


def test_a_lease_takes_three_statements(queue: Queue, ann: Actor) -> None:
    for _ in range(30):
        waiting(queue, reviews_needed=2)

    with CaptureQueriesContext(connection) as statements:
        assign.lease_next(queue, by=ann)

    work = [query for query in statements if "SAVEPOINT" not in query["sql"]]
    assert len(work) == 3  # held, the person's profile, the claim with its event


def test_a_claim_tells_its_event_as_any_action_does(queue: Queue, ann: Actor) -> None:
    waiting(queue)
    asking = Actor(ann.as_person(), key_id=7)

    lease = assign.lease_next(queue, by=asking)

    assert lease is not None
    told = Event.objects.get(kind="slot.leased", subject_id=lease.slot_id)
    assert (told.project_id, told.actor_person_id, told.actor_key_id) == (queue.project_id, ann.person_id, 7)
    assert (told.subject_kind, told.before, told.reason) == ("slot", None, "")
    assert told.after == json.loads(
        json.dumps({"item": lease.item_id, "until": lease.until}, cls=DjangoJSONEncoder)
    )


def test_a_claim_that_finds_nothing_tells_nothing(queue: Queue, ann: Actor) -> None:
    assert assign.lease_next(queue, by=ann) is None

    assert not Event.objects.filter(kind="slot.leased").exists()


@settings(deadline=None, max_examples=6)  # five people are made for each example
@given(people=st.integers(1, 4), needed=st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_every_review_that_is_needed_is_given_out_once_and_no_more(people: int, needed: list[int]) -> None:
    with transaction.atomic():
        project = cast().project
        queue = queue_in(project)
        items = [waiting(queue, reviews_needed=number) for number in needed]
        actors = [Actor(member(project, Role.ANNOTATOR).pk) for _ in range(people)]

        got: list[tuple[int, int | None]] = []
        for actor in actors:
            while lease := assign.lease_next(queue, by=actor):
                got.append((lease.item_id, actor.person_id))
                Slot.objects.filter(pk=lease.slot_id).update(state=SlotState.DONE)

        assert len(set(got)) == len(got)
        for item in items:
            assert sum(1 for item_id, _ in got if item_id == item.pk) == min(item.reviews_needed, people)
        transaction.set_rollback(True)
