"""One person against the rest, and what agreement would be without them.

What is known of a person: (pattern of a unit, what they said on it) → number of such units. All persons
are held against the same patterns, which are laid out once; what one person changes is taken off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from queues.agree.distances import LEVELS, middle_ranks
from queues.agree.jackknife import with_interval
from queues.agree.metric import FEW_UNITS, NO_PAIRS, ONE_VALUE, Figure, undefined
from queues.agree.metrics.alpha import alpha, quadratic, spread_of_ranks
from queues.agree.patterns import Answer, Answers, Histogram, Pattern, answers_of
from queues.statistics.arrays import Floats, Places

Gave = Mapping[tuple[Pattern, Answer], int]
_LEVEL = 1e-12  # an expected distance below this is rounding


@dataclass(frozen=True, slots=True)
class Team:
    """What several people answered together, at a level of `LEVELS`.

    rows, columns: where a pattern and a value stand in the arrays of `answers`. given: (V,) how often each
    value was given where others answered too; distances: (V, V).
    """

    answers: Answers
    level: str
    rows: Mapping[Pattern, int]
    columns: Mapping[Answer, int]
    given: Floats
    distances: Floats

    def against_rest(self, gave: Gave) -> Figure:
        """1 - the mean distance of a person's answers to the others', over the expected distance.

        On the scale of alpha, with the jackknife's interval over the units that they share with somebody.
        Not defined where they share none, or only one value was ever used.
        """
        met = self._met(gave)
        if met is None:
            return undefined(NO_PAIRS)
        n_shared = int(met.units.sum())
        together = np.zeros_like(self.distances)
        np.add.at(together, met.said, met.units[:, None] * met.others)
        observed = float((together * self.distances).sum()) / n_shared
        n = float(self.given.sum())
        expected = float(self.given @ self.distances @ self.given) / (n * (n - 1.0))
        if not expected > _LEVEL:
            return undefined(ONE_VALUE, n_shared)
        value = 1.0 - observed / expected
        if n_shared == 1:
            return Figure(value, 1, why=FEW_UNITS)
        left_out = self._left_out(met, together, n_shared)
        return with_interval(value, left_out, met.units, n_units=n_shared)

    def without(self, gave: Gave) -> Figure:
        """Alpha of the same units without one person. Higher than alpha: their answers lower it."""
        units, counts = self.answers.units.copy(), self.answers.counts
        if not gave:
            return alpha(self.answers, self.level)
        rows, said, n = self._laid_out(gave)
        np.subtract.at(units, rows, n)
        left = counts[rows]
        left[np.arange(len(rows)), said] -= 1.0
        is_there = units > 0
        rest = Answers(
            self.answers.values, np.vstack([counts[is_there], left]), np.concatenate([units[is_there], n])
        )
        return alpha(rest, self.level)

    def _laid_out(self, gave: Gave) -> tuple[Places, Places, Floats]:
        """(K,) each: the row of the pattern, the column of what they said, how many units."""
        rows = np.array([self.rows[pattern] for pattern, _said in gave])
        said = np.array([self.columns[answer] for _pattern, answer in gave])
        return rows, said, np.array(list(gave.values()), dtype=float)

    def _met(self, gave: Gave) -> "_Met | None":
        shared = {key: n for key, n in gave.items() if len(key[0]) > 1}
        if not shared:
            return None
        rows, said, n = self._laid_out(shared)
        counts = self.answers.counts[rows]
        others = counts.copy()
        others[np.arange(len(rows)), said] -= 1.0
        return _Met(said, others / others.sum(axis=1, keepdims=True), counts, n)

    def _left_out(self, met: "_Met", together: Floats, n_shared: int) -> Floats:
        """(K,) The figure without one unit of each kind, all at once; NaN where that leaves one value."""
        reduced = self.given - met.counts
        if self.level == "ordinal":  # distances are of ranks, which change with each unit that is left out
            ranks = middle_ranks(reduced)
            spread = np.diag(together.sum(axis=0) + together.sum(axis=1)) - together - together.T
            own = np.take_along_axis(ranks, met.said[:, None], axis=1)
            observed = quadratic(ranks, spread) - (met.others * (own - ranks) ** 2).sum(axis=1)
            expected = spread_of_ranks(reduced, ranks)
        else:
            within = (self.distances[met.said] * met.others).sum(axis=1)
            observed = (together * self.distances).sum() - within
            expected = quadratic(reduced, self.distances)
        n = reduced.sum(axis=1)
        expected = expected / np.maximum(n * (n - 1.0), 1.0)
        missing = np.full_like(expected, np.nan)
        return 1.0 - np.divide(observed / (n_shared - 1), expected, out=missing, where=expected > _LEVEL)


def team_of(histogram: Histogram, level: str, values: tuple[Answer, ...] | None = None) -> Team:
    """values: every possible answer in the order of the scale; without, those that were used, sorted."""
    answers = answers_of(histogram, values)
    pairable = answers.pairable()
    given = pairable.units @ pairable.counts
    return Team(
        answers,
        level,
        {pattern: row for row, pattern in enumerate(histogram)},
        {value: column for column, value in enumerate(answers.values)},
        given,
        LEVELS[level](answers.values, given),
    )


class _Met(NamedTuple):
    """Units that are alike: (K,) the column of what the person said, (K, V) the others' answers as shares,
    (K, V) all answers as counts, (K,) how many such units there are.
    """

    said: Places
    others: Floats
    counts: Floats
    units: Floats
