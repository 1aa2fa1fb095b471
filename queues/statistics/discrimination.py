"""Does a score tell wrong outputs from right ones? Scores are oriented: higher = more uncertain.

`errors`: whether each output was wrong. `weights`: 1 / pi, so that the figures speak of all traffic.
Sources: Mann & Whitney 1947; PRR as in Malinin & Gales 2021, with lm-polygraph's mean prefix quality.
"""

from typing import NamedTuple

import numpy as np

from queues.statistics.arrays import (
    Booleans,
    Flags,
    Floats,
    Numbers,
    Places,
    dot,
    flags,
    floats,
    mean,
    sums_by,
    weights_of,
)


class Labels(NamedTuple):
    """Scores with their labels and weights, sorted by score; equal scores by weight, so that order is fixed.

    block: for each label the number of its block of equal scores, 0, 1, ...
    order: where each label stood in the list that was sorted.
    """

    scores: Floats
    errors: Booleans
    weights: Floats
    block: Places
    order: Places

    @property
    def has_both(self) -> bool:
        return bool(self.errors.any()) and not bool(self.errors.all())


class Rejection(NamedTuple):
    """Mean share of right outputs among the k most certain, over all k: of the score, at best, by chance."""

    area: float
    oracle: float
    random: float

    @property
    def ratio(self) -> float:
        """The prediction rejection ratio: 1 as good as knowing the errors, 0 chance, below 0 worse."""
        return (self.area - self.random) / (self.oracle - self.random)


def labelled(scores: Numbers, errors: Flags, weights: Numbers | None = None) -> Labels:
    """Sort once; everything below works on the result."""
    values, wrong = floats(scores), flags(errors)
    weight = weights_of(weights, len(values))
    order = np.lexsort((weight, values))
    values = values[order]
    block = np.cumsum(np.diff(values, prepend=values[:1]) != 0.0)
    return Labels(values, wrong[order], weight[order], block, order)


def auroc(labels: Labels) -> float | None:
    """The chance that a wrong output scores above a right one, a tie counting half; None without both."""
    if not labels.has_both:
        return None
    return mean(share_of_right_below(labels)[labels.errors], labels.weights[labels.errors])


def share_of_right_below(labels: Labels) -> Floats:
    """For each label, the weighted share of right outputs with a lower score, ties counting half."""
    right = sums_by(labels.block, np.where(labels.errors, 0.0, labels.weights))
    return ((np.cumsum(right) - right / 2.0) / right.sum())[labels.block]


def share_of_wrong_above(labels: Labels) -> Floats:
    """For each label, the weighted share of wrong outputs with a higher score, ties counting half."""
    wrong = sums_by(labels.block, np.where(labels.errors, labels.weights, 0.0))
    return (1.0 - (np.cumsum(wrong) - wrong / 2.0) / wrong.sum())[labels.block]


def average_precision(labels: Labels) -> float | None:
    """Mean precision over the errors found, from the most uncertain down; None without an error."""
    if not labels.errors.any():
        return None
    found = np.cumsum(sums_by(labels.block, np.where(labels.errors, labels.weights, 0.0))[::-1])
    looked_at = np.cumsum(sums_by(labels.block, labels.weights)[::-1])
    steps = np.diff(found, prepend=0.0)
    return dot(steps / found[-1], found / looked_at)


def rejection(labels: Labels) -> Rejection | None:
    """The areas behind the prediction rejection ratio; None without both right and wrong outputs."""
    if not labels.has_both:
        return None
    right = np.where(labels.errors, 0.0, 1.0)
    best = np.lexsort((labels.weights, labels.errors))
    return Rejection(
        area=mean_prefix(within_blocks(right, labels), labels.weights),
        oracle=mean_prefix(right[best], labels.weights[best]),
        random=mean(right, labels.weights),
    )


def prr(labels: Labels) -> float | None:
    """The prediction rejection ratio, or None."""
    areas = rejection(labels)
    return None if areas is None else areas.ratio


def mean_prefix(values: Floats, weights: Floats) -> float:
    """The weighted mean, over all prefixes, of the weighted mean of each prefix."""
    return mean(np.cumsum(weights * values) / np.cumsum(weights), weights)


def within_blocks(values: Floats, labels: Labels) -> Floats:
    """Each value replaced by the mean of its block: what any order of equal scores gives on average."""
    sums = sums_by(labels.block, labels.weights * values)
    return (sums / sums_by(labels.block, labels.weights))[labels.block]
