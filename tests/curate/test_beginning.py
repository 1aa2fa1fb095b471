"""The way of somebody new into a queue: training, qualification, and what a lead may decide."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from queues import reviewing
from queues.curate.checks import beginning, figures
from queues.curate.checks.beginning import Stage
from queues.curate.checks.giving import NoChecksLeft, NotQualified
from queues.errors import Invalid, WrongState
from queues.models import Item, ItemState, Purpose, Qualification, QualificationState, Queue, ServedCheck
from tests.factories.checks import APPROVE, REJECT, next_lease, queue_with_checks, review, submit
from tests.factories.projects import Cast, cast
from tests.factories.work import waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def asks_three(people: Cast, *, n: int = 6, **settings: Any) -> Queue:
    """A queue that asks for three checks, of which two must be right, and in which work waits."""
    wanted = {"qualifying_checks": 3, "qualifying_share": 2 / 3, **settings}
    queue = queue_with_checks(people, n=n, **wanted)
    for _ in range(2):
        waiting(queue)
    return queue


def answer(queue: Queue, people: Cast, *documents: dict[str, Any]) -> None:
    for document in documents:
        review(queue, people.ann, document)


def state_of_next(queue: Queue, people: Cast) -> str:
    return Item.objects.get(pk=next_lease(queue, people.ann).item_id).state


def test_the_first_items_are_checks_and_then_work_begins(people: Cast) -> None:
    queue = asks_three(people)

    answer(queue, people, APPROVE, REJECT, APPROVE)

    assert state_of_next(queue, people) == ItemState.IN_REVIEW
    way = Qualification.objects.get()
    assert (way.state, way.right, way.n) == (QualificationState.PASSED, 2, 3)
    assert set(ServedCheck.objects.values_list("purpose", flat=True)) == {Purpose.QUALIFYING}
    assert Event.objects.filter(kind="qualification.passed").count() == 1


def test_who_has_too_few_right_waits_for_a_lead(people: Cast) -> None:
    queue = asks_three(people)

    answer(queue, people, APPROVE, REJECT, REJECT)

    with pytest.raises(NotQualified) as refusal:
        next_lease(queue, people.ann)
    assert "Of 3 checks" in str(refusal.value)
    assert Qualification.objects.get().state == QualificationState.FAILED
    with pytest.raises(NotQualified):
        next_lease(queue, people.ann)


def test_a_question_to_the_lead_is_no_answer(people: Cast) -> None:
    queue = asks_three(people)

    answer(queue, people, {"decision": "escalate", "note": "Is it?"}, APPROVE, APPROVE)

    assert state_of_next(queue, people) == ItemState.CHECK
    answer(queue, people, APPROVE)
    assert state_of_next(queue, people) == ItemState.IN_REVIEW


def test_no_more_are_given_ahead_than_are_asked_for(people: Cast) -> None:
    queue = asks_three(people, qualifying_checks=1)
    first = next_lease(queue, people.ann)

    ahead = reviewing.lease_next(queue, by=Actor(people.ann.pk), beside=[first.slot_id], ahead=True)

    assert ahead is None
    submit(queue, people.ann, first, APPROVE)
    assert state_of_next(queue, people) == ItemState.IN_REVIEW


def test_without_enough_checks_nobody_slips_in(people: Cast) -> None:
    queue = asks_three(people, n=2)

    answer(queue, people, APPROVE, APPROVE)

    with pytest.raises(NoChecksLeft):
        next_lease(queue, people.ann)


def test_who_worked_there_before_goes_on(people: Cast) -> None:
    queue = queue_with_checks(people, n=3)
    for _ in range(2):
        waiting(queue)
    answer(queue, people, APPROVE)
    Queue.objects.filter(pk=queue.pk).update(qualifying_checks=3)
    queue.refresh_from_db()

    assert state_of_next(queue, people) == ItemState.IN_REVIEW
    assert Qualification.objects.get().state == QualificationState.WORKED_BEFORE


def test_leads_are_asked_for_nothing(people: Cast) -> None:
    queue = asks_three(people)

    lease = next_lease(queue, people.lee)

    assert Item.objects.get(pk=lease.item_id).state == ItemState.IN_REVIEW


def test_training_comes_first_is_always_told_and_counts_nowhere(people: Cast) -> None:
    queue = asks_three(people, training_checks=2, qualifying_checks=1)

    answer(queue, people, REJECT, REJECT)
    trained = ServedCheck.objects.filter(purpose=Purpose.TRAINING, seen_at__isnull=False).count()
    answer(queue, people, APPROVE)

    assert trained == 2
    assert ServedCheck.objects.get(purpose=Purpose.QUALIFYING).seen_at is None
    assert state_of_next(queue, people) == ItemState.IN_REVIEW
    assert figures.accuracy_of(queue.project_id) == []


def test_training_alone_leads_to_work(people: Cast) -> None:
    queue = asks_three(people, training_checks=1, qualifying_checks=0)

    answer(queue, people, REJECT)

    assert state_of_next(queue, people) == ItemState.IN_REVIEW
    assert Qualification.objects.get().state == QualificationState.PASSED


def test_a_lead_lets_somebody_in_with_a_reason_and_an_event(people: Cast) -> None:
    queue = asks_three(people)
    answer(queue, people, REJECT, REJECT, REJECT)
    with pytest.raises(NotQualified):
        next_lease(queue, people.ann)

    beginning.let_in(queue, person_id=people.ann.pk, by=Actor(people.lee.pk), reason="The checks were odd.")

    assert state_of_next(queue, people) == ItemState.IN_REVIEW
    event = Event.objects.get(kind="qualification.let_in")
    assert (event.reason, event.actor_person_id, event.before) == (
        "The checks were odd.",
        people.lee.pk,
        {"state": "failed", "right": 0, "n": 3},
    )


def test_a_lead_asks_again_with_other_checks(people: Cast) -> None:
    queue = asks_three(people)
    answer(queue, people, REJECT, REJECT, REJECT)
    with pytest.raises(NotQualified):
        next_lease(queue, people.ann)

    beginning.ask_again(queue, person_id=people.ann.pk, by=Actor(people.lee.pk), reason="Read the guideline.")
    between = beginning.standing_of(queue, people.ann.pk)
    answer(queue, people, APPROVE, APPROVE, APPROVE)

    assert (between.stage, between.answered, between.asked) == (Stage.QUALIFYING, 0, 3)
    assert ServedCheck.objects.values("check_given").distinct().count() == 6
    assert state_of_next(queue, people) == ItemState.IN_REVIEW


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2_001, "a\0b"])
def test_a_decision_of_a_lead_needs_a_reason(people: Cast, reason: str) -> None:
    queue = asks_three(people)

    with pytest.raises(Invalid):
        beginning.let_in(queue, person_id=people.ann.pk, by=Actor(people.lee.pk), reason=reason)

    assert not Qualification.objects.exists()


def test_nobody_is_asked_again_where_nothing_is_asked(people: Cast) -> None:
    queue = queue_with_checks(people)

    with pytest.raises(WrongState):
        beginning.ask_again(queue, person_id=people.ann.pk, by=Actor(people.lee.pk), reason="So.")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "let_in"}, "let_in_has_who_and_why"),
        ({"state": "let_in", "reason": "So."}, "let_in_has_who_and_why"),
        ({"state": "sideways"}, "state_known"),
        ({"state": "failed", "right": 3, "n": 2}, "right_of_n"),
    ],
)
def test_the_database_refuses_a_way_that_makes_no_sense(
    people: Cast, fields: dict[str, Any], constraint: str
) -> None:
    queue = queue_with_checks(people)

    with pytest.raises(IntegrityError, match=f"qualification_{constraint}"), transaction.atomic():
        Qualification.objects.create(queue=queue, person=people.ann, **fields)


def test_ones_own_figures_tell_of_no_single_item(people: Cast) -> None:
    queue = queue_with_checks(people, check_rate=1.0)
    waiting(queue)
    review(queue, people.ann, APPROVE)
    now = timezone.now()

    before = figures.own_by_queue(queue.project_id, people.ann.pk, before=now - timedelta(days=7))
    after = figures.own_by_queue(queue.project_id, people.ann.pk, before=now + timedelta(days=7))

    assert before == []
    assert [(name, one.right, one.n) for name, one in after] == [(queue.name, 1, 1)]
