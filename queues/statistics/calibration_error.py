"""Is a probability what it says? Brier score, log-loss, calibration error, reliability table.

`p`: the stated probability of `happened`; weights: 1 / pi. The same code serves confidence against right
outputs, and P(error) against wrong ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from queues.statistics.arrays import (
    Booleans,
    Flags,
    Floats,
    Numbers,
    dot,
    effective_size,
    flags,
    floats,
    mean,
    weights_of,
)
from queues.statistics.discrimination_intervals import Estimate
from queues.statistics.proportions import Z_95, wilson

BINS = 10
_MEAN_DISTANCE = (2.0 / np.pi) ** 0.5  # E|Z| of a standard normal Z
_SMALLEST = 1e-15  # log-loss of a certainty that was wrong is large, not infinite


class Stated(NamedTuple):
    """Stated probabilities, what happened, and the weights."""

    p: Floats
    happened: Booleans
    weights: Floats


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of a reliability table: what was stated in low < p <= high, and what happened.

    n: labels; stated and rate: weighted means; rate_low, rate_high: Wilson's 95 % on their effective number.
    """

    low: float
    high: float
    n: int
    weight: float
    stated: float
    rate: float
    rate_low: float
    rate_high: float


def stated(p: Numbers, happened: Flags, weights: Numbers | None = None) -> Stated:
    """Check and pair; 0 <= p <= 1."""
    values = floats(p)
    if values.size and not 0.0 <= values.min() <= values.max() <= 1.0:
        raise ValueError("a probability lies between 0 and 1")
    return Stated(values, flags(happened), weights_of(weights, len(values)))


def brier(data: Stated) -> float:
    """Mean squared distance between what was stated and what happened; 0 is perfect."""
    return mean((data.p - data.happened) ** 2, data.weights)


def brier_estimate(data: Stated) -> Estimate:
    """Brier score with its interval: the linearised variance of a weighted mean, normal, within 0..1."""
    squares = (data.p - data.happened) ** 2
    value = brier(data)
    error = np.sqrt(np.sum((data.weights * (squares - value)) ** 2)) / data.weights.sum()
    return Estimate(value, max(0.0, value - Z_95 * float(error)), min(1.0, value + Z_95 * float(error)))


def log_loss(data: Stated) -> float:
    """Mean negative log of the probability given to what happened."""
    given = np.where(data.happened, data.p, 1.0 - data.p)
    return mean(-np.log(np.clip(given, _SMALLEST, 1.0)), data.weights)


def equal_width(data: Stated, bins: int = BINS) -> list[np.ndarray]:
    """The labels in each of `bins` equal intervals, closed on the right, the first also on the left."""
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.clip(np.searchsorted(edges, data.p, side="left") - 1, 0, bins - 1)
    return [np.flatnonzero(place == number) for number in range(bins)]


def equal_mass(data: Stated, bins: int = BINS) -> list[np.ndarray]:
    """The labels in `bins` parts of (nearly) the same number, by rising probability."""
    return np.array_split(np.argsort(data.p, kind="stable"), bins)


def calibration_error(data: Stated, parts: Sequence[np.ndarray]) -> float:
    """Expected calibration error: the mean distance between stated and seen rate, by weight of each part."""
    gaps = [abs(dot(data.weights[part], data.p[part] - data.happened[part])) for part in parts]
    return float(sum(gaps) / data.weights.sum())


def calibration_error_estimate(data: Stated, parts: Sequence[np.ndarray]) -> Estimate:
    """ECE with its interval: normal, and its lower end reaches down by what chance alone adds to any ECE.

    That is the ECE to expect of these labels from a perfectly calibrated probability: without it, such a
    one would be called off. Coverage: tests/statistics/test_calibration_error.py.
    """
    value, whole = calibration_error(data, parts), data.weights.sum()
    gaps = data.p - data.happened
    spread = by_chance = 0.0
    for part in parts:
        weight, towards = data.weights[part], np.sign(dot(data.weights[part], gaps[part]))
        spread += float(np.sum((weight * (towards * gaps[part] - value)) ** 2))
        certain = data.p[part] * (1.0 - data.p[part])
        by_chance += sqrt(dot(weight**2, certain)) * _MEAN_DISTANCE
    half = Z_95 * float(np.sqrt(spread) / whole)
    return Estimate(value, max(0.0, value - by_chance / float(whole) - half), min(1.0, value + half))


def reliability(data: Stated, bins: int = BINS) -> list[Bin]:
    """The equal-width parts that hold a label, as rows."""
    return list(_rows(data, bins))


def _rows(data: Stated, bins: int) -> Iterator[Bin]:
    for number, part in enumerate(equal_width(data, bins)):
        if part.size:
            weight = data.weights[part]
            rate, said = mean(data.happened[part], weight), mean(data.p[part], weight)
            ends = wilson(rate, effective_size(weight))
            yield Bin(number / bins, (number + 1) / bins, part.size, float(weight.sum()), said, rate, *ends)
