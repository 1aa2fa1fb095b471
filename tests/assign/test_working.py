"""Who may work where: languages, skills, daily limits, pauses."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from queues import reviewing
from queues.assign import actions as assign
from queues.assign import working
from queues.assign.policy import EnoughToday, Paused, Unfit
from queues.assign.queries import cards_for
from queues.errors import Invalid, NotFound, Taken
from queues.models import Draft, Item, ItemState, Slot, SlotState, WorkProfile
from queues.review import drafts
from tests.factories.projects import Cast, cast
from tests.factories.reviews import APPROVE, leased, reviewed
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def profile(people: Cast, **changes: Any) -> WorkProfile:
    asked = {"languages": [], "skills": [], "daily_limit": None, **changes}
    return working.change_profile(people.project.pk, person=people.ann, by=Actor(people.lee.pk), **asked)


def pause(people: Cast, **changes: Any) -> WorkProfile:
    asked = {"until": None, "reason": "training first", "now": timezone.now(), **changes}
    return working.pause(people.project.pk, person=people.ann, by=Actor(people.lee.pk), **asked)


def test_a_queue_lets_in_who_has_all_that_it_needs(people: Cast) -> None:
    queue = queue_in(people.project, languages=["de"], skills=["medicine", "law"])
    waiting(queue)
    profile(people, languages=["de", "en"], skills=["law"])

    with pytest.raises(Unfit, match="medicine"):
        leased(queue, people.ann)
    (card,) = cards_for(people.ann.pk, [queue], today=timezone.now())
    assert "medicine" in card.refusal and not card.can_start
    profile(people, languages=["de", "en"], skills=["law", "medicine"])
    assert leased(queue, people.ann)


def test_a_pause_takes_back_what_is_held_and_keeps_what_was_typed(people: Cast) -> None:
    queue = queue_in(people.project)
    item = waiting(queue)
    lease, ann = leased(queue, people.ann), Actor(people.ann.pk)
    drafts.save(
        lease.slot_id,
        project_id=people.project.pk,
        token=lease.token,
        by=ann,
        content={"decision": "reject", "note": "half a thought"},
    )

    pause(people)

    assert Slot.objects.get(pk=lease.slot_id).state == SlotState.OPEN
    assert Item.objects.get(pk=item.pk).state == ItemState.OPEN
    assert Draft.objects.get(person=people.ann).content["note"] == "half a thought"
    with pytest.raises(Paused, match="training first"):
        leased(queue, people.ann)
    with pytest.raises(Taken):
        reviewing.submit(lease.slot_id, project=people.project, token=lease.token, by=ann, submission=APPROVE)
    event = Event.objects.get(kind="person.paused")
    assert (event.reason, event.after) == ("training first", {"until": None, "taken_back": 1})
    assert leased(queue, people.lee).item_id == item.pk


def test_a_pause_ends_by_itself_or_by_a_lead(people: Cast) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    pause(people, until=timezone.now() + timedelta(hours=1))
    with pytest.raises(Paused):
        leased(queue, people.ann)

    WorkProfile.objects.update(
        paused_at=timezone.now() - timedelta(hours=2), paused_until=timezone.now() - timedelta(hours=1)
    )
    assert leased(queue, people.ann)
    pause(people)
    working.resume(people.project.pk, person=people.ann, by=Actor(people.lee.pk))

    assert leased(queue, people.ann)
    assert Event.objects.filter(kind="person.resumed").count() == 1


def test_a_paused_person_undoes_nothing_that_would_give_them_a_lease(people: Cast) -> None:
    review = reviewed(_with_item(people), people.ann)
    pause(people)

    with pytest.raises(Paused):
        reviewing.undo(review.pk, project=people.project, by=Actor(people.ann.pk))


def test_a_daily_limit_stops_after_so_many_and_the_last_one_is_stored(people: Cast) -> None:
    queue = _with_item(people, 3)
    profile(people, daily_limit=2)
    reviewed(queue, people.ann)
    lease, ann = leased(queue, people.ann), Actor(people.ann.pk)

    done = reviewing.submit(
        lease.slot_id,
        project=people.project,
        token=lease.token,
        by=ann,
        submission=APPROVE,
        next_in=queue,
    )

    assert done.next is None
    with pytest.raises(EnoughToday, match="2 reviews today"):
        assign.lease_next(queue, by=ann)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"languages": ["German"]}, "/languages/0"),
        ({"languages": ["de", "de"]}, "/languages/1"),
        ({"skills": ["a b"]}, "/skills/0"),
        ({"skills": [f"s{n}" for n in range(21)]}, "/skills"),
        ({"daily_limit": 0}, "/daily_limit"),
    ],
)
def test_what_is_wrong_with_a_profile_is_named(people: Cast, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        profile(people, **changes)

    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert not WorkProfile.objects.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"reason": " "}, "/reason"), ({"until": timezone.now() - timedelta(days=1)}, "/until")],
)
def test_a_pause_has_a_reason_and_an_end_to_come(people: Cast, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        pause(people, **changes)

    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_stranger_has_no_profile_here(people: Cast) -> None:
    with pytest.raises(NotFound):
        working.resume(people.project.pk, person=people.sam, by=Actor(people.lee.pk))


@pytest.mark.parametrize(
    ("half", "name"),
    [
        ({"paused_at": timezone.now()}, "paused_at_goes_with_paused_by"),
        ({"daily_limit": 0}, "daily_limit_within_bounds"),
    ],
)
def test_the_database_refuses_half_a_pause_and_no_limit(
    people: Cast, half: dict[str, Any], name: str
) -> None:
    profile(people)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        WorkProfile.objects.update(**half)


def test_a_change_of_a_profile_is_an_event_with_both_values(people: Cast) -> None:
    profile(people, languages=["de"])
    profile(people, languages=["de"])

    event = Event.objects.get(kind="person.work_changed")
    assert (event.before, event.after) == ({"languages": []}, {"languages": ["de"]})
    assert event.subject_id == people.ann.pk


def _with_item(people: Cast, how_many: int = 1) -> Any:
    queue = queue_in(people.project)
    for _ in range(how_many):
        waiting(queue)
    return queue
