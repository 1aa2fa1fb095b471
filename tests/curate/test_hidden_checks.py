"""Hidden checks: given among the work, told apart by nobody, counted only in the person's own figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from queues import pipeline, reviewing
from queues.assign import actions as assign
from queues.assign import queries as assigned
from queues.assign.lease import Lease
from queues.audit.overrides.cases import cases_of
from queues.audit.overrides.counts import Scope, cells_of
from queues.bulk import reserve_ids
from queues.curate.checks import actions as checks
from queues.curate.checks import figures, giving, placing
from queues.curate.checks.figures import Accuracy
from queues.errors import Invalid, Taken, WrongState
from queues.export.recalls.erasing import erase
from queues.models import (
    AgreementUnit,
    Check,
    DisputeRule,
    Draft,
    Item,
    ItemState,
    Purpose,
    Queue,
    Review,
    ServedCheck,
    Slot,
    Verdict,
)
from tests.factories.checks import APPROVE, REJECT, next_lease, queue_with_checks, review, submit
from tests.factories.projects import Cast, cast, member
from tests.factories.rules import in_force, rule
from tests.factories.sent import receive, sent
from tests.factories.work import waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    """One check; whenever Ann would be given an item, she is given the check."""
    return queue_with_checks(people, check_rate=1.0)


def given_check(queue: Queue, people: Cast) -> Lease:
    """Two items wait, and Ann is given the check."""
    waiting(queue)
    waiting(queue)
    taken = next_lease(queue, people.ann)
    assert Item.objects.get(pk=taken.item_id).state == ItemState.CHECK
    return taken


def test_a_check_comes_in_place_of_an_item_and_stays_until_it_is_answered(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)

    again = next_lease(queue, people.ann)

    assert ServedCheck.objects.get(person=people.ann).item_id == taken.item_id == again.item_id
    assert ServedCheck.objects.get().purpose == Purpose.HIDDEN


def test_a_queue_without_checks_asks_nothing_more(
    queue: Queue, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.check_rate = 0.0
    monkeypatch.delattr(giving, "make_way")
    waiting(queue)

    taken = reviewing.lease_next(queue, by=Actor(people.ann.pk))

    assert taken
    assert Item.objects.get(pk=taken.item_id).state == ItemState.IN_REVIEW


def test_its_numbers_and_times_are_those_of_the_neighbourhood(queue: Queue, people: Cast) -> None:
    first = waiting(queue)
    unused = (reserve_ids(Item, 1)[0], reserve_ids(Slot, 1)[0])
    third = waiting(queue, priority=80)
    Item.objects.update(created_at=timezone.now() - timedelta(days=3))

    taken = next_lease(queue, people.ann)

    check = Item.objects.get(pk=taken.item_id)
    assert (taken.item_id, taken.slot_id) == unused
    beside = Item.objects.get(pk=third.pk)
    assert first.pk < check.pk < beside.pk
    assert check.priority == 80
    # All were opened at one moment, as those of one batch are.
    assert (check.due_at, check.created_at) == (beside.due_at, beside.created_at)


def test_in_a_large_batch_the_numbers_of_a_check_lie_together_among_those_of_the_items(people: Cast) -> None:
    queue = queue_with_checks(people, check_rate=1.0)
    Queue.objects.filter(pk=queue.pk).update(slug="answers")
    in_force(
        people.project, rule("uncertain", "unsure", measure="mean_nll", by="value", threshold=0, priority=40)
    )
    receive(people.project, *(sent(f"Refunds take {n} days.") for n in range(80)))
    Item.objects.update(created_at=timezone.now() - timedelta(days=3))
    slots = Slot.objects.filter(queue=queue, state="open").order_by("item")
    rows = list(slots.values_list("item_id", "id"))
    assert len(rows) == 80

    place = placing.place_in(queue, front=rows[70][1])

    assert place is not None
    assert rows[0][0] < place.item_id < rows[70][0]
    both = sorted([*rows, (place.item_id, place.slot_id)])
    assert both == sorted(both, key=lambda row: row[1])
    assert len({*dict(both).values()}) == len(both) == 81


def test_where_its_numbers_would_stand_out_none_is_given(
    queue: Queue, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_LOOK_AT", 3)
    items = [waiting(queue, priority=80 if number == 3 else 50) for number in range(28)]
    Item.objects.update(created_at=timezone.now() - timedelta(days=3))

    taken = next_lease(queue, people.ann)

    assert taken.item_id == items[3].pk
    assert not ServedCheck.objects.exists()


def test_it_is_due_as_long_after_its_opening_as_its_neighbour_and_comes_before_it(
    queue: Queue, people: Cast
) -> None:
    now = timezone.now()
    first, second = waiting(queue), waiting(queue)
    for item, hours in ((first, 3), (second, 2)):
        opened = now - timedelta(hours=hours)
        Item.objects.filter(pk=item.pk).update(created_at=opened, due_at=opened + timedelta(hours=24))
        Slot.objects.filter(item=item.pk).update(due_at=opened + timedelta(hours=24))
    reviewing.lease_next(queue, by=Actor(people.lee.pk))  # who leads is given the first

    check = Item.objects.get(pk=next_lease(queue, people.ann).item_id)

    assert check.due_at - check.created_at == timedelta(hours=24)
    assert now - timedelta(hours=3) <= check.created_at <= now - timedelta(hours=2)


def test_what_a_lead_settles_in_any_case_comes_as_no_hidden_check(queue: Queue, people: Cast) -> None:
    rule = DisputeRule.objects.create(
        queue=queue, version=1, needs="unanimous", asks_lead_always=True, reason="so"
    )
    Queue.objects.filter(pk=queue.pk).update(dispute_rule=rule)
    waiting(queue)

    next_lease(Queue.objects.get(pk=queue.pk), people.ann)

    assert not ServedCheck.objects.exists()


def test_one_that_was_given_back_comes_next_whatever_is_drawn(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)
    assign.give_back(taken.slot_id, token=taken.token, by=Actor(people.ann.pk))
    queue.check_rate = 0.000_001

    assert next_lease(queue, people.ann).item_id == taken.item_id


def test_nothing_is_given_when_nothing_waits(queue: Queue, people: Cast) -> None:
    assert reviewing.lease_next(queue, by=Actor(people.ann.pk)) is None
    assert not ServedCheck.objects.exists()


def test_the_same_check_never_comes_twice_to_a_person(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)
    submit(queue, people.ann, taken, APPROVE)

    following = next_lease(queue, people.ann)

    assert Item.objects.get(pk=following.item_id).state == ItemState.IN_REVIEW
    served = ServedCheck.objects.get()
    with pytest.raises(IntegrityError, match="check_never_twice_to_a_person"), transaction.atomic():
        ServedCheck.objects.create(
            check_given=served.check_given,
            queue=queue,
            person=people.ann,
            item=waiting(queue),
            purpose="hidden",
        )


def test_a_check_that_was_given_back_comes_again_and_to_nobody_else(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)
    other = member(people.project, people.ann.memberships.get().role)  # type: ignore[arg-type]

    assign.give_back(taken.slot_id, token=taken.token, by=Actor(people.ann.pk))

    assert Slot.objects.get(pk=taken.slot_id).state == "void"
    assert next_lease(queue, people.ann).item_id == taken.item_id
    assert ServedCheck.objects.filter(person=people.ann).count() == 1
    assert next_lease(queue, other).item_id != taken.item_id


def test_a_check_that_was_passed_on_comes_no_more(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)

    assign.skip(taken.slot_id, token=taken.token, by=Actor(people.ann.pk), reason="too_hard")

    assert next_lease(queue, people.ann).item_id != taken.item_id
    assert figures.accuracy_of(queue.project_id)[0].n == 0


@pytest.mark.parametrize("name", ["lee", "olga"])
def test_who_may_read_the_answers_is_given_none(queue: Queue, people: Cast, name: str) -> None:
    waiting(queue)

    taken = next_lease(queue, getattr(people, name))

    assert Item.objects.get(pk=taken.item_id).state == ItemState.IN_REVIEW
    assert not ServedCheck.objects.exists()


def test_who_has_reviewed_the_item_before_is_not_given_it_as_a_check(people: Cast) -> None:
    queue = queue_with_checks(people, n=0, check_rate=1.0)
    waiting(queue)
    review(queue, people.ann, APPROVE)
    checks.make(Item.objects.get().pk, project_id=people.project.pk, by=Actor(people.lee.pk), why="So.")
    waiting(queue)

    taken = next_lease(queue, people.ann)

    assert Item.objects.get(pk=taken.item_id).state == ItemState.IN_REVIEW


def test_a_check_whose_verdict_was_taken_back_is_given_to_nobody(queue: Queue, people: Cast) -> None:
    source = Check.objects.get().source_id
    pipeline.reopen_by_lead(source, project=people.project, by=Actor(people.lee.pk), why="It was wrong.")
    waiting(queue)

    next_lease(queue, people.ann)

    assert not ServedCheck.objects.exists()


@pytest.mark.parametrize(
    ("document", "right", "marks"),
    [
        (APPROVE, True, {"decision": True, "answers/tone": True}),
        ({**APPROVE, "answers": {"tone": "rude"}}, False, {"decision": True, "answers/tone": False}),
        (REJECT, False, {"decision": False, "answers/tone": False}),
        ({"decision": "escalate", "note": "Is it?"}, None, {}),
    ],
)
def test_the_result_is_stored_with_the_review(
    queue: Queue, people: Cast, document: dict[str, Any], right: bool | None, marks: dict[str, bool]
) -> None:
    taken = given_check(queue, people)

    done = submit(queue, people.ann, taken, document)

    served = ServedCheck.objects.get()
    assert (served.review_id, served.right, served.marks) == (done.review_id, right, marks)
    assert served.seen_at is None


def test_no_verdict_no_agreement_comes_of_it_and_judgements_for_its_person_alone(
    queue: Queue, people: Cast
) -> None:
    taken = given_check(queue, people)
    everybody, own = Scope(queue.project_id), Scope(queue.project_id, person_id=people.ann.pk, is_own=True)
    before = (Verdict.objects.count(), cells_of(everybody), AgreementUnit.objects.count())

    done = submit(queue, people.ann, taken, REJECT)

    assert before == (Verdict.objects.count(), cells_of(everybody), AgreementUnit.objects.count())
    assert [(cell.kind, cell.after, cell.n) for cell in cells_of(own)] == [("model", "reject", 1)]
    assert not cases_of(queue.project_id, kind="model").rows
    assert Item.objects.get(pk=taken.item_id).state == ItemState.CHECK
    assert done.item_state == ItemState.SETTLED  # as of any other item of this queue


def test_counts_of_the_queue_are_the_same_with_a_check_in_hand(queue: Queue, people: Cast) -> None:
    waiting(queue)
    waiting(queue)
    before = assigned.lines_of([queue], now=timezone.now())[0]

    taken = next_lease(queue, people.ann)
    submit(queue, people.ann, taken, REJECT)

    after = assigned.lines_of([queue], now=timezone.now())[0]
    states = [state for state in ItemState.values if state != ItemState.CHECK]
    assert [before.counts.get(state, 0) for state in states] == [
        after.counts.get(state, 0) for state in states
    ]
    assert (before.oldest_due, before.forecast.settled) == (after.oldest_due, after.forecast.settled)  # type: ignore[union-attr]


def test_where_several_review_a_check_goes_the_way_of_its_neighbour(queue: Queue, people: Cast) -> None:
    Queue.objects.filter(pk=queue.pk).update(reviews_per_item=2)
    queue.refresh_from_db()
    taken = given_check(queue, people)
    done = submit(queue, people.ann, taken, APPROVE)
    beside = ServedCheck.objects.get().beside
    assert beside
    before = Item.objects.get(pk=taken.item_id).told_state

    Item.objects.filter(pk=beside.pk).update(state="settled", settled_at=timezone.now())

    assert (done.item_state, before) == (ItemState.IN_REVIEW, ItemState.IN_REVIEW)
    assert Item.objects.get(pk=taken.item_id).told_state == ItemState.SETTLED


def test_the_database_refuses_a_verdict_of_a_check_and_its_end(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)
    item = Item.objects.get(pk=taken.item_id)

    with pytest.raises(IntegrityError, match="a hidden check gets no verdict"), transaction.atomic():
        Verdict.objects.create(queue=queue, item=item, decision="approve", basis="single")
    with (
        pytest.raises(IntegrityError, match="a hidden check stays one"),
        transaction.atomic(),
    ):
        Item.objects.filter(pk=item.pk).update(state=ItemState.OPEN)


def test_an_undone_answer_counts_no_more_until_it_is_given_again(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)
    done = submit(queue, people.ann, taken, REJECT)

    again = reviewing.undo(done.review_id, project=queue.project, by=Actor(people.ann.pk))
    between = ServedCheck.objects.get()
    draft = Draft.objects.get(item=again.item_id)
    submit(queue, people.ann, again, APPROVE)

    assert (between.right, between.review_id) == (None, None)
    assert draft.content["decision"] == "reject"
    assert ServedCheck.objects.get().right is True


def test_an_answer_after_being_told_what_was_expected_changes_nothing(queue: Queue, people: Cast) -> None:
    Queue.objects.filter(pk=queue.pk).update(tells_checks=True)
    taken = given_check(queue, people)
    done = submit(queue, people.ann, taken, REJECT)

    again = reviewing.undo(done.review_id, project=queue.project, by=Actor(people.ann.pk))
    submit(queue, people.ann, again, APPROVE)

    served = ServedCheck.objects.get()
    assert (served.right, served.review_id) == (False, done.review_id)


def test_accuracy_has_its_n_and_leaves_out_what_was_not_decided(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)

    assert [(one.given, one.n, one.share) for one in figures.accuracy_of(queue.project_id)] == [(1, 0, None)]
    submit(queue, people.ann, taken, APPROVE)

    (told,) = figures.accuracy_of(queue.project_id, person_id=people.ann.pk)
    assert (told.right, told.n) == (1, 1)
    assert told.share is not None
    assert told.share.low == pytest.approx(0.2065, abs=1e-4)  # Wilson, 1 of 1


def test_of_ten_raters_only_the_two_who_miss_checks_are_worth_a_talk() -> None:
    """rater4 missed 10 of 32 and rater9 7 of 19 in mqm_2023_3raters; the other eight together 8 of 194."""
    others = [(24, 23), (24, 23), (24, 23), (24, 23), (24, 23), (24, 23), (25, 24), (25, 24)]
    raters = [(32, 22), (19, 12), *others]

    found = figures.compared([Accuracy(number, n, right, n) for number, (n, right) in enumerate(raters)])

    assert [one.person_id for one in found if one.is_worth_a_talk] == [0, 1]


def test_below_ten_checks_nobody_is_compared() -> None:
    found = figures.compared([Accuracy(1, 9, 0, 9), Accuracy(2, 100, 100, 100)])

    assert (found[0].q, found[0].is_worth_a_talk) == (None, False)


def test_a_retired_check_is_given_to_nobody(queue: Queue, people: Cast) -> None:
    checks.retire(Check.objects.get().pk, project_id=queue.project_id, by=Actor(people.lee.pk))
    waiting(queue)

    next_lease(queue, people.ann)

    assert not ServedCheck.objects.exists()


def test_of_an_erased_prediction_no_text_stays_and_nobody_is_given_the_check(
    queue: Queue, people: Cast
) -> None:
    source = Item.objects.get(pk=Check.objects.get().source_id)

    erase([source.prediction_id])

    check = Check.objects.get()
    assert (check.why, check.answers) == ("(erased)", {"tone": "fine"})
    assert check.retired_at is not None
    waiting(queue)
    assert Item.objects.get(pk=next_lease(queue, people.ann).item_id).state == ItemState.IN_REVIEW


def test_only_a_settled_item_becomes_a_check_once_and_with_a_reason(queue: Queue, people: Cast) -> None:
    lee, project_id = Actor(people.lee.pk), queue.project_id

    with pytest.raises(WrongState):
        checks.make(waiting(queue).pk, project_id=project_id, by=lee, why="It is.")
    with pytest.raises(Taken):
        checks.make(Check.objects.get().source_id, project_id=project_id, by=lee, why="It is.")
    with pytest.raises(Invalid):
        checks.make(Check.objects.get().source_id, project_id=project_id, by=lee, why=" ")


def test_reviews_of_checks_stand_in_ones_own_history(queue: Queue, people: Cast) -> None:
    taken = given_check(queue, people)

    submit(queue, people.ann, taken, APPROVE)

    assert Review.objects.filter(person=people.ann, withdrawn_at=None).count() == 1
