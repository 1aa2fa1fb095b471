"""Scores: published answers are in tests/reference; here are the edges and what always holds."""

from math import exp, isfinite, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.score.compute import NOT_FOR_RULES, known_names, scores_of
from queues.score.measure import Value
from queues.score.measures.classes import class_uncertainty
from queues.score.measures.semantic import NAMES as EMBEDDED
from queues.score.measures.token import FLOOR, token_scores
from queues.score.measures.votes import vote_scores, vote_uncertainty

logprobs = st.floats(max_value=0.0, min_value=-1e300) | st.just(-9999.0)
alternatives = st.lists(
    st.fixed_dictionaries({"token": st.sampled_from("abc"), "logprob": logprobs}), max_size=4
)
positions = st.fixed_dictionaries(
    {"token": st.sampled_from("abc"), "logprob": logprobs, "top_logprobs": st.none() | alternatives}
)
shares = st.floats(min_value=0.0, max_value=1.0)
numbers = st.floats(allow_nan=False, allow_infinity=False)
judges = st.fixed_dictionaries(
    {"name": st.sampled_from(["tone", "tone/strict", "p_true"])},
    optional={
        "score": st.none() | numbers,
        "scale": st.none() | st.just([0, 5]) | st.just([-1.7e308, 1.7e308]),
        "label": st.none() | st.text(max_size=3),
        "logprobs": st.none() | st.fixed_dictionaries({"content": st.lists(positions, max_size=2)}),
    },
)
records = st.fixed_dictionaries(
    {"output": st.fixed_dictionaries({"text": st.text()})},
    optional={
        "logprobs": st.none()
        | st.fixed_dictionaries({"content": st.none() | st.lists(positions, max_size=5)}),
        "samples": st.none() | st.lists(st.fixed_dictionaries({"text": st.text()}), max_size=5),
        "judges": st.none() | st.lists(judges, max_size=5),
        "confidence": st.none() | shares,
    },
)


def _number(score: Value) -> float:
    assert score.value is not None
    return score.value


def _position(logprob: float, **alternatives: float) -> dict[str, object]:
    top = [{"token": token, "logprob": value} for token, value in alternatives.items()]
    return {"token": "a", "logprob": logprob, "top_logprobs": top}


@given(records)
def test_a_score_is_a_finite_number_or_absent_with_a_reason(record: dict[str, object]) -> None:
    scored = scores_of(record)

    assert all(isfinite(value) for value in scored.values.values())
    assert all(scored.missing.values())


@given(records)
def test_each_name_is_either_a_score_or_missing_whatever_arrives(record: dict[str, object]) -> None:
    scored = scores_of(record)

    assert scored.values.keys() | scored.missing.keys() == known_names() - set(EMBEDDED)
    assert not scored.values.keys() & scored.missing.keys()


@given(st.lists(st.sampled_from(["yes", "no", "maybe"]), min_size=2, max_size=20))
def test_disagreement_lies_between_0_and_1_and_does_not_depend_on_the_order(answers: list[str]) -> None:
    scores = vote_uncertainty(answers)

    assert 0 <= _number(scores["vote_disagreement"]) < 1
    assert 0 <= _number(scores["vote_entropy_norm"]) <= 1
    assert scores["vote_disagreement"] == vote_uncertainty(answers[::-1])["vote_disagreement"]


@given(
    st.lists(st.floats(min_value=0.0, max_value=1.0), min_size=2, max_size=20).filter(lambda p: sum(p) > 0)
)
def test_class_scores_lie_between_0_and_1(probabilities: list[float]) -> None:
    scores = class_uncertainty(probabilities)

    for name in ("least_confidence", "class_margin", "class_entropy_norm"):
        assert 0 <= _number(scores[name]) <= 1


@given(st.lists(logprobs, min_size=1, max_size=20))
def test_token_scores_agree_with_each_other(values: list[float]) -> None:
    scores = token_scores({"logprobs": {"content": [_position(value) for value in values]}})

    assert scores["perplexity"].value == pytest.approx(exp(_number(scores["mean_nll"])))
    assert scores["sum_nll"].value == pytest.approx(_number(scores["mean_nll"]) * len(values))
    assert 0 <= _number(scores["mean_nll"]) <= _number(scores["max_nll"]) + 1e-9
    assert _number(scores["max_nll"]) == -_number(scores["min_logprob"]) <= -FLOOR


def test_the_sentinel_for_not_among_the_top_counts_as_the_floor() -> None:
    scores = token_scores({"logprobs": {"content": [_position(-9999.0), _position(-1.0)]}})

    assert scores["n_floored"].value == 1
    assert scores["sum_nll"].value == pytest.approx(1 - log(1e-10))


def test_one_position_without_alternatives_leaves_the_entropies_out() -> None:
    scores = token_scores({"logprobs": {"content": [_position(-0.1, a=-0.1), _position(-0.1)]}})

    assert scores["mean_entropy"] == (None, "position_without_top_logprobs")
    assert scores["mean_nll"].value == pytest.approx(0.1)


def test_a_certain_output_scores_zero_and_not_minus_zero() -> None:
    scores = token_scores({"logprobs": {"content": [_position(0.0, a=0.0)]}})

    assert str(_number(scores["sum_nll"])) == str(_number(scores["max_entropy"])) == "0.0"


def test_no_tokens_is_not_the_same_as_no_log_probabilities() -> None:
    assert token_scores({"logprobs": {"content": []}})["mean_nll"].why_missing == "no_tokens"
    assert token_scores({})["mean_nll"].why_missing == "no_logprobs"


def test_a_single_class_and_zero_probabilities_have_no_uncertainty() -> None:
    assert class_uncertainty([1.0])["class_entropy"] == (None, "only_one_class")
    assert class_uncertainty([0.0, 0.0])["class_entropy"] == (None, "class_probs_sum_to_zero")


def test_the_output_votes_together_with_its_samples() -> None:
    samples = [{"text": text} for text in ("Paris", " paris ", "Lyon")]

    scores = vote_scores({"output": {"text": "PARIS"}, "samples": samples})

    assert scores["vote_disagreement"].value == pytest.approx(0.25)


def test_an_output_in_messages_votes_with_its_text_parts() -> None:
    parts = [{"type": "text", "content": "Par"}, {"type": "uri"}, {"type": "text", "content": "is"}]
    record = {"output": {"messages": [{"parts": parts}]}, "samples": [{"text": "paris"}]}

    assert vote_scores(record)["vote_disagreement"].value == 0


def test_confidence_is_turned_around() -> None:
    scored = scores_of({"output": {"text": "Paris"}, "confidence": 0.9})

    assert scored.values["client_confidence"] == pytest.approx(0.1)


def test_rules_may_not_use_what_points_the_other_way() -> None:
    assert known_names() >= NOT_FOR_RULES
