"""Brier, log-loss, ECE and the reliability table: by hand, and what their intervals hold."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.statistics.calibration_error import (
    brier,
    brier_estimate,
    calibration_error,
    calibration_error_estimate,
    equal_mass,
    equal_width,
    log_loss,
    reliability,
    stated,
)

ROWS = st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(1, 50)), min_size=1, max_size=40)


def test_bins_are_closed_on_the_right_and_the_first_on_the_left_too() -> None:
    data = stated([0.0, 0.1, 0.100001, 0.2, 1.0], [False] * 5)

    assert [part.tolist() for part in equal_width(data) if part.size] == [[0, 1], [2, 3], [4]]


@given(ROWS)
def test_every_label_is_in_one_bin_and_the_error_lies_in_0_to_1(
    rows: list[tuple[float, bool, float]],
) -> None:
    p, happened, weights = zip(*rows, strict=True)
    data = stated(p, happened, weights)

    for parts in (equal_width(data), equal_mass(data)):
        assert sorted(place for part in parts for place in part.tolist()) == list(range(len(rows)))
        assert 0 <= calibration_error(data, parts) <= 1 + 1e-9
    assert sum(row.n for row in reliability(data)) == len(rows)


@given(ROWS)
def test_every_row_of_the_reliability_table_holds_its_rate(rows: list[tuple[float, bool, float]]) -> None:
    for row in reliability(stated(*zip(*rows, strict=True))):
        assert row.low - 1e-9 <= row.stated <= row.high + 1e-9
        assert 0 <= row.rate_low <= row.rate + 1e-9
        assert row.rate - 1e-9 <= row.rate_high <= 1


def test_certainty_that_was_right_costs_nothing_and_that_was_wrong_a_finite_sum() -> None:
    right, wrong = stated([1.0, 0.0], [True, False]), stated([0.0], [True])

    assert (brier(right), log_loss(right)) == (0.0, 0.0)
    assert brier(wrong) == 1.0
    assert log_loss(wrong) == pytest.approx(-log(1e-15))


def test_no_probability_lies_outside_0_to_1() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        stated([1.2], [True])


@pytest.mark.parametrize("n", [200, 1000])
@pytest.mark.parametrize("shape", ["calibrated", "over-confident"])
def test_the_intervals_of_ece_and_brier_cover_the_truth(n: int, shape: str) -> None:
    generator = np.random.default_rng(8)

    def chance(p: np.ndarray) -> np.ndarray:
        return p if shape == "calibrated" else p**2

    many = generator.beta(1, 4, size=200_000)
    true_brier = float(np.mean((many - chance(many)) ** 2 + chance(many) * (1 - chance(many))))
    parts = equal_width(stated(many, many > 2))
    true_ece = sum(abs(np.sum(many[part] - chance(many[part]))) for part in parts) / many.size
    eces = briers = 0
    for _run in range(200):
        p = generator.beta(1, 4, size=n)
        data = stated(p, generator.random(n) < chance(p))
        ece, score = calibration_error_estimate(data, equal_width(data)), brier_estimate(data)
        eces += ece.low <= true_ece <= ece.high
        briers += score.low <= true_brier <= score.high

    assert eces >= 0.95 * 200
    assert briers >= 0.91 * 200
