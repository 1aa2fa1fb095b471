"""pi is how often a prediction is picked: exactly, for draws alone, nested, shared and mixed."""

from collections.abc import Mapping
from itertools import product
from math import sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queues.route.condition import Draw
from queues.route.decide import decide
from queues.route.inclusion import outcomes
from queues.route.policy_document import PolicyDocument
from tests.factories.rules import case, policy, rule

QUARTERS = 4  # all rates of the property are whole quarters: four places of a draw stand for all of it
DRAWS = ("", "second", "third")
HOLDS: dict[str, Any] = {"kind": "attribute", "attribute": "segment", "values": ["gold"]}
FAILS: dict[str, Any] = {"kind": "attribute", "attribute": "segment", "values": ["silver"]}
GOLD = {"segment": ("gold",)}


def _audit(rate: float, draw: str = "") -> dict[str, Any]:
    return {"kind": "random_audit", "rate": rate, "draw": draw}


def _pi(document: PolicyDocument, id_: str = "x", **attributes: tuple[str, ...]) -> float:
    return decide(document, case(id_, attributes=attributes or GOLD)).pi


def _holds(condition: Mapping[str, Any], us: Mapping[str, float]) -> bool:
    """The same conditions, told again in the plainest way: what they mean, not how the product asks them."""
    match condition["kind"]:
        case "random_audit":
            return us[condition["draw"]] < condition["rate"]
        case "attribute":
            return condition["values"] == ["gold"]
        case "all_of":
            return all(_holds(part, us) for part in condition["of"])
        case "any_of":
            return any(_holds(part, us) for part in condition["of"])
    return not any(_holds(part, us) for part in condition["of"])


def _counted(conditions: list[dict[str, Any]]) -> float:
    """In how many of all outcomes of the draws, quarter by quarter, some condition holds."""
    places = [(n + 0.5) / QUARTERS for n in range(QUARTERS)]
    all_us = [dict(zip(DRAWS, us, strict=True)) for us in product(places, repeat=len(DRAWS))]
    return sum(any(_holds(condition, us) for condition in conditions) for us in all_us) / len(all_us)


leaves = st.one_of(
    st.builds(_audit, st.integers(1, QUARTERS).map(lambda n: n / QUARTERS), st.sampled_from(DRAWS)),
    st.sampled_from([HOLDS, FAILS]),
)


def _around(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.sampled_from(["all_of", "any_of", "none_of"])
    return st.builds(
        lambda kind, of: {"kind": kind, "of": of}, kinds, st.lists(parts, min_size=1, max_size=3)
    )


nested = _around(st.one_of(leaves, _around(st.one_of(leaves, _around(leaves)))))


@settings(max_examples=100, deadline=None)
@given(st.lists(nested, min_size=1, max_size=4), st.sampled_from([None, *DRAWS]))
def test_pi_is_the_share_of_outcomes_in_which_some_rule_picks(
    conditions: list[dict[str, Any]], beside: str | None
) -> None:
    if beside is not None:
        conditions = [*conditions, _audit(0.25, beside)]
    document = policy(*(rule(name=f"r{n}", **condition) for n, condition in enumerate(conditions)))

    # A rule without a draw that picks is certain; it is in the share as well.
    assert _pi(document) == pytest.approx(_counted(conditions), abs=1e-12)


@pytest.mark.parametrize(
    "conditions",
    [
        [_audit(0.05), _audit(0.2, "second")],
        [{"kind": "all_of", "of": [_audit(0.5), {"kind": "none_of", "of": [_audit(0.2, "second")]}]}],
        [
            {"kind": "any_of", "of": [_audit(0.1), {"kind": "all_of", "of": [HOLDS, _audit(0.3, "third")]}]},
            _audit(0.15, "second"),
            {"kind": "all_of", "of": [HOLDS, _audit(0.4)]},
        ],
    ],
)
def test_pi_is_how_often_real_draws_pick(conditions: list[dict[str, Any]]) -> None:
    document = policy(*(rule(name=f"r{n}", **condition) for n, condition in enumerate(conditions)))
    n = 3_000

    decisions = [decide(document, case(f"prediction-{number}", attributes=GOLD)) for number in range(n)]

    [pi] = {decision.pi for decision in decisions}
    share = sum(decision.is_routed for decision in decisions) / n
    assert share == pytest.approx(pi, abs=5 * sqrt(pi * (1 - pi) / n))


def test_plain_draws_give_the_product() -> None:
    document = policy(rule(name="a", **_audit(0.05)), rule(name="b", **_audit(0.2, "second")))

    assert _pi(document) == pytest.approx(1 - 0.95 * 0.8)


def test_one_plain_draw_gives_exactly_its_rate() -> None:
    assert _pi(policy(rule(**_audit(0.1)))) == 0.1


@pytest.mark.parametrize(("segment", "pi"), [("gold", 0.5), ("silver", 0.02), ("tin", 0.0)])
def test_an_audit_of_strata_gives_each_its_rate(segment: str, pi: float) -> None:
    document = policy(
        rule(name="gold", kind="all_of", of=[HOLDS, _audit(0.5)]),
        rule(name="silver", kind="all_of", of=[FAILS, _audit(0.02)]),
    )

    # Also for what was not drawn: the rate is kept for everything.
    assert {round(_pi(document, str(n), segment=(segment,)), 12) for n in range(50)} <= {pi}


def test_one_draw_at_two_rates_is_nested_and_not_two_chances() -> None:
    document = policy(
        rule(name="few", kind="all_of", of=[HOLDS, _audit(0.125)]),
        rule(name="many", kind="all_of", of=[HOLDS, _audit(0.25)]),
    )

    assert _pi(document) == 0.25
    for n in range(300):
        names = [reason["rule"] for reason in decide(document, case(str(n), attributes=GOLD)).reasons]
        assert names in ([], ["many"], ["few", "many"])


def test_a_rule_that_is_certain_makes_pi_1_and_one_that_is_passed_by_adds_nothing() -> None:
    draw = rule(name="audit", **_audit(0.1))

    assert _pi(policy(draw, rule(name="sure", **HOLDS))) == 1.0
    assert _pi(policy(draw, rule(name="sure", **FAILS))) == 0.1


def test_an_all_of_with_a_draw_has_no_chance_where_its_other_part_fails() -> None:
    assert _pi(policy(rule(kind="all_of", of=[FAILS, _audit(0.5)]))) == 0.0


def test_the_outcomes_of_all_draws_have_probability_1_together() -> None:
    draws = [Draw("", 0.1), Draw("", 0.4), Draw("second", 1.0), Draw("third", 0.5)]

    found = list(outcomes(draws))

    assert sum(chance for chance, _us in found) == pytest.approx(1)
    assert len(found) == 3 * 1 * 2
