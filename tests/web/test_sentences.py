"""Every kind of rule has its words: as a rule, within another, and as the reason why something is here."""

from typing import Any

import pytest

from queues.route.condition import conditions
from queues.web.rule_forms.shown import blank_rule
from queues.web.sentences import clause_of, read_rule, reason_of, sentence_of, terms_of
from queues.web.sentences.words import words


def said(kind: str, **fields: object) -> str:
    rule = read_rule({"name": "a", "kind": kind, "queue": "q", **fields})
    assert rule is not None
    return sentence_of(rule)


def uncertain(by: str, **fields: object) -> str:
    return said("uncertain", measure="mean_nll", by=by, **fields)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            uncertain("rank", threshold=0.8),
            "Send when the rank of mean_nll is at least 0.8: about the most uncertain 20%.",
        ),
        (uncertain("value", threshold=3), "Send when mean_nll is at least 3."),
        (
            uncertain("probability", threshold=0.3),
            "Send when the probability of an error, by mean_nll, is at least 0.3.",
        ),
        (uncertain("top_per_day", per_day=2000), "Send the 2,000 most uncertain of a day, by mean_nll."),
        (
            said("safety_flagged"),
            "Send when a detector flagged anything of severity medium or worse.",
        ),
        (
            said("safety_flagged", categories=["hate", "S1"], components=["a", "b", "c"]),
            "Send when a, b or c flagged hate or S1 with severity medium or worse.",
        ),
        (
            said("safety_flagged", components=["openai"], min_severity="high"),
            "Send when openai flagged anything of severity high or worse.",
        ),
        (
            said("disagreement", among="judges", threshold=0.5),
            "Send when the judges disagree by at least 0.5, on a scale of 0 to 1.",
        ),
        (
            said("disagreement", among="samples", threshold=0.5, measure="seu"),
            "Send when the samples disagree by at least 0.5, by seu.",
        ),
        (said("attribute", attribute="locale", values=["de", ""]), "Send when the locale is de or (none)."),
        (said("attribute", attribute="cohort.plan", values=["x"]), "Send when the cohort.plan is x."),
        (
            said("pair", champion="one", challenger="two"),
            "Send when both one and two answered the same input, to be compared.",
        ),
        (
            said("random_audit", rate=0.05),
            "Send a random 5% of everything, whatever the other rules say.",
        ),
        (
            said(
                "all_of",
                of=[
                    {"kind": "random_audit", "rate": 0.1},
                    {"kind": "none_of", "of": [{"kind": "attribute", "attribute": "tag", "values": ["a"]}]},
                ],
            ),
            "Send when all of these hold: it is in a random draw of 10%; (none of: the tag is a).",
        ),
    ],
)
def test_a_rule_is_a_sentence(sentence: str, expected: str) -> None:
    assert sentence == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (
            {"kind": "uncertain", "by": "probability", "measure": "m", "probability": 0.4, "threshold": 0.3},
            "A reviewer finds an error with probability 0.4, by m; the rule asks for 0.3 or more.",
        ),
        (
            {"kind": "uncertain", "by": "top_per_day", "measure": "m", "rank": 0.99, "threshold": 0.98},
            "m ranks 0.99 among its like: among the most uncertain of the day, which began at 0.98.",
        ),
        ({"kind": "attribute", "attribute": "locale", "value": "de-AT"}, "The locale is de-AT."),
        ({"kind": "attribute", "attribute": "segment", "value": ""}, "It has no segment."),
        (
            {"kind": "disagreement", "among": "judges", "measure": "j", "score": 0.7, "threshold": 0.5},
            "The judges disagree by 0.7; the rule asks for 0.5 or more.",
        ),
        (
            {"kind": "pair", "other": 7, "other_version": "two", "first": "this"},
            "two answered the same input (prediction 7): the two are compared.",
        ),
        (
            {
                "rule": "r",
                "kind": "any_of",
                "of": [
                    {"kind": "attribute", "attribute": "tag", "value": "a"},
                    {"kind": "random_audit", "score": 0.01, "threshold": 0.05},
                ],
            },
            "The tag is a. Drawn for the random audit: 0.01 is below the rate of 0.05.",
        ),
        (
            {"rule": "r", "kind": "none_of", "none_of": ["attribute"]},
            "None of the conditions that the rule excludes holds.",
        ),
        ({"rule": "r", "kind": "moon_phase"}, "The rule “r” picked it."),
        ({"rule": "r", "kind": "pair"}, "The rule “r” picked it."),
        ({"kind": "moon_phase"}, "A condition of the kind “moon_phase” holds."),
    ],
)
def test_a_reason_is_a_sentence(reason: dict[str, Any], expected: str) -> None:
    assert reason_of(reason) == expected


def test_terms_say_what_limits_a_rule() -> None:
    fields = {"daily_cap": 1_000, "near_duplicates": "attach", "reviews_needed": 2}
    rule = read_rule({"name": "a", "kind": "safety_flagged", "queue": "q"} | fields)

    assert rule is not None
    assert terms_of(rule) == (
        "Priority 50, 2 reviews, due within 24 hours. At most 1,000 a day."
        " What says the same as a waiting item is counted on that item."
    )


@pytest.mark.parametrize("kind", [kind for kind, _condition in conditions])
def test_every_shipped_kind_has_words(kind: str) -> None:
    assert kind in words
    assert words.get(kind).purpose


@pytest.mark.parametrize("kind", [kind for kind, _condition in conditions if kind != "pair"])
def test_a_new_rule_of_every_kind_can_be_read_at_once(kind: str) -> None:
    """But a pair, whose versions nobody can guess."""
    rule = read_rule(blank_rule(kind, [], "q"))

    assert rule is not None
    assert clause_of(rule)
