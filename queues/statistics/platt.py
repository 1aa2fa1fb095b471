"""Platt's calibration: P(error) = expit(intercept + slope x score), from few labels."""

from math import inf, log
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from queues.statistics.arrays import Flags, Floats, Numbers, dot, flags, floats, mean, weights_of

_STEPS = 100
_CLOSE = 1e-12


class Platt(NamedTuple):
    """A logistic curve over the score."""

    intercept: float
    slope: float


def platt(
    scores: Numbers, errors: Flags, weights: Numbers | None = None, *, is_smoothed: bool = True
) -> Platt:
    """Maximum likelihood, by Newton's method; weights count relative to their mean.

    is_smoothed: Platt's targets (n1 + 1)/(n1 + 2) and 1/(n0 + 2) instead of 1 and 0, which keep the curve
    finite when a score separates the labels. Without them that case does not converge: ValueError.
    Source: Platt 1999; Lin, Lin & Weng 2007.
    """
    values, wrong = floats(scores), flags(errors)
    weight = weights_of(weights, len(values))
    if not values.size:
        raise ValueError("a curve needs labels")
    weight = weight / weight.mean()
    targets = _smoothed(wrong, weight) if is_smoothed else wrong.astype(np.float64)
    middle, spread = float(values.mean()), float(values.std()) or 1.0
    level, slope = _newton((values - middle) / spread, targets, weight)
    return Platt(level - slope * middle / spread, slope / spread)


def predict(fit: Platt, scores: Numbers) -> Floats:
    """The probability of an error at each score."""
    found: Floats = expit(fit.intercept + fit.slope * floats(scores))
    return found


def _smoothed(wrong: np.ndarray, weight: Floats) -> Floats:
    n1 = float(weight[wrong].sum())
    n0 = float(weight.sum()) - n1
    return np.where(wrong, (n1 + 1.0) / (n1 + 2.0), 1.0 / (n0 + 2.0))


def _newton(x: Floats, targets: Floats, weight: Floats) -> tuple[float, float]:
    """Level and slope over standardised scores; a step that does not help is halved."""
    share = mean(targets, weight)
    level = log(share / (1.0 - share)) if 0.0 < share < 1.0 else 0.0
    slope, reached, step = 0.0, -inf, (0.0, 0.0)
    for _step in range(_STEPS):
        eta = level + slope * x
        likelihood = dot(weight, targets * eta - np.logaddexp(0.0, eta))
        if likelihood < reached - _CLOSE * abs(reached):
            step = (step[0] / 2.0, step[1] / 2.0)
            level, slope = level - step[0], slope - step[1]
            continue
        reached, step = likelihood, _uphill(x, targets, weight, eta)
        level, slope = level + step[0], slope + step[1]
        if max(abs(step[0]), abs(step[1])) < _CLOSE:
            return level, slope
    raise ValueError("the curve did not settle")


def _uphill(x: Floats, targets: Floats, weight: Floats, eta: Floats) -> tuple[float, float]:
    """Newton's step from here."""
    p = expit(eta)
    gap, curve = weight * (targets - p), weight * p * (1.0 - p)
    a, b, c = float(curve.sum()), dot(curve, x), dot(curve, x * x)
    g, h = float(gap.sum()), dot(gap, x)
    determinant = a * c - b * b
    if determinant <= _CLOSE * a * a:
        return g / a, 0.0  # all scores are equal: only the level can be told
    return (c * g - b * h) / determinant, (a * h - b * g) / determinant
