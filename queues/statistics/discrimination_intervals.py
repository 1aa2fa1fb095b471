"""How far AUROC and PRR may be off, and whether one score beats another on the same outputs.

The labels are taken as a sample of this traffic's future, so pi = 1 does not make a label certain.
AUROC: DeLong, DeLong & Clarke-Pearson 1988, each label weighted, and Wilson's form on the size that the
variance amounts to, which stays within 0..1 (in the spirit of Newcombe 2006). PRR: the same form with the
variance of the infinitesimal jackknife (Jaeckel 1972), in closed form.
Coverage: tests/statistics/test_discrimination_intervals.py.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtr

from queues.statistics.arrays import Floats, dot, effective_size, mean
from queues.statistics.discrimination import (
    Labels,
    Rejection,
    auroc,
    rejection,
    share_of_right_below,
    share_of_wrong_above,
    within_blocks,
)
from queues.statistics.proportions import Z_95, wilson

_MOST = 3.0  # times the smaller class: with few errors the estimated variance is too small, at times 0
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One AUROC less another over the same labels, and the two-sided p of "no difference"."""

    difference: float
    low: float
    high: float
    p: float


def auroc_estimate(labels: Labels) -> Estimate | None:
    """AUROC with its interval; None without both right and wrong outputs."""
    value = auroc(labels)
    if value is None:
        return None
    spread = float(np.sum(_influence(labels, value) ** 2))
    return Estimate(value, *wilson(value, _believed_size(labels, value, spread)))


def auroc_difference(one: Labels, other: Labels) -> Comparison | None:
    """Whether one score beats another over the same labels; None without both right and wrong outputs."""
    first, second = auroc(one), auroc(other)
    if first is None or second is None:
        return None
    influence = np.empty(len(one.order))
    influence[one.order] = _influence(one, first)
    influence[other.order] -= _influence(other, second)
    error, apart = sqrt(dot(influence, influence)), first - second
    p = 2.0 * float(ndtr(-abs(apart) / error)) if error > _NOTHING else float(abs(apart) < _NOTHING)
    return Comparison(apart, apart - Z_95 * error, apart + Z_95 * error, p)


def prr_estimate(labels: Labels) -> Estimate | None:
    """PRR with its interval; None without both right and wrong outputs."""
    areas = rejection(labels)
    if areas is None:
        return None
    spread = float(np.sum((labels.weights * _rejection_influence(labels, areas)) ** 2))
    value = min(1.0, max(0.0, (1.0 + areas.ratio) / 2.0))
    # (1 + PRR) / 2 lies within 0..1 like an AUROC, with a quarter of the variance
    ends = wilson(value, _believed_size(labels, value, spread / 4.0))
    return Estimate(areas.ratio, min(areas.ratio, 2.0 * ends.low - 1.0), 2.0 * ends.high - 1.0)


def _rejection_influence(labels: Labels, areas: Rejection) -> Floats:
    """How much the PRR moves with each label's weight: the infinitesimal jackknife."""
    right = np.where(labels.errors, 0.0, 1.0)
    best = np.lexsort((labels.weights, labels.errors))
    oracle = np.empty_like(right)
    oracle[best] = _prefix_influence(right[best], right[best], labels.weights[best])
    area = _prefix_influence(right, within_blocks(right, labels), labels.weights)
    random = (right - areas.random) / labels.weights.sum()
    return ((area - random) - areas.ratio * (oracle - random)) / (areas.oracle - areas.random)


def _prefix_influence(own: Floats, values: Floats, weights: Floats) -> Floats:
    """The derivative of `mean_prefix(values, weights)` by each weight, a label bringing its own value."""
    whole = np.cumsum(weights)
    prefix = np.cumsum(weights * values) / whole
    onwards = np.cumsum((weights / whole)[::-1])[::-1]
    behind = np.cumsum((weights * prefix / whole)[::-1])[::-1]
    return (prefix + own * onwards - behind - mean(prefix, weights)) / whole[-1]


def _believed_size(labels: Labels, value: float, spread: float) -> float:
    """How many draws of a proportion would vary as much; at most _MOST times the smaller class."""
    smaller = min(effective_size(labels.weights[part]) for part in (labels.errors, ~labels.errors))
    most = _MOST * smaller
    return value * (1.0 - value) / spread if spread * most > value * (1.0 - value) > 0.0 else most


def _influence(labels: Labels, value: float) -> Floats:
    """How much each label moves the AUROC; the sum of squares is its variance."""
    influence = np.empty(len(labels.errors))
    for part, placement in ((labels.errors, share_of_right_below), (~labels.errors, share_of_wrong_above)):
        weight = labels.weights[part]
        size = effective_size(weight)
        # n / (n - 1), as in a sample's variance
        correction = sqrt(size / (size - 1.0)) if size > 1.0 + 1e-9 else 1.0
        influence[part] = weight / weight.sum() * (placement(labels)[part] - value) * correction
    return influence
