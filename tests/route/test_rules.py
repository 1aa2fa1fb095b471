"""Each kind of rule: what it picks, what it passes by, and what it says about it. No database."""

from typing import Any

import pytest

from queues.errors import Invalid
from queues.route.condition import Case
from queues.route.decide import decide
from queues.route.policy_document import parse
from queues.score.detectors.guardrails import finding_of
from queues.statistics.calibrator import Calibrator
from tests.factories.rules import case, policy, rule

FLAGGED = finding_of({"component": "filter", "category": "hate", "flagged": True})
ANY_DRAW: dict[str, Any] = {"kind": "random_audit", "rate": 1.0}
NOTHING: dict[str, Any] = {"kind": "attribute", "attribute": "segment", "values": ["nobody has it"]}
EVERYTHING: dict[str, Any] = {"kind": "attribute", "attribute": "segment", "values": [""]}
UNSURE: dict[str, Any] = {"kind": "uncertain", "measure": "mean_nll", "by": "value", "threshold": 1}


def _level(probability: float) -> Calibrator:
    """A curve that says the same of every score."""
    return Calibrator("isotonic", {"scores": [0.0, 1.0], "fitted": [probability, probability]})


def _reasons(fields: dict[str, Any], one: Case) -> list[dict[str, Any]]:
    return decide(policy(rule(**fields)), one).reasons


def _fires(fields: dict[str, Any], one: Case) -> bool:
    return bool(_reasons(fields, one))


def _faults(document_rule: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        parse({"schema": "policy/1", "rules": [rule(**document_rule)]})
    return {fault.pointer: fault.detail for fault in refused.value.faults}


# ---- attribute


@pytest.mark.parametrize(
    ("attribute", "values", "held", "fires"),
    [
        ("locale", ["de-CH"], ("de-CH",), True),
        ("locale", ["de-CH"], ("de-AT",), False),
        ("locale", ["de"], ("de-AT",), True),
        ("locale", ["de"], ("de",), True),
        ("locale", ["d"], ("de",), False),
        ("locale", ["de-AT"], ("de",), False),
        ("locale", [""], (), True),
        ("locale", [""], ("de",), False),
        ("segment", ["de"], ("de-AT",), False),
        ("segment", ["gold", ""], (), True),
        ("segment", ["gold"], (), False),
        ("tag", ["refund"], ("greeting", "refund"), True),
        ("tag", ["refund"], ("greeting",), False),
        ("tag", [""], (), True),
        ("tag", [""], ("greeting",), False),
        ("cohort.age", ["under-18"], ("under-18",), True),
        ("cohort.age", ["under-18"], (), False),
        ("cohort.is_new", ["true"], ("true",), True),
        ("model_version", ["prod-18"], ("prod-18",), True),
    ],
)
def test_an_attribute_is_one_of_the_values(
    attribute: str, values: list[str], held: tuple[str, ...], *, fires: bool
) -> None:
    one = case(attributes={attribute: held} if held else {})

    assert _fires({"kind": "attribute", "attribute": attribute, "values": values}, one) is fires


def test_a_reason_names_the_attribute_and_the_value_that_was_found() -> None:
    one = case(attributes={"tag": ("greeting", "refund", "urgent")})

    [reason] = _reasons({"kind": "attribute", "attribute": "tag", "values": ["urgent", "refund"]}, one)

    assert (reason["attribute"], reason["value"], reason["score"]) == ("tag", "refund", None)


@pytest.mark.parametrize("attribute", ["age", "cohort.", "cohort", "metadata.x", "Locale"])
def test_an_attribute_that_no_record_has_is_refused(attribute: str) -> None:
    assert set(_faults({"kind": "attribute", "attribute": attribute, "values": ["x"]})) == {
        "/rules/0/attribute"
    }


# ---- disagreement


@pytest.mark.parametrize(
    ("among", "measure", "compared"),
    [
        ("judges", {}, "judge_disagreement"),
        ("judges", {"measure": "seu"}, "judge_disagreement"),
        ("samples", {}, "vote_disagreement"),
        ("samples", {"measure": "lexical_dissimilarity"}, "lexical_dissimilarity"),
        ("samples", {"measure": "seu"}, "seu"),
    ],
)
def test_judges_are_held_against_their_spread_and_samples_against_the_measure_of_the_rule(
    among: str, measure: dict[str, str], compared: str
) -> None:
    fields = {"kind": "disagreement", "among": among, "threshold": 0.4, **measure}

    [reason] = _reasons(fields, case(values={compared: 0.4}))

    assert (reason["measure"], reason["among"], reason["score"], reason["threshold"]) == (
        compared, among, 0.4, 0.4,
    )  # fmt: skip
    assert not _fires(fields, case(values={compared: 0.39}))
    others = {"judge_disagreement", "vote_disagreement", "lexical_dissimilarity", "seu"} - {compared}
    assert not _fires(fields, case(values=dict.fromkeys(others, 1.0)))


@pytest.mark.parametrize("threshold", [0, -0.1, 1.1])
def test_a_threshold_of_disagreement_lies_above_0_and_at_most_at_1(threshold: float) -> None:
    faults = _faults({"kind": "disagreement", "among": "judges", "threshold": threshold})

    assert set(faults) == {"/rules/0/threshold"}


# ---- pair


@pytest.mark.parametrize(
    ("mine", "others", "picked"),
    [
        ("prod-17", {"prod-18": 7}, 7),
        ("prod-18", {"prod-17": 7}, 7),
        ("prod-18", {"prod-18": 7}, None),
        ("prod-18", {"prod-16": 7}, None),
        ("prod-19", {"prod-17": 7, "prod-18": 8}, None),
        ("prod-18", {}, None),
    ],
)
def test_a_pair_is_made_by_whichever_of_the_two_comes_second(
    mine: str, others: dict[str, int], picked: int | None
) -> None:
    fields = {"kind": "pair", "champion": "prod-17", "challenger": "prod-18"}

    reasons = _reasons(fields, case(attributes={"model_version": (mine,)}, pair=others))

    assert [reason["other"] for reason in reasons] == ([] if picked is None else [picked])


def test_which_side_stands_first_is_drawn_for_each_prediction_and_about_half_and_half() -> None:
    fields = {"kind": "pair", "champion": "prod-17", "challenger": "prod-18"}
    cases = [
        case(str(n), attributes={"model_version": ("prod-18",)}, pair={"prod-17": 7}) for n in range(1_000)
    ]

    first = [_reasons(fields, one)[0]["first"] for one in cases]

    assert [_reasons(fields, one)[0]["first"] for one in cases] == first
    assert set(first) == {"this", "other"}
    assert abs(first.count("this") - 500) < 5 * (1_000 * 0.25) ** 0.5


def test_no_draw_of_an_audit_decides_which_side_stands_first() -> None:
    pair = {"kind": "pair", "champion": "prod-17", "challenger": "prod-18"}
    drawn = {"kind": "all_of", "of": [pair, {"kind": "random_audit", "rate": 0.2, "draw": "side"}]}
    cases = [
        case(str(n), attributes={"model_version": ("prod-18",)}, pair={"prod-17": 7}) for n in range(1_000)
    ]

    first = [reasons[0]["of"][0]["first"] for one in cases if (reasons := _reasons(drawn, one))]

    assert 0.3 < first.count("this") / len(first) < 0.7


def test_a_champion_is_not_its_own_challenger() -> None:
    assert set(_faults({"kind": "pair", "champion": "prod-17", "challenger": "prod-17"})) == {"/rules/0"}


# ---- uncertain


@pytest.mark.parametrize(
    ("fields", "one", "fires"),
    [
        ({"by": "value", "threshold": 1}, {"values": {"mean_nll": 1.0}}, True),
        ({"by": "value", "threshold": 1}, {"values": {"mean_nll": 0.99}}, False),
        ({"by": "value", "threshold": 1}, {"values": {"perplexity": 9.0}}, False),
        ({"by": "rank", "threshold": 0.8}, {"values": {"mean_nll": 1}, "ranks": {"mean_nll": 0.8}}, True),
        ({"by": "rank", "threshold": 0.8}, {"values": {"mean_nll": 1}, "ranks": {"mean_nll": 0.79}}, False),
        ({"by": "rank", "threshold": 0.0}, {"values": {"mean_nll": 1}, "ranks": {"mean_nll": None}}, False),
        ({"by": "rank", "threshold": 0.0}, {"values": {}, "ranks": {"mean_nll": 0.9}}, False),
        (
            {"by": "probability", "threshold": 0.3},
            {"values": {"mean_nll": 1}, "calibration": {"mean_nll": _level(0.3)}},
            True,
        ),
        (
            {"by": "probability", "threshold": 0.3},
            {"values": {"mean_nll": 1}, "calibration": {"mean_nll": _level(0.29)}},
            False,
        ),
        ({"by": "probability", "threshold": 0.0}, {"values": {"mean_nll": 1}, "calibration": {}}, False),
        (
            {"by": "top_per_day", "per_day": 100},
            {"values": {"mean_nll": 1}, "ranks": {"mean_nll": 0.9}, "traffic": 1_000.0},
            True,
        ),
        (
            {"by": "top_per_day", "per_day": 100},
            {"values": {"mean_nll": 1}, "ranks": {"mean_nll": 0.89}, "traffic": 1_000.0},
            False,
        ),
        (
            {"by": "top_per_day", "per_day": 100},
            {"values": {"mean_nll": 1}, "ranks": {"mean_nll": 0.01}, "traffic": 50.0},
            True,
        ),
        (
            {"by": "top_per_day", "per_day": 100},
            {"values": {"mean_nll": 1}, "ranks": {"mean_nll": 0.99}, "traffic": None},
            False,
        ),
        (
            {"by": "top_per_day", "per_day": 100},
            {"values": {"mean_nll": 1}, "ranks": {"mean_nll": None}, "traffic": 50.0},
            False,
        ),
    ],
)
def test_uncertain_by_value_rank_probability_and_the_top_of_a_day(
    fields: dict[str, Any], one: dict[str, Any], *, fires: bool
) -> None:
    assert _fires({"kind": "uncertain", "measure": "mean_nll", **fields}, case(**one)) is fires


def test_a_reason_by_probability_says_the_probability_and_keeps_the_score() -> None:
    fields = {"kind": "uncertain", "measure": "mean_nll", "by": "probability", "threshold": 0.3}

    [reason] = _reasons(fields, case(values={"mean_nll": 1.5}, calibration={"mean_nll": _level(0.42)}))

    assert (reason["probability"], reason["score"], reason["threshold"]) == (0.42, 1.5, 0.3)


@pytest.mark.parametrize(
    "fields",
    [
        {"by": "value"},
        {"by": "rank", "threshold": 1.1},
        {"by": "probability", "threshold": -0.1},
        {"by": "top_per_day"},
        {"by": "top_per_day", "per_day": 5, "threshold": 0.5},
        {"by": "value", "threshold": 1, "per_day": 5},
    ],
)
def test_uncertain_needs_what_its_way_needs_and_nothing_else(fields: dict[str, Any]) -> None:
    assert set(_faults({"kind": "uncertain", "measure": "mean_nll", **fields})) == {"/rules/0"}


# ---- all of, any of, none of


@pytest.mark.parametrize(
    ("kind", "of", "fires"),
    [
        ("all_of", [UNSURE, EVERYTHING], True),
        ("all_of", [UNSURE, NOTHING], False),
        ("any_of", [NOTHING, UNSURE], True),
        ("any_of", [NOTHING, NOTHING], False),
        ("none_of", [NOTHING, NOTHING], True),
        ("none_of", [NOTHING, UNSURE], False),
        ("all_of", [{"kind": "any_of", "of": [NOTHING, UNSURE]}, {"kind": "none_of", "of": [NOTHING]}], True),
        ("none_of", [{"kind": "all_of", "of": [UNSURE, NOTHING]}], True),
        ("none_of", [{"kind": "none_of", "of": [{"kind": "none_of", "of": [UNSURE]}]}], False),
    ],
)
def test_conditions_stand_within_each_other(kind: str, of: list[dict[str, Any]], *, fires: bool) -> None:
    one = case(values={"mean_nll": 1.5}, attributes={})

    assert _fires({"kind": kind, "of": of}, one) is fires


def test_none_of_also_picks_what_has_no_score() -> None:
    assert _fires({"kind": "none_of", "of": [UNSURE]}, case(attributes={}))


def test_a_combined_reason_tells_each_part_and_the_score_of_the_first_that_has_one() -> None:
    one = case(values={"mean_nll": 1.5}, findings=[FLAGGED], attributes={})
    flagged = {"kind": "safety_flagged", "min_severity": "low"}

    [reason] = _reasons({"kind": "all_of", "of": [EVERYTHING, UNSURE, flagged]}, one)

    assert [part["kind"] for part in reason["of"]] == ["attribute", "uncertain", "safety_flagged"]
    assert (reason["score"], reason["threshold"], reason["of"][2]["category"]) == (1.5, 1, "hate")


def test_any_of_tells_only_what_holds() -> None:
    [reason] = _reasons({"kind": "any_of", "of": [NOTHING, EVERYTHING]}, case(attributes={}))

    assert [part["value"] for part in reason["of"]] == [""]


def test_a_rule_asks_for_all_that_its_parts_ask() -> None:
    parts = [
        EVERYTHING,
        {"kind": "none_of", "of": [{**UNSURE, "by": "top_per_day", "threshold": None, "per_day": 5}]},
    ]

    document = policy(rule("all_of", of=parts))

    assert document.facts == {"attributes", "traffic"}
    assert document.ranked_measures == {"mean_nll"}


def test_a_fault_within_a_condition_is_named_by_its_place() -> None:
    faults = _faults({"kind": "all_of", "of": [UNSURE, {"kind": "any_of", "of": [{**ANY_DRAW, "rate": 2}]}]})

    assert set(faults) == {"/rules/0/of/1/of/0/rate"}


def test_conditions_stand_at_most_four_deep() -> None:
    three = {"kind": "all_of", "of": [{"kind": "any_of", "of": [UNSURE]}]}
    four: dict[str, Any] = {"kind": "none_of", "of": [three]}

    assert policy(rule(**four))
    assert "at most 4 deep" in next(iter(_faults({"kind": "all_of", "of": [four]}).values()))


@pytest.mark.parametrize("of", [[], [EVERYTHING] * 21])
def test_a_combination_holds_between_1_and_20_conditions(of: list[dict[str, Any]]) -> None:
    assert set(_faults({"kind": "any_of", "of": of})) == {"/rules/0/of"}


# ---- terms


def test_a_rule_that_is_off_picks_nothing_and_asks_for_nothing() -> None:
    document = policy(rule(**EVERYTHING, enabled=False))

    assert not decide(document, case(attributes={})).is_routed
    assert document.facts == frozenset()


def test_a_rule_that_draws_has_no_cap() -> None:
    faults = _faults({**ANY_DRAW, "daily_cap": 10})

    assert "no rate speaks for" in next(iter(faults.values()))


def test_draws_with_too_many_outcomes_are_refused() -> None:
    draws = [{"kind": "random_audit", "rate": 0.5, "draw": f"d{n}"} for n in range(11)]

    assert "1024 outcomes" in next(iter(_faults({"kind": "all_of", "of": draws}).values()))


def test_draws_that_nothing_ties_together_may_be_many() -> None:
    draws = [rule(name=f"r{n}", **{**ANY_DRAW, "rate": 0.5, "draw": f"d{n}"}) for n in range(20)]

    assert decide(policy(*draws), case()).pi == pytest.approx(1 - 0.5**20)
