"""A lead takes a verdict back, with a reason: the item is in dispute again and its history stays."""

from typing import Any

import pytest

from accounts.actor import Actor
from accounts.models import Event
from queues import pipeline, reviewing
from queues.errors import Invalid, NotFound, WrongState
from queues.models import Item, ItemState, Review, Verdict
from tests.factories.projects import Cast, cast
from tests.factories.reviews import APPROVE, REJECT, leased, reviewed
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def item(people: Cast) -> Item:
    """Settled by Ann's review."""
    queue = queue_in(people.project)
    found = waiting(queue)
    reviewed(queue, people.ann, APPROVE)
    return found


def reopen(people: Cast, item: Item, why: str = "The policy changed.") -> Item:
    return pipeline.reopen_by_lead(item.pk, project=people.project, by=Actor(people.lee.pk), why=why)


def test_the_verdict_falls_and_the_item_is_in_dispute(people: Cast, item: Item) -> None:
    reopen(people, item)

    item.refresh_from_db()
    verdict = Verdict.objects.get(item=item)
    event: Any = Event.objects.get(kind="item.reopened")
    assert (item.state, item.settled_at) == (ItemState.DISPUTED, None)
    assert verdict.withdrawn_at is not None
    assert (event.actor_person_id, event.reason, event.before["verdict"]) == (
        people.lee.pk,
        "The policy changed.",
        verdict.pk,
    )


def test_a_lead_settles_it_again_and_both_verdicts_stay(people: Cast, item: Item) -> None:
    reopen(people, item)

    again = pipeline.settle_by_lead(
        item.pk, project=people.project, by=Actor(people.lee.pk), document=REJECT, why="It is out of date."
    )

    assert list(Verdict.objects.filter(item=item, withdrawn_at=None)) == [again]
    assert Verdict.objects.filter(item=item).count() == 2
    assert again.review_ids == [Review.objects.get(item=item).pk]


def test_a_verdict_of_a_lead_can_be_reopened_as_well(people: Cast, item: Item) -> None:
    reopen(people, item)
    pipeline.settle_by_lead(
        item.pk, project=people.project, by=Actor(people.lee.pk), document=REJECT, why="It is out of date."
    )

    reopen(people, item, why="It is not.")

    assert not Verdict.objects.filter(item=item, withdrawn_at=None).exists()


def test_the_reviewer_may_take_their_review_back_once_it_is_reopened(people: Cast, item: Item) -> None:
    review = Review.objects.get(item=item)
    reopen(people, item)

    lease = reviewing.undo(review.pk, project=people.project, by=Actor(people.ann.pk))

    item.refresh_from_db()
    assert item.state == ItemState.IN_REVIEW
    assert lease.item_id == item.pk


@pytest.mark.parametrize("why", ["", " \n", "a\0b", "x" * 10_001])
def test_a_reason_is_needed(people: Cast, item: Item, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        reopen(people, item, why=why)

    assert [fault.pointer for fault in refused.value.faults] == ["/why"]
    item.refresh_from_db()
    assert item.state == ItemState.SETTLED


def test_what_is_not_settled_cannot_be_reopened(people: Cast) -> None:
    queue = queue_in(people.project)
    item = waiting(queue)
    leased(queue, people.ann)

    with pytest.raises(WrongState):
        reopen(people, item)


def test_an_item_of_another_project_does_not_exist(people: Cast) -> None:
    with pytest.raises(NotFound):
        reopen(people, waiting(queue_in(people.other)))


def test_nobody_takes_a_review_back_that_a_lead_has_decided_on_even_after_a_reopening(
    people: Cast, item: Item
) -> None:
    review = Review.objects.get(item=item)
    reopen(people, item)
    pipeline.settle_by_lead(
        item.pk, project=people.project, by=Actor(people.lee.pk), document=REJECT, why="It is out of date."
    )
    reopen(people, item, why="To be looked at with the new policy.")

    with pytest.raises(WrongState):
        reviewing.undo(review.pk, project=people.project, by=Actor(people.ann.pk))

    item.refresh_from_db()
    assert item.state == ItemState.DISPUTED
