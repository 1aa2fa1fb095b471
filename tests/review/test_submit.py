"""Submitting a review, once or twice: what settles the item, what is refused, what is stored."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event
from queues import reviewing
from queues.assign import actions as assign
from queues.errors import Invalid, NotFound, WrongState
from queues.models import AgreementUnit, Item, ItemState, Review, Slot, SlotState, Verdict
from queues.review import form_history
from tests.factories.projects import cast
from tests.factories.questions import question
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.review.desk import APPROVE, CORRECT, REJECT, World

pytestmark = pytest.mark.django_db


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


def test_what_was_written_or_marked_disputes_nothing_by_itself() -> None:
    people = cast()
    asked = [question("multiple_choice"), question("long_text"), question("spans")]
    world = World(people, queue_in(people.project, form={**FORM, "questions": asked}))
    waiting(world.queue, reviews_needed=2)
    place = {"start": 0, "end": 3, "category": "fluency", "severity": "minor"}
    chosen = ["clear", "brief"]

    world.review(world.ann, {**APPROVE, "answers": {"multiple_choice": chosen, "long_text": "One."}})
    submitted = world.review(
        world.ben, {**APPROVE, "answers": {"multiple_choice": chosen[::-1], "spans": [place]}}
    )

    assert submitted.item_state == ItemState.SETTLED


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


def test_a_slot_of_another_project_does_not_exist(world: World) -> None:
    waiting(queue_in(world.people.other))
    slot = Slot.objects.get()

    with pytest.raises(NotFound):
        reviewing.submit(
            slot.pk, project=world.people.project, token=uuid4(), by=world.ann, submission=APPROVE
        )


def test_a_submit_may_bring_the_next_item_leased(world: World) -> None:
    waiting(world.queue)
    waiting(world.queue)
    lease = world.lease(world.ann)

    submitted = world.submit(lease, world.ann, APPROVE, next_in=world.queue)

    assert submitted.next is not None and submitted.next.item_id != lease.item_id


@pytest.mark.parametrize("change", [{"decision": "reject"}, {"note": "x"}, {"submitted_at": timezone.now()}])
def test_the_database_refuses_to_edit_a_review(world: World, change: dict[str, Any]) -> None:
    waiting(world.queue)
    world.review(world.ann, APPROVE)

    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        Review.objects.update(**change)
    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        Review.objects.all()._raw_delete("default")


def test_a_submit_that_settles_takes_at_most_nine_statements(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)

    with CaptureQueriesContext(connection) as statements:
        world.submit(lease, world.ann, APPROVE)

    assert len([query for query in statements if "SAVEPOINT" not in query["sql"]]) <= 9


@pytest.mark.parametrize("second", [APPROVE, REJECT], ids=["agreed", "disputed"])
def test_a_submit_that_ends_shared_reviewing_counts_it_in_the_statement_that_ends_it(
    world: World, second: dict[str, Any]
) -> None:
    item = waiting(world.queue, reviews_needed=2)
    world.review(world.ann, APPROVE)
    lease = world.lease(world.ben)
    form_history.number_of(item.queue.form_id)  # read once by each process

    with CaptureQueriesContext(connection) as statements:
        world.submit(lease, world.ben, second)

    asked = [query["sql"] for query in statements if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 9
    assert len([sql for sql in asked if "UPDATE queues_item" in sql and "queues_agreementunit" in sql]) == 1
    assert AgreementUnit.objects.get(item=item).holds is not None


def test_a_repeat_that_leaves_a_question_open_in_other_words_is_the_same(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)
    document = {**APPROVE, "answers": {"anything": None}}
    first = world.submit(lease, world.ann, document)

    again = world.submit(lease, world.ann, document)

    assert (again.is_repeat, again.review_id) == (True, first.review_id)
