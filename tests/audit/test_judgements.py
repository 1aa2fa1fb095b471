"""What each decision says of the ones before it, derived in its own transaction."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Role
from queues import pipeline, reviewing
from queues.agree import rule_versions
from queues.agree.rule import Rule
from queues.audit.overrides.cases import cases_of
from queues.audit.overrides.counts import Scope, cells_of, rates_by, rates_of, reasons_of
from queues.models import Deviation, GoldenVersion, Item, ItemState, Judgement, Queue, Review
from tests.factories.golden import verified
from tests.factories.judgements import VIOLATION, flag, judged
from tests.factories.pairs import comparison, pair_queue
from tests.factories.projects import Cast, cast, member
from tests.factories.reviews import APPROVE, REJECT, reviewed
from tests.factories.work import FORM, queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [VIOLATION]})


def said(item: Item, kind: str) -> set[tuple[str, str, str, str, bool]]:
    rows = Judgement.objects.filter(item=item, kind=kind)
    return set(rows.values_list("component", "category", "before", "after", "overrides"))


def violation(answer: str, **changes: Any) -> dict[str, Any]:
    return {**REJECT, "answers": {"violation": answer}, **changes}


def settle(people: Cast, item: Item, document: dict[str, Any], *, by: Any = None) -> None:
    pipeline.settle_by_lead(
        item.pk, project=people.project, by=Actor((by or people.lee).pk), document=document, why="So it is."
    )


def fates(people: Cast, kind: str) -> list[str]:
    return sorted(case.fate for case in cases_of(people.project.pk, kind=kind).rows)


def test_each_review_is_held_against_the_model_and_an_escalation_is_not(people: Cast, queue: Queue) -> None:
    approved, rejected = judged(queue, (people.ann, APPROVE)), judged(queue, (people.ann, REJECT))
    escalated = judged(queue, (people.ann, {"decision": "escalate", "note": "?"}))

    assert said(approved, "model") == {("", "", "approve", "approve", False)}
    assert said(rejected, "model") == {("", "", "approve", "reject", True)}
    assert said(escalated, "model") == set()


OVER_BLOCKED = {
    ("a", "hate", "flagged", "fine", True),
    ("a", "privacy", "flagged", "fine", True),
    ("b", "", "fine", "fine", False),
}
MISSED_BY_B = {
    ("a", "hate", "flagged", "flagged", False),
    ("a", "privacy", "flagged", "flagged", False),
    ("b", "", "fine", "flagged", True),
}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (violation("no"), OVER_BLOCKED),
        (violation("yes"), MISSED_BY_B),
        (violation("unsure"), set()),
        ({**APPROVE, "reasons": ["vague"]}, OVER_BLOCKED),
        (REJECT, set()),
    ],
)
def test_a_filter_is_overridden_by_category_where_it_flagged_and_as_a_whole_where_it_did_not(
    people: Cast, queue: Queue, document: dict[str, Any], expected: set[Any]
) -> None:
    flags = (("a", "hate", True), ("a", "privacy", True), ("a", "spam", False), ("b", "hate", False))

    item = judged(queue, (people.ann, document), flags=flags)

    assert said(item, "safety_filter") == expected


def test_a_review_is_held_against_the_golden_answer(people: Cast, queue: Queue) -> None:
    verified(people.project)
    item = waiting(queue)
    Deviation.objects.create(
        prediction=item.prediction,
        version=GoldenVersion.objects.get(),
        matched_by="exact",
        deviates=True,
        distance=1.0,
        why="exact",
        compared_at=timezone.now(),
    )

    reviewed(queue, people.ann, APPROVE)

    assert said(item, "gold") == {("", "", "wrong", "right", True)}


def test_a_leads_verdict_is_held_against_each_review_and_their_majority(people: Cast) -> None:
    queue = queue_in(people.project)
    others = [member(people.project, Role.ANNOTATOR) for _ in range(2)]
    item = judged(queue, (people.ann, APPROVE), (others[0], REJECT), (others[1], REJECT))

    settle(people, item, APPROVE)

    rows = Judgement.objects.filter(item=item, verdict__isnull=False).order_by("before_person")
    assert {(row.kind, row.before_person_id, row.before, row.after, row.overrides) for row in rows} == {
        ("senior", people.ann.pk, "approve", "approve", False),
        ("senior", others[0].pk, "reject", "approve", True),
        ("senior", others[1].pk, "reject", "approve", True),
        ("adjudication", None, "reject", "approve", True),
    }


def test_a_tie_has_no_majority_to_be_overridden_and_an_equal_is_no_senior(people: Cast) -> None:
    queue, other_lead = queue_in(people.project), member(people.project, Role.LEAD)
    item = judged(queue, (people.ann, APPROVE), (other_lead, REJECT))

    settle(people, item, APPROVE)

    assert said(item, "adjudication") == set()
    assert said(item, "reviewer") == {("", "", "reject", "approve", True)}
    assert said(item, "senior") == {("", "", "approve", "approve", False)}


def test_an_owner_who_settles_again_overrides_the_lead_as_senior(people: Cast) -> None:
    queue = queue_in(people.project)
    item = judged(queue, (people.ann, APPROVE), (member(people.project, Role.ANNOTATOR), REJECT))
    settle(people, item, APPROVE)
    pipeline.reopen_by_lead(item.pk, project=people.project, by=Actor(people.olga.pk), why="No.")

    settle(people, item, REJECT, by=people.olga)

    senior = Judgement.objects.filter(item=item, kind="senior", person=people.olga)
    assert {(row.before_person_id, row.before) for row in senior} >= {(people.lee.pk, "approve")}
    assert fates(people, "senior") == ["holds", "holds", "reversed"]


@pytest.mark.parametrize(("verdict", "fate"), [(REJECT, "upheld"), (APPROVE, "reversed")])
def test_a_later_verdict_says_what_becomes_of_an_override(people: Cast, verdict: Any, fate: str) -> None:
    queue = queue_in(people.project)
    item = judged(queue, (people.ann, APPROVE), (member(people.project, Role.ANNOTATOR), REJECT))
    assert fates(people, "model") == ["open"]

    settle(people, item, verdict)

    rates = rates_of(cell for cell in cells_of(Scope(people.project.pk)) if cell.kind == "model")
    assert fates(people, "model") == [fate]
    assert (rates.decided, rates.overrides, rates.judged, rates.coverage) == (2, 1, 1, 1.0)
    assert rates.upheld is not None
    assert rates.upheld.k == (1 if fate == "upheld" else 0)


def test_what_reviewers_settled_holds_or_not_and_is_no_second_judgement(people: Cast, queue: Queue) -> None:
    bo, cy = member(people.project, Role.ANNOTATOR), member(people.project, Role.ANNOTATOR)
    judged(queue, (people.ann, REJECT))
    judged(queue, (people.ann, REJECT), (bo, REJECT))
    disputed = judged(queue, (people.ann, REJECT), (bo, APPROVE), (cy, APPROVE))
    wanted = rule_versions.Wanted(rule=Rule(needs="majority"), reason="Fewer disputes", seen=0)
    rule_versions.new_version(queue.pk, project_id=people.project.pk, by=Actor(people.lee.pk), wanted=wanted)
    judged(queue, (people.ann, REJECT), (bo, APPROVE), (cy, APPROVE))
    Item.objects.filter(pk=disputed.pk).update(state=ItemState.WITHDRAWN)

    page = cases_of(people.project.pk, kind="model", person_id=people.ann.pk)
    assert [case.fate for case in page.rows] == ["replaced", "withdrawn", "holds", "holds"]
    assert rates_of(cells_of(Scope(people.project.pk, person_id=people.ann.pk))).judged == 0


def test_overrides_are_narrowed_by_what_became_of_them(people: Cast) -> None:
    queue = queue_in(people.project)
    held = judged(queue, (people.ann, REJECT))
    wrong = judged(queue, (people.ann, REJECT), (member(people.project, Role.ANNOTATOR), APPROVE))
    settle(people, wrong, APPROVE)

    def items(became: str) -> list[int]:
        page = cases_of(people.project.pk, kind="model", became=became)
        return [case.judgement.item_id for case in page.rows]

    assert (items("reversed"), items("holds"), items("upheld")) == ([wrong.pk], [held.pk], [])


def test_ones_own_override_is_open_while_one_may_still_decide_anew(people: Cast, settings: Any) -> None:
    settings.BLIND_UNDO_SECONDS = 600
    queue = queue_in(people.project)
    judged(queue, (people.ann, REJECT), (member(people.project, Role.ANNOTATOR), REJECT))

    def told(*, is_own: bool) -> list[str]:
        page = cases_of(people.project.pk, kind="model", person_id=people.ann.pk, is_own=is_own)
        return [case.fate for case in page.rows]

    assert told(is_own=True) == ["open"]
    assert told(is_own=False) == ["holds"]
    settings.BLIND_UNDO_SECONDS = 0
    assert told(is_own=True) == ["holds"]


def test_a_review_that_was_taken_back_does_not_count_and_stays_in_the_list(people: Cast) -> None:
    queue = queue_in(people.project)
    judged(queue, (people.ann, REJECT))
    review = Review.objects.get()

    reviewing.undo(review.pk, project=people.project, by=Actor(people.ann.pk))

    assert cells_of(Scope(people.project.pk)) == []
    assert [
        case.fate
        for case in cases_of(people.project.pk, kind="model", person_id=people.ann.pk, is_own=True).rows
    ] == ["taken_back"]
    assert cases_of(people.project.pk, kind="model").rows == []  # under review again, and blind


def test_reasons_are_counted_by_kind_and_too_many_others_are_an_alarm(people: Cast) -> None:
    queue = queue_in(people.project)
    for _ in range(4):
        judged(queue, (people.ann, REJECT))
    judged(queue, (people.ann, {**REJECT, "reasons": ["factual", "other"], "note": "odd"}))

    found = reasons_of(Scope(people.project.pk, queue.pk))["model"]

    assert (found.coded, [(code, share.k) for code, share in found.codes]) == (
        5,
        [("factual", 5), ("other", 1)],
    )
    assert found.is_alarm
    assert reasons_of(Scope(people.other.pk)) == {}


def test_the_rates_are_those_of_the_scope(people: Cast) -> None:
    queue, other = queue_in(people.project), queue_in(people.project)
    bo = member(people.project, Role.ANNOTATOR)
    judged(queue, (people.ann, REJECT))
    judged(other, (bo, APPROVE))

    by_person = rates_by(cells_of(Scope(people.project.pk)), lambda cell: cell.person_id)

    assert {key: (one.overrides, one.decided) for key, one in by_person.items()} == {
        people.ann.pk: (1, 1),
        bo.pk: (0, 1),
    }
    assert rates_of(cells_of(Scope(people.project.pk, queue.pk))).decided == 1
    assert rates_of(cells_of(Scope(people.project.pk, person_id=bo.pk))).overrides == 0
    assert rates_of(cells_of(Scope(people.other.pk))).overridden is None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"overrides": False}, "overrides_when_they_differ"),
        ({"before": "reject"}, "overrides_when_they_differ"),
        ({"kind": "mood"}, "kind_known"),
        ({"review": None}, "was_said_by_one"),
        ({"category": "hate"}, "category_is_a_filters"),
    ],
)
def test_the_database_refuses_a_judgement_that_cannot_be(
    people: Cast, change: dict[str, Any], rule: str
) -> None:
    item = judged(queue_in(people.project), (people.ann, REJECT))
    fields = {
        "project": people.project,
        "queue": item.queue,
        "item": item,
        "kind": "model",
        "before": "approve",
        "after": "reject",
        "overrides": True,
        "person": people.ann,
        "review": Review.objects.get(),
    }

    with pytest.raises(IntegrityError, match=f"judgement_{rule}"), transaction.atomic():
        Judgement.objects.create(**{**fields, **change})


def test_judgements_are_history(people: Cast) -> None:
    judged(queue_in(people.project), (people.ann, REJECT))

    for rewrite in (
        lambda: Judgement.objects.update(after="correct"),
        lambda: Judgement.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="is history"), transaction.atomic():
            rewrite()


def test_a_comparison_judges_neither_output(people: Cast) -> None:
    item = waiting(queue_in(people.project))
    flag(item, "a", "hate")
    other = waiting(queue_in(people.project)).prediction
    Item.objects.filter(pk=item.pk).update(other=other, other_first=False)
    item.refresh_from_db()

    assert item.other_id is not None
    assert not Judgement.objects.filter(item=item).exists()


def test_a_verdict_on_a_comparison_overrides_nobodys_decision(people: Cast) -> None:
    item = comparison(pair_queue(people.project), reviews_needed=2)
    for person, better in ((people.ann, "a"), (people.olga, "b")):
        reviewed(item.queue, person, {**APPROVE, "answers": {"preference": better}})

    settle(people, item, {**APPROVE, "answers": {"preference": "b"}})

    assert not Judgement.objects.exists()


def test_what_a_verdict_said_counts_no_more_once_it_is_taken_back(people: Cast, queue: Queue) -> None:
    item = judged(queue, (people.ann, APPROVE), (people.olga, {"decision": "escalate", "note": "?"}))
    settle(people, item, REJECT)
    scope = Scope(people.project.pk)
    before = rates_of(cell for cell in cells_of(scope) if cell.kind == "senior")

    pipeline.reopen_by_lead(item.pk, project=people.project, by=Actor(people.lee.pk), why="Too fast.")

    after = rates_of(cell for cell in cells_of(scope) if cell.kind == "senior")
    assert (before.overrides, after.overrides, after.decided) == (1, 0, 0)
    assert "senior" not in reasons_of(scope)
    assert fates(people, "senior") == ["taken_back"]
