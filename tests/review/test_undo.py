"""Undoing a review: who may, for how long, and what comes back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from queues import pipeline
from queues.errors import NotFound, WrongState
from queues.models import Draft, Item, ItemState, Review, Slot, Verdict
from tests.factories.work import waiting
from tests.review.desk import APPROVE, CORRECT, REJECT, World

pytestmark = pytest.mark.django_db


def test_undo_withdraws_the_review_and_brings_the_text_back(world: World) -> None:
    waiting(world.queue)
    submitted = world.review(world.ann, CORRECT)

    lease = world.undo(submitted.review_id, world.ann)

    review = Review.objects.get()
    assert review.withdrawn_at is not None
    assert Verdict.objects.get().withdrawn_at is not None
    assert Item.objects.get().state == ItemState.IN_REVIEW
    assert Draft.objects.get().content["corrected_text"] == CORRECT["corrected_text"]
    again = world.submit(lease, world.ann, APPROVE)
    assert again.item_state == ItemState.SETTLED
    assert Review.objects.count() == 2


def test_undoing_twice_gives_the_same_lease(world: World) -> None:
    waiting(world.queue)
    submitted = world.review(world.ann, APPROVE)

    first, second = (world.undo(submitted.review_id, world.ann) for _ in range(2))

    assert first.token == second.token
    assert Event.objects.filter(kind="review.withdrawn").count() == 1


def test_nobody_undoes_another_persons_review(world: World) -> None:
    waiting(world.queue)
    submitted = world.review(world.ann, APPROVE)

    with pytest.raises(NotFound):
        world.undo(submitted.review_id, world.ben)


def test_a_settled_item_can_be_undone_for_some_seconds_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(world.queue)
    submitted = world.review(world.ann, APPROVE)
    later = timezone.now() + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)

    with pytest.raises(WrongState):
        world.undo(submitted.review_id, world.ann)

    assert Verdict.objects.get().withdrawn_at is None


@pytest.mark.parametrize("other", [None, APPROVE, REJECT])
def test_a_review_among_several_stands_after_a_minute_whatever_became_of_the_item(
    world: World, monkeypatch: pytest.MonkeyPatch, other: dict[str, object] | None
) -> None:
    waiting(world.queue, reviews_needed=2)
    submitted = world.review(world.ann, APPROVE)
    if other:
        world.review(world.ben, other)
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr(timezone, "now", lambda: later)

    with pytest.raises(WrongState, match="your review stands"):
        world.undo(submitted.review_id, world.ann)

    assert not Review.objects.exclude(withdrawn_at=None).exists()


@pytest.mark.parametrize("other", [APPROVE, REJECT])
def test_who_submits_the_last_of_several_reviews_is_not_told_how_the_others_decided(
    world: World, other: dict[str, object]
) -> None:
    waiting(world.queue, reviews_needed=2)
    first, second = world.review(world.ann, other), world.review(world.ben, APPROVE)

    assert (first.told_state, second.told_state) == ("in_review", "in_review")


def test_a_question_can_be_undone_from_the_history(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(world.queue)
    submitted = world.review(world.ann, {"decision": "escalate", "note": "?"})
    later = timezone.now() + timedelta(hours=3)
    monkeypatch.setattr(timezone, "now", lambda: later)

    world.undo(submitted.review_id, world.ann)

    assert Review.objects.get().withdrawn_at is not None


def test_undoing_an_escalation_opens_the_other_slots_again(world: World) -> None:
    waiting(world.queue, reviews_needed=2)
    submitted = world.review(world.ann, {"decision": "escalate", "note": "?"})

    world.undo(submitted.review_id, world.ann)

    assert sorted(Slot.objects.values_list("state", flat=True)) == ["leased", "open"]


def test_another_persons_escalation_keeps_the_item_with_the_lead(world: World) -> None:
    waiting(world.queue, reviews_needed=2)
    mine, late = world.lease(world.ann), world.lease(world.ben)
    world.submit(mine, world.ann, {"decision": "escalate", "note": "?"})
    submitted = world.submit(late, world.ben, APPROVE)

    world.undo(submitted.review_id, world.ben)

    assert Item.objects.get().state == ItemState.DISPUTED


def test_nobody_undoes_what_a_lead_has_settled_however_fast(world: World) -> None:
    waiting(world.queue)
    submitted = world.review(world.ann, {"decision": "escalate", "note": "?"})
    pipeline.settle_by_lead(
        submitted.item_id,
        project=world.people.project,
        by=Actor(world.people.lee.pk),
        document=REJECT,
        why="The policy page says so.",
    )

    with pytest.raises(WrongState):
        world.undo(submitted.review_id, world.ann)

    assert Verdict.objects.get().withdrawn_at is None
    assert Review.objects.get().withdrawn_at is None
