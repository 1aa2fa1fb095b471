"""Isotonic calibration: the rising step function that fits the labels best."""

from typing import NamedTuple

import numpy as np

from queues.statistics.arrays import Flags, Floats, Numbers, flags, floats, sums_by, weights_of


class Isotonic(NamedTuple):
    """Rising scores and the probability of an error at each; linear between them, level outside."""

    scores: Floats
    fitted: Floats


def isotonic(scores: Numbers, errors: Flags, weights: Numbers | None = None) -> Isotonic:
    """Pool adjacent violators on the mean error of each distinct score (Ayer et al. 1955).

    One entry per distinct score; `corners` keeps what the function needs.
    """
    values = floats(scores)
    weight = weights_of(weights, len(values))
    distinct, place = np.unique(values, return_inverse=True)
    mass = sums_by(place, weight)
    return Isotonic(distinct, pooled(sums_by(place, weight * flags(errors)) / mass, mass))


def pooled(values: Floats, weights: Floats) -> Floats:
    """The rising sequence with the least weighted squared distance from `values`."""
    means: list[float] = []
    masses: list[float] = []
    lengths: list[int] = []
    for value, mass in zip(values.tolist(), weights.tolist(), strict=True):
        length = 1
        while means and means[-1] >= value:
            total = masses[-1] + mass
            value = (means.pop() * masses[-1] + value * mass) / total
            mass = total
            masses.pop()
            length += lengths.pop()
        means.append(value)
        masses.append(mass)
        lengths.append(length)
    return np.repeat(means, lengths)


def corners(fit: Isotonic) -> Isotonic:
    """The same function by the first and last score of each level part."""
    level = np.diff(fit.fitted) == 0.0
    inner = np.concatenate(([False], level)) & np.concatenate((level, [False]))
    return Isotonic(fit.scores[~inner], fit.fitted[~inner])


def predict(fit: Isotonic, scores: Numbers) -> Floats:
    """The probability of an error at each score."""
    return np.interp(floats(scores), fit.scores, fit.fitted)
