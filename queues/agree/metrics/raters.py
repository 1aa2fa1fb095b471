"""One person against the rest, and what agreement would be without them.

What is known of a person: (pattern of a unit, what they said on it) → number of such units.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from queues.agree.distances import LEVELS
from queues.agree.jackknife import with_interval
from queues.agree.metric import FEW_UNITS, NO_PAIRS, ONE_VALUE, Figure, undefined
from queues.agree.metrics.alpha import alpha
from queues.agree.patterns import Answer, Answers, Histogram, Pattern, answers_of, without_rater
from queues.statistics.arrays import Floats

Gave = Mapping[tuple[Pattern, Answer], int]


def alpha_without(histogram: Histogram, gave: Gave, *, values: tuple[Answer, ...], level: str) -> Figure:
    """Alpha of the same units without one person. Higher than alpha: their answers lower it."""
    return alpha(answers_of(without_rater(histogram, gave), values), level)


def against_rest(answers: Answers, gave: Gave, *, level: str) -> float | None:
    """1 - the mean distance of a person's answers to those of the others, over the expected distance.

    On the scale of alpha. None where they share no unit with anyone, or only one value was ever used.
    """
    return against_rest_figure(answers, gave, level=level).value


def against_rest_figure(answers: Answers, gave: Gave, *, level: str) -> Figure:
    """The same with its interval: the jackknife over the units that the person shares with somebody."""
    shared = {key: n for key, n in gave.items() if len(key[0]) > 1}
    pairable = answers.pairable()
    given = pairable.units @ pairable.counts
    if not shared or not len(given):
        return undefined(NO_PAIRS)
    column = {value: place for place, value in enumerate(answers.values)}
    met = [_Met(column[answer], _others(pattern, answer, column), _counts(pattern, column), n)
           for (pattern, answer), n in shared.items()]  # fmt: skip
    together = np.zeros((len(column), len(column)))
    for one in met:
        together[one.said] += one.n * one.others
    n_shared = sum(shared.values())
    found = _Against(together, n_shared, given, answers.values, level)
    value = _agreement(found)
    if value is None:
        return undefined(ONE_VALUE, n_shared)
    if n_shared == 1:
        return Figure(value, 1, why=FEW_UNITS)
    left_out = (_left_out_by_rank if level == "ordinal" else _left_out)(met, found)
    units = np.array([one.n for one in met], dtype=float)
    return with_interval(value, left_out, units, n_units=n_shared)


class _Met(NamedTuple):
    """Units that are alike: the column of what the person said, the others' answers as shares, all answers
    as counts, and how many such units there are.
    """

    said: int
    others: Floats
    counts: Floats
    n: int


class _Against(NamedTuple):
    """A person against the others. together: (V, V) what they said, what others said: how often; n_shared:
    their units; given: (V,) all answers of everybody.
    """

    together: Floats
    n_shared: int
    given: Floats
    values: tuple[Answer, ...]
    level: str

    def without(self, one: _Met) -> "_Against":
        """With one such unit less."""
        together = self.together.copy()
        together[one.said] -= one.others
        return self._replace(together=together, n_shared=self.n_shared - 1, given=self.given - one.counts)


def _left_out(met: Sequence[_Met], whole: _Against) -> Floats:
    """(P,) The figure without one unit of each kind, all at once: the distances stay as they are."""
    distances = LEVELS[whole.level](whole.values, whole.given)
    said = np.array([one.said for one in met])
    others, counts = np.array([one.others for one in met]), np.array([one.counts for one in met])
    observed = (whole.together * distances).sum() - (distances[said] * others).sum(axis=1)
    reduced = whole.given - counts
    n = reduced.sum(axis=1)
    expected = ((reduced @ distances) * reduced).sum(axis=1) / np.maximum(n * (n - 1.0), 1.0)
    missing = np.full_like(observed, np.nan)
    shares = np.divide(observed / (whole.n_shared - 1), expected, out=missing, where=expected > 1e-12)
    return 1.0 - shares


def _left_out_by_rank(met: Sequence[_Met], whole: _Against) -> Floats:
    """The same where distances are of ranks, which change with each unit that is left out."""
    left_out = (_agreement(whole.without(one)) for one in met)
    return np.array([float("nan") if value is None else value for value in left_out])


def _counts(pattern: Pattern, column: Mapping[Answer, int]) -> Floats:
    counts = np.zeros(len(column))
    for answer in pattern:
        counts[column[answer]] += 1.0
    return counts


def _others(pattern: Pattern, answer: Answer, column: Mapping[Answer, int]) -> Floats:
    counts = _counts(pattern, column)
    counts[column[answer]] -= 1.0
    return counts / (len(pattern) - 1)


def _agreement(one: _Against) -> float | None:
    """None where all answers are one value: nothing is expected to differ."""
    n = float(one.given.sum())
    distances = LEVELS[one.level](one.values, one.given)
    expected = float(one.given @ distances @ one.given) / (n * (n - 1.0)) if n > 1.0 else 0.0
    if not expected > 1e-12:
        return None
    return 1.0 - float((one.together * distances).sum()) / one.n_shared / expected
