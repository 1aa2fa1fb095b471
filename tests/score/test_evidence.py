"""Scores from what came with the output: words about itself, judges, P(True), wording, length."""

from math import log

import pytest

from queues.ingest.record import check
from queues.score.compute import Scored, scores_of
from queues.score.measures.judges import family_of
from queues.score.measures.lexical import MAX_TOKENS, lexical_uncertainty
from queues.score.measures.verbalised import stated_confidence
from tests.ingest import records


def scored(text: str = "Paris", **more: object) -> Scored:
    return scores_of({"output": {"text": text}, **more})


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("Paris. Confidence (0-1): 0.85", 0.85),
        ('{"answer": "Paris", "confidence": 0.7}', 0.7),
        ("**Confidence:** 95 %", 0.95),
        ("Confidence: 0,9 (three sources, 2024)", 0.9),
        ("confidence is about .6", 0.6),
        ("Confidence: 1\nSources: 12", 1.0),
        ("Confidence: 95", None),
        ("Confidence: -0.5", None),
        ("Confidence: 3/0", None),
        ("Confidence: 11/10", None),
        ("Confidence: 120%", None),
        ("Confidence: high\n0.9", None),
        ("Overconfidence 0.9", None),
        ("In confidence, v2 is out", None),
        ("CONFIDENCE: " + "9" * 500, None),
    ],
)
def test_the_confidence_that_a_text_states(text: str, confidence: float | None) -> None:
    assert stated_confidence(text) == confidence


def test_a_confidence_inside_the_reasoning_does_not_count() -> None:
    assert scored("<think>confidence 0.2</think>Paris, confidence 0.9").values[
        "verbalised_confidence"
    ] == pytest.approx(0.1)


def test_judges_of_one_family_are_compared_on_their_own_scales() -> None:
    judges = [
        {"name": "tone/strict", "score": 5, "scale": [1, 5]},
        {"name": "tone/mild", "score": 0.5},
        {"name": "facts", "score": 0.9},
    ]

    values = scored(judges=judges).values

    assert values["judge_disagreement"] == pytest.approx(0.25)
    assert values["judge_range"] == pytest.approx(0.5)


def test_of_several_families_the_one_that_disagrees_most_counts() -> None:
    judges = [
        {"name": name, "score": score} for name, score in (("a", 0.5), ("a", 0.5), ("b", 0.0), ("b", 1.0))
    ]

    assert scored(judges=judges).values["judge_range"] == 1.0


def test_labels_of_judges_disagree_by_their_entropy() -> None:
    judges = [
        {"name": f"facts#{n}", "label": label} for n, label in enumerate(("Good", "good ", "bad", "bad"))
    ]

    assert scored(judges=judges).values["judge_label_entropy"] == pytest.approx(log(2))


def test_a_single_judge_and_a_score_without_its_scale_have_no_disagreement() -> None:
    one = scored(judges=[{"name": "tone", "score": 0.5}])
    unknown = scored(judges=[{"name": "tone", "score": 4}, {"name": "tone", "score": 3}])

    assert one.missing["judge_disagreement"] == "only_one_judge"
    assert unknown.missing["judge_disagreement"] == "no_judge_scores"
    assert scored().missing["judge_range"] == "no_judges"


def test_the_names_of_a_family() -> None:
    assert {family_of(name) for name in ("p_true", "p_true/gpt-x", "p_true:2", "p_true@v1")} == {"p_true"}


def test_p_true_is_read_from_the_first_token_of_the_extra_call() -> None:
    top = [{"token": "A", "logprob": log(0.6)}, {"token": " b", "logprob": log(0.2)}]
    first = {"token": "A", "logprob": log(0.6), "top_logprobs": top}
    record = records.record(judges=[{"name": "p_true", "logprobs": {"content": [first]}}])

    assert scores_of(check(record).record).values["p_true"] == pytest.approx(0.25)


def test_p_true_counts_the_drawn_token_when_it_is_not_among_the_alternatives() -> None:
    first = {"token": "B", "logprob": log(0.7), "top_logprobs": [{"token": "A", "logprob": log(0.1)}]}

    values = scored(judges=[{"name": "p_true", "logprobs": {"content": [first]}}]).values

    assert values["p_true"] == pytest.approx(0.875)


def test_p_true_may_come_as_a_score() -> None:
    assert scored(judges=[{"name": "p_true", "score": 0.75}]).values["p_true"] == 0.25


@pytest.mark.parametrize(
    ("judge", "why"),
    [
        (
            {"name": "p_true", "logprobs": {"content": [{"token": "The", "logprob": -0.1}]}},
            "little_mass_on_a_and_b",
        ),
        ({"name": "p_true"}, "no_logprobs_and_no_score"),
        ({"name": "tone", "score": 1}, "no_p_true_judge"),
    ],
)
def test_p_true_is_absent_when_nobody_asked_or_the_model_did_not_answer(
    judge: dict[str, object], why: str
) -> None:
    assert scored(judges=[judge]).missing["p_true"] == why


def test_identical_answers_in_any_script_are_not_dissimilar() -> None:
    assert lexical_uncertainty(["Москва – столица", "москва, столица"])["lexical_dissimilarity"].value == 0
    assert lexical_uncertainty(["", ""])["lexical_dissimilarity"].value == 0
    assert lexical_uncertainty(["", "a"])["lexical_dissimilarity"].value == 1


def test_only_the_beginning_of_a_long_text_is_compared() -> None:
    long = "a " * MAX_TOKENS

    assert lexical_uncertainty([long + "b b b", long])["lexical_dissimilarity"].value == 0


def test_length_is_never_missing() -> None:
    assert scored("").values["n_chars"] == 0
    assert scored("žluťoučký 🐎").values["n_chars"] == 11
