"""Krippendorff's alpha: 1 full agreement, 0 as by chance, below 0 worse than chance.

Source: Krippendorff (2011), checked against its worked example. Everything is a quadratic form in the
counts, so alpha and all its leave-one-outs cost O(P V²) for P patterns of V values.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from queues.agree.distances import LEVELS, middle_ranks
from queues.agree.jackknife import with_interval
from queues.agree.metric import NO_PAIRS, ONE_VALUE, Figure, metrics, undefined
from queues.agree.patterns import Answers
from queues.statistics.arrays import Floats


class Disagreement(NamedTuple):
    """observed, expected: mean distance of two answers of one unit, and of any two answers; n: answers."""

    observed: float
    expected: float
    n: float


def coincidences(answers: Answers) -> Floats:
    """(V, V) How often two answers stood together; its sum is the number of pairable answers."""
    pairable = answers.pairable()
    weights = pairable.units / (pairable.sizes - 1.0)
    together = (pairable.counts * weights[:, None]).T @ pairable.counts
    return together - np.diag(weights @ pairable.counts)


def disagreement(answers: Answers, level: str) -> Disagreement | None:
    """Krippendorff's D_o and D_e; None when no unit has two answers."""
    pairable = answers.pairable()
    given = pairable.units @ pairable.counts
    n = float(given.sum())
    if not n:
        return None
    distances = LEVELS[level](answers.values, given)
    within = pairable.units @ _within(pairable, distances)
    return Disagreement(float(within) / n, float(given @ distances @ given) / (n * (n - 1.0)), n)


def alpha(answers: Answers, level: str) -> Figure:
    """Alpha at a level of `LEVELS`, with the jackknife's interval over units."""
    pairable = answers.pairable()
    measured = disagreement(answers, level)
    if measured is None:
        return undefined(NO_PAIRS)
    if not measured.expected > 0:
        return undefined(ONE_VALUE, pairable.n_units)
    value = 1.0 - measured.observed / measured.expected
    left_out = left_out_alphas(pairable, level)
    return with_interval(value, left_out, pairable.units, n_units=pairable.n_units)


def left_out_alphas(pairable: Answers, level: str) -> Floats:
    """(P,) Alpha without one unit of each pattern; NaN where that leaves one value only."""
    if level == "ordinal":
        return _left_out_by_rank(pairable)
    given = pairable.units @ pairable.counts
    distances = LEVELS[level](pairable.values, given)
    return leave_out(_within(pairable, distances), pairable.counts, pairable.units, distances)


def leave_out(within: Floats, counts: Floats, units: Floats, distances: Floats) -> Floats:
    """(P,) Alpha without one of each kind of part, whose own sum of distances is `within`."""
    given = units @ counts
    reduced = given - counts
    expected = quadratic(reduced, distances)
    return _alphas(units @ within - within, expected, reduced.sum(axis=1))


def _left_out_by_rank(pairable: Answers) -> Floats:
    """Ranks change with the unit that is left out: distances are taken anew each time.

    With ranks r the distances between the answers of a unit sum to a quadratic form in r.
    """
    given = pairable.units @ pairable.counts
    spread = 2.0 * (np.diag(given) - coincidences(pairable))
    reduced = given - pairable.counts
    ranks = middle_ranks(reduced)
    own = spread_of_ranks(pairable.counts, ranks) / (pairable.sizes - 1.0)
    return _alphas(quadratic(ranks, spread) - own, spread_of_ranks(reduced, ranks), reduced.sum(axis=1))


def spread_of_ranks(counts: Floats, ranks: Floats) -> Floats:
    """Σ counts_c counts_k (rank_c - rank_k)² of each row."""
    totals = counts.sum(axis=1)
    return 2.0 * (totals * (counts * ranks**2).sum(axis=1) - (counts * ranks).sum(axis=1) ** 2)


def _within(pairable: Answers, distances: Floats) -> Floats:
    """(P,) Sum of the distances between the answers of a unit, each pair weighted 1/(m - 1)."""
    return quadratic(pairable.counts, distances) / (pairable.sizes - 1.0)


def quadratic(rows: Floats, matrix: Floats) -> Floats:
    """(P,) x' M x of each row x."""
    return ((rows @ matrix) * rows).sum(axis=1)


def _alphas(observed: Floats, expected: Floats, n: Floats) -> Floats:
    missing = np.full_like(observed, np.nan)
    # Cancellation leaves a trace where the exact difference is 0: that is "one value", not a huge ratio.
    is_defined = expected > 1e-12 * np.maximum(1.0, n)
    return 1.0 - np.divide((n - 1.0) * observed, expected, out=missing, where=is_defined)


for _level in LEVELS:
    metrics.register(f"alpha_{_level}")(partial(alpha, level=_level))
