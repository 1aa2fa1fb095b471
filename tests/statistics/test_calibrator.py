"""From labels to a probability: the best rising fit, a curve from few labels, and what is stored of both."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from queues.statistics import isotonic, platt
from queues.statistics.calibrator import Calibrator, fitted

LABELS = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.floats(0.5, 20)), min_size=1, max_size=40)
Labels = list[tuple[int, bool, float]]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 10)), min_size=1, max_size=50))
def test_pooling_gives_the_best_rising_fit(rows: list[tuple[float, float]]) -> None:
    values, weights = (np.array(column) for column in zip(*rows, strict=True))

    ours = isotonic.pooled(values, weights)

    assert np.all(np.diff(ours) >= -1e-12)
    assert ours == pytest.approx(isotonic_regression(values, weights=weights).x, abs=1e-9)


@given(LABELS, st.lists(st.floats(-5, 20), max_size=20))
def test_the_corners_are_the_whole_function(labels: Labels, grid: list[float]) -> None:
    fit = isotonic.isotonic(*zip(*labels, strict=True))

    assert isotonic.predict(isotonic.corners(fit), grid) == pytest.approx(isotonic.predict(fit, grid))


@pytest.mark.parametrize("method", ["platt", "isotonic"])
@given(labels=LABELS)
def test_a_stored_curve_rises_within_0_to_1_and_reads_back_the_same(method: str, labels: Labels) -> None:
    curve = fitted(*zip(*labels, strict=True), method=method)
    grid = np.linspace(-5.0, 20.0, 40)

    found = curve.probabilities(grid)
    again = Calibrator(method, json.loads(json.dumps(curve.parameters)))

    assert np.all((found >= 0.0) & (found <= 1.0))
    assert np.all(np.diff(found) >= -1e-9)
    assert again.probability(3.0) == curve.probability(3.0)


def test_a_score_that_points_the_wrong_way_gives_everything_the_same_probability() -> None:
    scores, errors = [1.0, 2.0, 3.0, 4.0], [True, True, False, False]

    curve = fitted(scores, errors, [1.0] * 4, method="platt")

    assert curve.probability(0.0) == pytest.approx(0.5)
    assert curve.probability(9.0) == pytest.approx(0.5)


def test_weights_count_as_so_many_labels() -> None:
    scores, errors, weights = [1.0, 2.0, 3.0, 4.0], [False, True, False, True], [1, 2, 3, 2]
    repeated = [index for index, weight in enumerate(weights) for _copy in range(weight)]

    weighted = platt.platt(scores, errors, weights, is_smoothed=False)
    copied = platt.platt(
        [scores[index] for index in repeated], [errors[index] for index in repeated], is_smoothed=False
    )

    assert weighted == pytest.approx(copied, abs=1e-8)


def test_separated_labels_have_a_curve_only_with_smoothed_targets() -> None:
    scores, errors = [1.0, 2.0, 3.0, 4.0], [False, False, True, True]

    assert platt.platt(scores, errors).slope > 0
    with pytest.raises(ValueError, match="did not settle"):
        platt.platt(scores, errors, is_smoothed=False)


def test_a_method_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no calibration method"):
        Calibrator("beta", {}).probability(1.0)
