"""How steeply yes and no rise with a number: against other ways to the same, and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.statistics.slope import flatter_p, slope

X = [0.0, 0.1, 0.2, 0.4, 0.5, 0.9]
Y = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0]


def test_the_line_is_that_of_least_squares_worked_by_hand() -> None:
    found = slope(X, Y)

    assert found is not None
    # mean 0.35 and 0.5; sum of products 0.55, of squares 0.535
    assert found.value == pytest.approx(0.55 / 0.535)
    assert found.at_zero == pytest.approx(0.5 - 0.35 * 0.55 / 0.535)


def test_the_error_is_that_of_leaving_out_each_point_once() -> None:
    """HC3 is the sum of squares by which the slope moves without each point (MacKinnon & White 1985)."""
    without = [np.polyfit(np.delete(X, n), np.delete(Y, n), 1)[0] for n in range(len(X))]

    found = slope(X, Y)

    assert found is not None and found.se is not None and found.low is not None
    assert found.se**2 == pytest.approx(sum((one - found.value) ** 2 for one in without))
    assert found.value - found.low == pytest.approx(2.7764451052 * found.se)  # t of 4, 97.5 %


@pytest.mark.parametrize(
    ("x", "y", "value"),
    [
        ([0.1, 0.5, 0.9], [0.0, 0.0, 0.0], 0.0),  # nothing varies
        ([0.2, 0.2, 0.2, 0.8], [0.0, 1.0, 0.0, 1.0], 1 / 0.9),  # one point carries it all
    ],
)
def test_a_slope_without_an_interval_says_so(x: list[float], y: list[float], value: float) -> None:
    found = slope(x, y)

    assert found is not None and found.value == pytest.approx(value)
    assert (found.se, found.low, found.high) == (None, None, None)


def test_without_different_evidence_there_is_no_slope() -> None:
    assert slope([0.3] * 40, [0.0, 1.0] * 20) is None
    assert slope([0.1, 0.2], [0.0, 1.0]) is None
    assert slope([], []) is None


@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 1.0])), min_size=3, max_size=30), st.randoms()
)
def test_the_order_of_decisions_changes_nothing(points: list[tuple[float, float]], draw: object) -> None:
    again = list(points)
    draw.shuffle(again)  # type: ignore[attr-defined]
    one, other = (slope([x for x, _y in some], [y for _x, y in some]) for some in (points, again))

    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.value == pytest.approx(other.value, abs=1e-6, rel=1e-6)


def test_who_follows_the_evidence_is_seldom_set_apart_and_who_does_not_nearly_always_is() -> None:
    """At 60 decisions of one person and 2,000 of the others, whose overrides are as probable as it says."""
    draw, set_apart = np.random.default_rng(5), {"follows": 0, "never": 0, "coin": 0}
    for _round in range(400):
        others = draw.beta(1, 3, 2_000)
        rest = slope(others, (draw.random(2_000) < others).astype(float))
        own = draw.beta(1, 3, 60)
        for name, chance in (("follows", own), ("never", own * 0.0), ("coin", own * 0.0 + 0.25)):
            found = slope(own, (draw.random(60) < chance).astype(float))
            assert found is not None and rest is not None
            set_apart[name] += flatter_p(own, found, rest) <= 0.05

    assert set_apart["follows"] <= 32  # 20 expected, sd 4.4
    assert set_apart["never"] == 400
    assert set_apart["coin"] >= 360


@pytest.mark.parametrize("rise", [0.0, 0.5, 1.0])
def test_the_interval_holds_what_it_promises_from_fifty_decisions_on(rise: float) -> None:
    draw, held = np.random.default_rng(3), 0
    for _round in range(1_000):
        evidence = draw.beta(1, 3, 50)
        found = slope(evidence, (draw.random(50) < 0.3 * (1 - rise) + rise * evidence).astype(float))
        assert found is not None and found.low is not None and found.high is not None
        held += found.low <= rise <= found.high

    assert held >= 910
