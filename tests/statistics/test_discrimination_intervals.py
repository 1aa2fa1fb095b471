"""What the 95 % intervals of AUROC and PRR hold in simulated traffic. Fixed seeds; a few seconds."""

from math import sqrt

import numpy as np
import pytest
from scipy.special import ndtr

from queues.statistics.arrays import Booleans, Floats
from queues.statistics.discrimination import Labels, labelled, prr, rejection
from queues.statistics.discrimination_intervals import (
    Comparison,
    _rejection_influence,
    auroc_difference,
    auroc_estimate,
    prr_estimate,
)

# (labels, share of errors, distance of the two normal distributions, share routed before a 3 % audit)
SHAPES = [(100, 0.1, 0.8, 0.0), (300, 0.05, 1.0, 0.0), (1000, 0.025, 0.0, 0.0), (4000, 0.05, 1.5, 0.05)]


def traffic(generator: np.random.Generator, n: int, rate: float, apart: float, routed: float) -> Labels:
    errors = generator.random(n) < rate
    scores = generator.normal(size=n) + apart * errors
    if not routed:
        return labelled(scores, errors)
    pi = np.where(scores >= np.quantile(scores, 1.0 - routed), 1.0, 0.03)
    seen = generator.random(n) < pi
    return labelled(scores[seen], errors[seen], 1.0 / pi[seen])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_interval_of_auroc_covers_the_truth(shape: tuple[int, float, float, float]) -> None:
    generator, truth = np.random.default_rng(11), float(ndtr(shape[2] / sqrt(2.0)))

    found = [auroc_estimate(traffic(generator, *shape)) for _run in range(400)]
    defined = [one for one in found if one]

    assert sum(one.low <= truth <= one.high for one in defined) >= 0.92 * len(defined)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_interval_of_prr_covers_the_truth(shape: tuple[int, float, float, float]) -> None:
    generator = np.random.default_rng(12)
    truth = prr(traffic(generator, 200_000, *shape[1:3], 0.0))
    assert truth is not None

    found = [prr_estimate(traffic(generator, *shape)) for _run in range(400)]
    defined = [one for one in found if one]

    assert sum(one.low <= truth <= one.high for one in defined) >= 0.91 * len(defined)


def test_perfect_separation_of_few_is_not_called_certain() -> None:
    found = auroc_estimate(labelled(range(40), [False] * 34 + [True] * 6))

    assert found
    assert found.value == 1.0
    assert found.low < 0.9


def test_the_derivative_of_prr_is_what_a_small_change_of_a_weight_does() -> None:
    labels = traffic(np.random.default_rng(3), 60, 0.2, 1.0, 0.0)
    areas = rejection(labels)
    assert areas

    influence = _rejection_influence(labels, areas)

    for place in range(0, 60, 7):
        weights = labels.weights.copy()
        weights[place] += 1e-6
        moved = rejection(labels._replace(weights=weights))
        assert moved
        assert (moved.ratio - areas.ratio) / 1e-6 == pytest.approx(influence[place], abs=1e-3)


def test_a_better_score_is_found_better_and_an_equal_one_not() -> None:
    generator = np.random.default_rng(4)
    errors = generator.random(600) < 0.2
    good, useless = generator.normal(size=600) + 1.5 * errors, generator.normal(size=600)

    better = _compared(good, useless, errors)
    same = _compared(useless, useless, errors)

    assert better.low > 0.2
    assert better.p < 0.001
    assert (same.difference, same.p) == (0.0, 1.0)


def test_differences_by_chance_are_called_differences_in_one_case_of_twenty() -> None:
    generator = np.random.default_rng(6)
    called = 0
    for _run in range(400):
        errors = generator.random(200) < 0.2
        called += _compared(generator.normal(size=200), generator.normal(size=200), errors).p < 0.05

    assert called <= 0.08 * 400


def _compared(one: Floats, other: Floats, errors: Booleans) -> Comparison:
    found = auroc_difference(labelled(one, errors), labelled(other, errors))
    assert found
    return found
