"""Submitting, repeating and undoing a review; what settles, what is kept."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from accounts.roles import Role
from queues import pipeline
from queues.assign import actions as assign
from queues.assign.lease import Lease
from queues.errors import Invalid, NotAllowed, NotFound, Taken, WrongState
from queues.models import Draft, Item, ItemState, Queue, Review, Slot, SlotState, Verdict
from queues.review import drafts
from tests.factories.projects import Cast, cast, member
from tests.factories.work import FORM, TONE, queue_in, waiting

pytestmark = pytest.mark.django_db

APPROVE: dict[str, Any] = {"decision": "approve"}
REJECT: dict[str, Any] = {"decision": "reject", "reasons": ["factual"]}
CORRECT: dict[str, Any] = {
    "decision": "correct",
    "reasons": ["factual", "vague"],
    "corrected_text": "Refunds take five days.",
    "note": "Policy P-4.",
}


class World:
    """One project with a queue, and two annotators who lease and submit."""

    def __init__(self, people: Cast, queue: Queue) -> None:
        self.people, self.queue = people, queue
        self.ann = Actor(people.ann.pk)
        self.ben = Actor(member(people.project, Role.ANNOTATOR, name="Ben").pk)

    def lease(self, by: Actor) -> Lease:
        lease = assign.lease_next(self.queue, by=by)
        assert lease is not None
        return lease

    def submit(self, lease: Lease, by: Actor, document: dict[str, Any], **extra: Any) -> pipeline.Submission:
        return pipeline.submit(
            lease.slot_id,
            project=self.people.project,
            token=lease.token,
            by=by,
            submission=document,
            **extra,
        )

    def review(self, by: Actor, document: dict[str, Any]) -> pipeline.Submission:
        return self.submit(self.lease(by), by, document)

    def undo(self, review_id: int, by: Actor) -> Lease:
        return pipeline.undo(review_id, project=self.people.project, by=by)


@pytest.fixture
def world() -> World:
    people = cast()
    return World(people, queue_in(people.project))


def test_one_review_is_the_verdict_when_one_is_needed(world: World) -> None:
    item = waiting(world.queue)

    submitted = world.review(world.ann, CORRECT)

    assert submitted.item_state == ItemState.SETTLED
    verdict = Verdict.objects.get()
    assert (verdict.item_id, verdict.decision, verdict.basis) == (item.pk, "correct", "single")
    assert verdict.corrected_text == CORRECT["corrected_text"]
    assert verdict.review_id == submitted.review_id
    assert Item.objects.get().settled_at is not None
    assert Slot.objects.get().state == SlotState.DONE


def test_two_equal_reviews_agree(world: World) -> None:
    waiting(world.queue, reviews_needed=2)

    first, second = world.review(world.ann, REJECT), world.review(world.ben, REJECT)

    assert (first.item_state, second.item_state) == (ItemState.IN_REVIEW, ItemState.SETTLED)
    assert Verdict.objects.get().basis == "agreed"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**APPROVE, "answers": {"tone": "fine"}}, {**REJECT, "answers": {"tone": "fine"}}),
        ({**APPROVE, "answers": {"tone": "fine"}}, {**APPROVE, "answers": {"tone": "rude"}}),
    ],
)
def test_unequal_decisions_or_answers_dispute_the_item(one: dict[str, Any], other: dict[str, Any]) -> None:
    people = cast()
    world = World(people, queue_in(people.project, form={**FORM, "questions": [TONE]}))
    waiting(world.queue, reviews_needed=2)

    world.review(world.ann, one)
    submitted = world.review(world.ben, other)

    assert submitted.item_state == ItemState.DISPUTED
    assert not Verdict.objects.exists()
    assert Event.objects.get(kind="item.disputed").after == {"cause": "disagreement"}


def test_an_escalation_goes_to_the_lead_at_once(world: World) -> None:
    waiting(world.queue, reviews_needed=2)

    submitted = world.review(world.ann, {"decision": "escalate", "note": "May we say this?"})

    assert submitted.item_state == ItemState.DISPUTED
    assert sorted(Slot.objects.values_list("state", flat=True)) == ["done", "void"]
    assert assign.lease_next(world.queue, by=world.ben) is None


def test_the_same_submit_twice_is_one_review_and_one_answer(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)

    first, second = (world.submit(lease, world.ann, CORRECT) for _ in range(2))

    assert (first.review_id, first.item_state) == (second.review_id, second.item_state)
    assert second.is_repeat
    assert Review.objects.count() == Verdict.objects.count() == 1
    assert Event.objects.filter(kind="review.submitted").count() == 1


def test_a_used_token_with_other_content_is_refused_and_the_first_stands(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)
    world.submit(lease, world.ann, CORRECT)

    with pytest.raises(WrongState):
        world.submit(lease, world.ann, APPROVE)

    assert Review.objects.get().decision == "correct"


def test_an_invalid_submission_stores_nothing_and_keeps_the_lease(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)

    with pytest.raises(Invalid):
        world.submit(lease, world.ann, {"decision": "reject"})

    assert not Review.objects.exists()
    assert Slot.objects.get().state == SlotState.LEASED


def test_a_submit_after_the_lease_ended_keeps_the_text_as_a_draft(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    Slot.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(Taken):
        world.submit(lease, world.ann, CORRECT)

    assert Draft.objects.get(item=item).content["corrected_text"] == CORRECT["corrected_text"]
    assert not Review.objects.exists()


def test_a_submit_after_someone_else_took_the_item_keeps_the_text(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)
    Slot.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assign.free_ended()
    taken = world.lease(world.ben)
    world.submit(taken, world.ben, APPROVE)

    with pytest.raises(Taken):
        world.submit(lease, world.ann, CORRECT)

    assert Draft.objects.get().person_id == world.ann.person_id
    assert Review.objects.get().person_id == world.ben.person_id


def test_a_stranger_to_the_item_stores_neither_review_nor_draft(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)

    with pytest.raises(NotFound):
        world.submit(lease, world.ben, CORRECT)

    assert not Review.objects.exists() and not Draft.objects.exists()


def test_a_slot_of_another_project_does_not_exist(world: World) -> None:
    waiting(queue_in(world.people.other))
    slot = Slot.objects.get()

    with pytest.raises(NotFound):
        pipeline.submit(
            slot.pk, project=world.people.project, token=uuid4(), by=world.ann, submission=APPROVE
        )


def test_a_submit_may_bring_the_next_item_leased(world: World) -> None:
    waiting(world.queue)
    waiting(world.queue)
    lease = world.lease(world.ann)

    submitted = world.submit(lease, world.ann, APPROVE, next_in=world.queue)

    assert submitted.next is not None and submitted.next.item_id != lease.item_id


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

    with pytest.raises(NotAllowed):
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


def test_an_unsettled_review_can_be_undone_from_the_history(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(world.queue, reviews_needed=2)
    submitted = world.review(world.ann, APPROVE)
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


def test_drafts_survive_and_an_older_window_cannot_overwrite_a_newer_text(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)

    def save(text: str, revision: int | None) -> Draft:
        return drafts.save(
            lease.slot_id,
            project_id=world.people.project.pk,
            token=lease.token,
            by=world.ann,
            content={"note": text},
            revision=revision,
        )

    first = save("one", None)
    save("two", first.revision)
    with pytest.raises(drafts.DraftConflict) as conflict:
        save("from the older window", first.revision)

    assert conflict.value.kept.content == {"note": "two"}
    assert Draft.objects.get().content == {"note": "two"}


@pytest.mark.parametrize("change", [{"decision": "reject"}, {"note": "x"}, {"submitted_at": timezone.now()}])
def test_the_database_refuses_to_edit_a_review(world: World, change: dict[str, Any]) -> None:
    waiting(world.queue)
    world.review(world.ann, APPROVE)

    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        Review.objects.update(**change)
    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        Review.objects.all()._raw_delete("default")


def test_a_submit_that_settles_takes_at_most_eight_statements(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)

    with CaptureQueriesContext(connection) as statements:
        world.submit(lease, world.ann, APPROVE)

    assert len([query for query in statements if "SAVEPOINT" not in query["sql"]]) <= 8


def test_a_submit_over_an_older_draft_is_refused_and_both_texts_are_kept(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    drafts.keep(item.pk, by=world.ann, content={"corrected_text": "Of this window."})
    drafts.keep(item.pk, by=world.ann, content={"corrected_text": "Of the other window."})

    with pytest.raises(drafts.DraftConflict) as refused:
        world.submit(lease, world.ann, CORRECT, revision=1)

    assert refused.value.kept.content == {"corrected_text": "Of the other window."}
    assert refused.value.kept.revision == 2
    assert Draft.objects.get().content == {"corrected_text": "Of the other window."}
    assert not Review.objects.exists()
    assert world.submit(lease, world.ann, CORRECT, revision=2).review_id
    assert not Draft.objects.exists()


def test_an_older_text_overwrites_no_newer_draft_when_the_lease_has_ended_too(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    for text in ("one", "two"):
        drafts.keep(item.pk, by=world.ann, content={"note": text})
    Slot.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(drafts.DraftConflict):
        world.submit(lease, world.ann, CORRECT, revision=1)
    assert Draft.objects.get().content == {"note": "two"}

    with pytest.raises(Taken):
        world.submit(lease, world.ann, CORRECT, revision=2)
    assert Draft.objects.get().content["note"] == CORRECT["note"]
    assert Draft.objects.get().revision == 3


def test_nothing_that_is_typed_on_a_withdrawn_item_is_kept(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    Item.objects.filter(pk=item.pk).update(state=ItemState.WITHDRAWN)

    with pytest.raises(WrongState, match="withdrawn"):
        world.submit(lease, world.ann, CORRECT)
    with pytest.raises(WrongState, match="withdrawn"):
        drafts.save(
            lease.slot_id,
            project_id=world.people.project.pk,
            token=lease.token,
            by=world.ann,
            content={"note": "about a person"},
        )

    assert not Draft.objects.exists()
