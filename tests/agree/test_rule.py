"""The dispute rule as a function: who wins, what a tie is, and its laws."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.agree.rule import Position, Rule

UNANIMOUS, MAJORITY = Rule(), Rule(needs="majority")


def said(*reviews: str) -> list[Position]:
    """Reviews as "decision" or "decision tone" or "decision tone length", "-" for no answer."""
    keys = ("tone", "length")
    found = []
    for review in reviews:
        decision, *values = review.split()
        answers = {key: value for key, value in zip(keys, values, strict=False) if value != "-"}
        found.append(Position(decision, answers))
    return found


@pytest.mark.parametrize(
    ("rule", "reviews", "first"),
    [
        (UNANIMOUS, ["approve"], 0),
        (UNANIMOUS, ["approve", "approve"], 0),
        (UNANIMOUS, ["approve", "approve", "reject"], None),
        (MAJORITY, ["approve", "reject", "reject"], 1),
        (MAJORITY, ["approve", "reject"], None),
        (MAJORITY, ["approve", "reject", "correct"], None),
        (MAJORITY, ["approve", "approve", "reject", "reject"], None),
        (MAJORITY, ["approve", "approve", "reject", "correct"], None),
        (Rule(needs="k_of_n", at_least=2), ["reject", "approve", "correct", "approve"], 1),
        (Rule(needs="k_of_n", at_least=2), ["reject", "approve", "reject", "approve"], None),
        (Rule(needs="k_of_n", at_least=4), ["reject", "reject", "reject", "approve"], None),
        (Rule(needs="k_of_n", at_least=3), ["reject", "reject"], 0),
        (Rule(needs="k_of_n", at_least=3), ["reject", "approve"], None),
    ],
)
def test_a_decision_wins_when_enough_reviews_hold_it(
    rule: Rule, reviews: list[str], first: int | None
) -> None:
    found = rule.agreement(said(*reviews))

    assert (found.first if found else None) == first


@pytest.mark.parametrize(
    ("rule", "reviews", "tone"),
    [
        (UNANIMOUS, ["approve fine", "approve rude"], None),
        (MAJORITY, ["approve fine", "approve fine", "approve rude"], 0),
        (MAJORITY, ["approve rude", "reject fine", "reject fine"], 1),
        (MAJORITY, ["approve fine", "approve rude", "approve cold"], None),
        (Rule(needs="majority", by_question={"tone": "unanimous"}), ["reject fine"] * 2 + ["reject -"], None),
        (Rule(by_question={"tone": "majority"}), ["reject fine", "reject fine", "reject rude"], 0),
        (Rule(by_question={"tone": "majority"}), ["reject fine", "reject fine", "approve fine"], None),
    ],
)
def test_each_question_is_looked_at_by_its_own_need(rule: Rule, reviews: list[str], tone: int | None) -> None:
    found = rule.agreement(said(*reviews))

    assert (found.answers["tone"] if found else None) == tone


def test_a_question_that_does_not_count_disputes_nothing_and_wins_nothing() -> None:
    found = Rule(by_question={"tone": "not_counted"}).agreement(said("approve fine", "approve rude"))

    assert found is not None
    assert (found.answers, found.is_unanimous) == ({}, True)


def test_silence_never_outvotes_an_answer_that_belongs_to_the_winning_decision() -> None:
    positions = said("reject fine", "reject rude", "approve -", "correct -", "escalated -")

    assert Rule(needs="k_of_n", at_least=2).agreement(positions) is None


def test_when_nobody_behind_the_decision_answers_the_verdict_has_no_answer() -> None:
    found = MAJORITY.agreement(said("approve -", "approve -", "reject fine"))

    assert found is not None
    assert (found.answers, found.is_unanimous, found.behind) == ({}, False, (0, 1))


def test_the_review_that_stands_for_all_holds_every_winning_answer_if_one_does() -> None:
    found = MAJORITY.agreement(said("reject rude short", "reject fine long", "reject fine long"))

    assert found is not None
    assert (found.first, dict(found.answers)) == (1, {"tone": 1, "length": 1})


@pytest.mark.parametrize(
    ("rule", "safety", "golden", "asks"),
    [
        (UNANIMOUS, True, True, False),
        (Rule(asks_lead_for_safety=True), True, False, True),
        (Rule(asks_lead_for_safety=True), False, True, False),
        (Rule(asks_lead_for_golden=True), False, True, True),
        (Rule(asks_lead_always=True), False, False, True),
    ],
)
def test_a_lead_is_asked_for_what_the_rule_names(rule: Rule, safety: bool, golden: bool, asks: bool) -> None:
    assert rule.asks_lead(is_safety=safety, is_golden=golden) is asks


POSITIONS = st.lists(
    st.builds(
        Position,
        st.sampled_from(["approve", "correct", "reject"]),
        st.dictionaries(st.sampled_from(["tone", "length"]), st.sampled_from("ab"), max_size=2),
    ),
    min_size=1,
    max_size=7,
)
RULES = st.one_of(
    st.just(UNANIMOUS), st.just(MAJORITY), st.builds(Rule, st.just("k_of_n"), st.integers(2, 7))
)


def outcome(rule: Rule, positions: Sequence[Position]) -> object:
    found = rule.agreement(positions)
    if found is None:
        return None
    answers = {key: positions[place].answers[key] for key, place in found.answers.items()}
    return positions[found.first].decision, answers, found.is_unanimous, len(found.behind)


@given(RULES, POSITIONS, st.randoms(use_true_random=False))
def test_the_order_of_the_reviews_changes_nothing(
    rule: Rule, positions: list[Position], random: object
) -> None:
    shuffled = list(positions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert outcome(rule, positions) == outcome(rule, shuffled)


@given(POSITIONS)
def test_what_all_say_wins_under_every_rule(positions: list[Position]) -> None:
    if UNANIMOUS.agreement(positions) is not None:
        for rule in (MAJORITY, Rule("k_of_n", 2), Rule("k_of_n", 20)):
            assert outcome(rule, positions) == outcome(UNANIMOUS, positions)


@given(RULES, POSITIONS)
def test_a_winning_answer_is_never_one_that_fewer_hold(rule: Rule, positions: list[Position]) -> None:
    found = rule.agreement(positions)
    if found is None:
        return
    for key, place in found.answers.items():
        values = [position.answers.get(key) for position in positions]
        won = values.count(values[place])
        assert all(values.count(other) < won for other in set(values) - {values[place]})
