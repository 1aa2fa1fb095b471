"""A queue's dispute rule: changed with a reason, kept by the database, and obeyed when reviews settle."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.actor import Actor
from accounts.models import Event
from accounts.roles import Role
from queues import reviewing
from queues.agree import rule_versions
from queues.agree.rule import Rule
from queues.errors import Invalid, NotFound, WrongState
from queues.models import DisputeRule, Item, ItemState, Queue, Slot, Verdict
from queues.review import form_versions
from tests.factories.projects import Cast, cast, member
from tests.factories.reviews import APPROVE, REJECT, reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting

pytestmark = pytest.mark.django_db

CORRECT: dict[str, Any] = {"decision": "correct", "reasons": ["vague"], "corrected_text": "In five days."}


@pytest.fixture
def people() -> Cast:
    return cast()


def ruled(people: Cast, rule: Rule, **fields: Any) -> Queue:
    """A queue under this rule; with the question of tone."""
    queue = queue_in(people.project, form={**FORM, "questions": [{**TONE, "required": False}]})
    change(people, queue, rule, **fields)
    queue.refresh_from_db()
    return queue


def change(
    people: Cast, queue: Queue, rule: Rule, *, reason: str = "Fewer disputes", seen: int = 0
) -> DisputeRule:
    wanted = rule_versions.Wanted(rule=rule, reason=reason, seen=seen)
    return rule_versions.new_version(
        queue.pk, project_id=people.project.pk, by=Actor(people.lee.pk), wanted=wanted
    )


def settled_by(
    people: Cast, queue: Queue, *documents: dict[str, Any], kinds: tuple[str, ...] = ("uncertain",)
) -> Item:
    """An item of the queue after these reviews, each by somebody else."""
    item = waiting(queue, reviews_needed=len(documents), kinds=kinds)
    for document in documents:
        reviewed(queue, member(people.project, Role.ANNOTATOR), document)
    item.refresh_from_db()
    return item


def test_a_majority_settles_and_the_verdict_says_by_what_rule_and_from_whom(people: Cast) -> None:
    queue = ruled(people, Rule(needs="majority"))

    item = settled_by(people, queue, APPROVE, REJECT, REJECT)

    verdict = Verdict.objects.get(item=item)
    reviews = list(item.reviews.order_by("pk"))
    assert (item.state, verdict.decision, verdict.basis) == (ItemState.SETTLED, "reject", "majority")
    assert (verdict.review, verdict.reasons) == (reviews[1], ["factual"])
    assert verdict.review_ids == [review.pk for review in reviews]
    assert verdict.dispute_rule == queue.dispute_rule


def test_a_tie_goes_to_the_lead(people: Cast) -> None:
    queue = ruled(people, Rule(needs="majority"))

    assert settled_by(people, queue, APPROVE, REJECT).state == ItemState.DISPUTED
    assert settled_by(people, queue, APPROVE, REJECT, CORRECT).state == ItemState.DISPUTED


def test_without_a_rule_of_its_own_a_queue_asks_for_unanimity(people: Cast) -> None:
    queue = queue_in(people.project)

    assert settled_by(people, queue, REJECT, REJECT, APPROVE).state == ItemState.DISPUTED
    assert settled_by(people, queue, REJECT, REJECT).verdicts.get().basis == "agreed"


def test_the_answers_of_a_verdict_are_those_that_won_each_for_itself(people: Cast) -> None:
    queue = ruled(people, Rule(needs="majority"))
    fine, rude = ({"answers": {"tone": tone}} for tone in ("fine", "rude"))

    item = settled_by(people, queue, {**REJECT, **fine}, {**APPROVE, **rude}, {**REJECT, **rude})

    verdict = item.verdicts.get()
    assert (verdict.decision, verdict.answers, verdict.review) == (
        "reject",
        {"tone": "rude"},
        item.reviews.last(),
    )


def test_people_may_differ_on_a_question_that_does_not_count(people: Cast) -> None:
    queue = ruled(people, Rule(by_question={"tone": "not_counted"}))
    fine, rude = ({"answers": {"tone": tone}} for tone in ("fine", "rude"))

    item = settled_by(people, queue, {**APPROVE, **fine}, {**APPROVE, **rude})

    verdict = item.verdicts.get()
    assert (verdict.basis, verdict.answers) == ("agreed", {"tone": "fine"})


@pytest.mark.parametrize(
    ("rule", "kinds", "state"),
    [
        (Rule(asks_lead_for_safety=True), ("safety_flagged",), ItemState.DISPUTED),
        (Rule(asks_lead_for_safety=True), ("uncertain",), ItemState.SETTLED),
        (Rule(asks_lead_for_golden=True), ("golden_deviation",), ItemState.DISPUTED),
        (Rule(asks_lead_always=True), ("uncertain",), ItemState.DISPUTED),
    ],
)
def test_a_lead_settles_what_the_rule_keeps_for_a_lead(
    people: Cast, rule: Rule, kinds: tuple[str, ...], state: ItemState
) -> None:
    queue = ruled(people, rule)

    assert settled_by(people, queue, REJECT, kinds=kinds).state == state
    assert settled_by(people, queue, REJECT, REJECT, kinds=kinds).state == state


def test_an_undo_of_one_who_made_the_majority_reopens_the_item(people: Cast) -> None:
    queue = ruled(people, Rule(needs="majority"))
    item = settled_by(people, queue, APPROVE, REJECT, REJECT)
    last = item.reviews.last()
    assert last is not None

    lease = reviewing.undo(last.pk, project=people.project, by=Actor(last.person_id))
    reviewing.submit(
        lease.slot_id, project=people.project, token=lease.token, by=Actor(last.person_id), submission=APPROVE
    )

    item.refresh_from_db()
    assert item.state == ItemState.SETTLED
    assert [(verdict.decision, verdict.withdrawn_at is None) for verdict in item.verdicts.order_by("pk")] == [
        ("reject", False),
        ("approve", True),
    ]


def test_a_change_leaves_an_event_and_the_version_before_stays(people: Cast) -> None:
    queue = ruled(people, Rule(needs="majority"))

    second = change(people, queue, Rule(needs="k_of_n", at_least=3), seen=1, reason="Too loose")

    queue.refresh_from_db()
    event: Any = Event.objects.filter(kind="dispute_rule.changed").latest("pk")
    assert (second.version, queue.dispute_rule) == (2, second)
    assert (event.subject_id, event.reason, event.before["needs"], event.after["at_least"]) == (
        queue.pk,
        "Too loose",
        "majority",
        3,
    )
    assert DisputeRule.objects.filter(queue=queue).count() == 2


@pytest.mark.parametrize(
    ("rule", "reason", "pointer"),
    [
        (Rule(needs="some"), "x", "/needs"),
        (Rule(needs="k_of_n"), "x", "/at_least"),
        (Rule(needs="k_of_n", at_least=1), "x", "/at_least"),
        (Rule(needs="k_of_n", at_least=21), "x", "/at_least"),
        (Rule(at_least=2), "x", "/at_least"),
        (Rule(by_question={"colour": "majority"}), "x", "/by_question/colour"),
        (Rule(by_question={"a/b~c": "majority"}), "x", "/by_question/a~1b~0c"),
        (Rule(by_question={"tone": "some"}), "x", "/by_question/tone"),
        (Rule(), " ", "/reason"),
        (Rule(), "x" * 2_001, "/reason"),
        (Rule(), "a\0b", "/reason"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(
    people: Cast, rule: Rule, reason: str, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ruled(people, rule, reason=reason)

    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert not DisputeRule.objects.exists()


def test_who_has_not_seen_the_present_rule_changes_nothing(people: Cast) -> None:
    queue = ruled(people, Rule(needs="majority"))

    with pytest.raises(WrongState):
        change(people, queue, Rule(), seen=0)

    assert DisputeRule.objects.count() == 1


def test_a_queue_of_another_project_has_no_rule_here(people: Cast) -> None:
    with pytest.raises(NotFound):
        change(people, queue_in(people.other), Rule())


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"version": 0}, "version_counts_from_1"),
        ({"version": 1}, "once_per_queue"),
        ({"needs": "some"}, "needs_known"),
        ({"needs": "k_of_n"}, "k_goes_with_k_of_n"),
        ({"needs": "k_of_n", "at_least": 1}, "k_goes_with_k_of_n"),
        ({"needs": "majority", "at_least": 2}, "k_goes_with_k_of_n"),
        ({"reason": ""}, "has_a_reason"),
    ],
)
def test_the_database_refuses_a_rule_that_cannot_be(
    people: Cast, fields: dict[str, Any], constraint: str
) -> None:
    queue = ruled(people, Rule())

    with pytest.raises(IntegrityError, match=f"dispute_rule_{constraint}"), transaction.atomic():
        DisputeRule.objects.create(
            queue=queue, **{"version": 2, "needs": "unanimous", "reason": "x", **fields}
        )


def test_the_database_keeps_old_rules_and_what_verdicts_name(people: Cast) -> None:
    queue = ruled(people, Rule(needs="majority"))
    settled_by(people, queue, REJECT, REJECT, APPROVE)

    for change_of_history in (
        lambda: DisputeRule.objects.update(needs="unanimous"),
        lambda: Verdict.objects.update(review_ids=[]),
        lambda: Verdict.objects.update(dispute_rule=None),
    ):
        with pytest.raises(DatabaseError, match="is history"), transaction.atomic():
            change_of_history()


def test_a_majority_without_a_rule_is_refused_by_the_database(people: Cast) -> None:
    item = settled_by(people, queue_in(people.project), REJECT, APPROVE)

    with pytest.raises(IntegrityError, match="verdict_majority_has_its_rule"), transaction.atomic():
        Verdict.objects.create(queue=item.queue, item=item, decision="reject", basis="majority")


def test_settling_by_a_rule_leaves_no_slot_open(people: Cast) -> None:
    queue = ruled(people, Rule(needs="majority"))
    item = settled_by(people, queue, REJECT, REJECT, APPROVE)

    assert set(Slot.objects.filter(item=item).values_list("state", flat=True)) == {"done"}


def test_a_verdict_over_two_versions_of_the_form_holds_answers_to_the_newer_one(people: Cast) -> None:
    queue = queue_in(people.project, form={**FORM, "questions": [TONE]})
    item = waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann, {**APPROVE, "answers": {"tone": "fine"}})
    options = [{"value": "good", "label": "Good"}, {"value": "bad", "label": "Bad"}]
    newer = form_versions.new_version(
        queue,
        document={**FORM, "questions": [{**TONE, "options": options}]},
        by=Actor(people.lee.pk),
        reason="Clearer words",
        mappings={"tone": {"fine": "good", "rude": "bad"}},
    )
    reviewed(queue, people.olga, {**APPROVE, "answers": {"tone": "good"}})

    verdict = item.verdicts.get()

    assert (verdict.basis, verdict.answers, verdict.form) == ("agreed", {"tone": "good"}, newer)
