"""Cohen's kappa of two people, plain or weighted, with the interval of Fleiss, Cohen and Everitt (1969).

Only for a fixed pair: with changing people use alpha.
"""

from collections.abc import Iterable, Sequence
from math import sqrt

import numpy as np

from queues.agree.metric import FEW_UNITS, MIN_UNITS, NO_PAIRS, ONE_VALUE, PERFECT, Figure, undefined
from queues.agree.patterns import Answer
from queues.statistics.arrays import Floats
from queues.statistics.proportions import Z_95

WEIGHTS = ("equal", "linear", "quadratic")


def cohen_kappa(table: Floats, weights: str = "equal") -> Figure:
    """table: (V, V), on how many units the first person said the row's value and the second the column's."""
    n = int(table.sum())
    if not n:
        return undefined(NO_PAIRS)
    shares = table / n
    agreement = _weights(len(table), weights)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, by_chance = (agreement * shares).sum(), rows @ agreement @ columns
    if not by_chance < 1.0 - 1e-12:
        return undefined(ONE_VALUE, n)
    value = float((observed - by_chance) / (1.0 - by_chance))
    if observed == 1.0 or value == 1.0:
        return Figure(1.0, n, why=PERFECT, se=0.0, at_least=0.05 ** (1.0 / n))
    means = (agreement @ columns)[:, None] + (rows @ agreement)[None, :]
    spread = (shares * (agreement * (1.0 - by_chance) - means * (1.0 - observed)) ** 2).sum()
    excess = (observed * by_chance - 2.0 * by_chance + observed) ** 2
    se = sqrt(max(0.0, float(spread - excess)) / n) / float(1.0 - by_chance) ** 2
    if n < MIN_UNITS:
        return Figure(value, n, why=FEW_UNITS, se=se)
    return Figure(value, n, max(-1.0, value - Z_95 * se), min(1.0, value + Z_95 * se), se=se)


def table_of(both: Iterable[tuple[Answer, Answer]], values: Sequence[Answer]) -> Floats:
    """What the first person said of each unit and what the second, counted: as `cohen_kappa` takes it."""
    place = {value: number for number, value in enumerate(values)}
    table = np.zeros((len(place), len(place)))
    for one, other in both:
        table[place[one], place[other]] += 1.0
    return table


def _weights(q: int, kind: str) -> Floats:
    """(q, q) How much two values count as the same: 1 on the diagonal."""
    if kind == "equal":
        return np.eye(q)
    steps = np.abs(np.subtract.outer(np.arange(q), np.arange(q))) / max(1, q - 1)
    return 1.0 - (steps if kind == "linear" else steps**2)
