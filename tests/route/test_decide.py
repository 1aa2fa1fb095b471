"""What a policy decides, without a database."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.route.audit_sample import uniform
from queues.route.condition import Case
from queues.route.decide import decide
from queues.route.inclusion import inclusion_probability
from queues.route.policy_document import PolicyDocument, parse
from queues.score.detectors.guardrails import finding_of
from queues.score.measure import Value
from tests.factories.policies import first_document

SALT = "not secret here"


def _audited(rate: float, *, picked: bool) -> str:
    """An id that an audit of this rate picks, or does not."""
    return next(id_ for id_ in map(str, range(10_000)) if (uniform(SALT, id_) < rate) is picked)


def _case(id_: str = "x", *, rank: float | None = None, flags: tuple[dict[str, object], ...] = ()) -> Case:
    return Case(
        prediction_id=id_,
        values={"mean_nll": 1.5},
        ranks={"mean_nll": Value(rank, None if rank is not None else "fewer_than_50_scores")},
        findings=[finding_of({"component": "filter", **flag}) for flag in flags],
        salt=SALT,
    )


@pytest.fixture
def policy() -> PolicyDocument:
    return parse(first_document(answers="answers", safety="safety"))


def test_an_item_carries_all_reasons_and_goes_to_the_queue_of_the_highest_priority(
    policy: PolicyDocument,
) -> None:
    case = _case(_audited(0.05, picked=True), rank=0.9, flags=({"category": "hate", "flagged": True},))

    decision = decide(policy, case)

    assert [reason["rule"] for reason in decision.reasons] == ["uncertain", "safety", "audit"]
    assert (decision.queue, decision.priority, decision.due_hours, decision.pi) == ("safety", 90, 4, 1.0)


def test_a_reason_says_score_rank_and_threshold(policy: PolicyDocument) -> None:
    decision = decide(policy, _case(_audited(0.05, picked=False), rank=0.85))

    assert decision.reasons == [
        {
            "rule": "uncertain",
            "kind": "uncertain",
            "queue": "answers",
            "priority": 50,
            "score": 1.5,
            "rank": 0.85,
            "threshold": 0.8,
            "measure": "mean_nll",
            "by": "rank",
        }
    ]


def test_what_is_not_picked_keeps_the_probability_with_which_it_could_have_been(
    policy: PolicyDocument,
) -> None:
    decision = decide(policy, _case(_audited(0.05, picked=False), rank=0.1))

    assert (decision.is_routed, decision.pi) == (False, 0.05)


def test_the_audit_draw_does_not_look_at_the_other_rules(policy: PolicyDocument) -> None:
    id_ = _audited(0.05, picked=True)

    for rank in (0.1, 0.9, None):
        assert "audit" in [reason["rule"] for reason in decide(policy, _case(id_, rank=rank)).reasons]


def test_without_a_rank_the_uncertain_rule_does_not_fire(policy: PolicyDocument) -> None:
    assert not decide(policy, _case(_audited(0.05, picked=False), rank=None)).is_routed


def test_most_reviews_and_earliest_due_time_win() -> None:
    rule = {"kind": "uncertain", "queue": "q", "measure": "mean_nll", "by": "value", "threshold": 1}
    policy = parse(
        {
            "schema": "policy/1",
            "rules": [
                {**rule, "name": "a", "priority": 10, "reviews_needed": 3, "due_hours": 48},
                {**rule, "name": "b", "priority": 20, "reviews_needed": 1, "due_hours": 2},
            ],
        }
    )

    decision = decide(policy, _case())

    assert (decision.priority, decision.reviews_needed, decision.due_hours) == (20, 3, 2)


@pytest.mark.parametrize(
    ("categories", "min_severity", "fires"),
    [
        (["*"], "medium", True),
        (["*"], "high", False),
        (["S10"], "low", True),
        (["hate"], "low", True),
        (["privacy"], "low", False),
    ],
)
def test_a_safety_rule_looks_at_category_group_and_severity(
    categories: list[str], min_severity: str, *, fires: bool
) -> None:
    rule = {
        "name": "s",
        "kind": "safety_flagged",
        "queue": "q",
        "categories": categories,
        "min_severity": min_severity,
    }
    policy = parse({"schema": "policy/1", "rules": [rule]})

    decision = decide(policy, _case(flags=({"taxonomy": "llama-guard", "category": "S10", "flagged": True},)))

    assert decision.is_routed is fires


def test_a_finding_that_says_fine_is_no_reason(policy: PolicyDocument) -> None:
    case = _case(_audited(0.05, picked=False), flags=({"category": "hate", "flagged": False},))

    assert not decide(policy, case).is_routed


def test_two_random_rules_draw_by_themselves() -> None:
    audit = {"kind": "random_audit", "queue": "q", "rate": 0.5}
    policy = parse(
        {"schema": "policy/1", "rules": [{**audit, "name": "a"}, {**audit, "name": "b", "draw": "second"}]}
    )

    decisions = [decide(policy, _case(str(n))) for n in range(2_000)]

    assert {decision.pi for decision in decisions} == {0.75}
    share = sum(decision.is_routed for decision in decisions) / len(decisions)
    assert share == pytest.approx(0.75, abs=5 * sqrt(0.75 * 0.25 / 2_000))


@given(st.lists(st.floats(min_value=0, max_value=1), max_size=10))
def test_pi_is_a_probability_and_no_smaller_than_any_chance(chances: list[float]) -> None:
    pi = inclusion_probability(chances)

    assert 0 <= pi <= 1
    assert pi >= max(chances, default=0.0) - 1e-12


@given(st.text(min_size=1), st.sampled_from([0.01, 0.05, 0.2, 0.5]))
def test_the_audit_share_is_what_it_should_be_whatever_the_salt(salt: str, rate: float) -> None:
    n = 1_000
    salt = salt.encode("utf-8", "replace").decode()

    picked = sum(uniform(salt, f"prediction-{number}") < rate for number in range(n))

    assert abs(picked - n * rate) <= 6 * sqrt(n * rate * (1 - rate))
