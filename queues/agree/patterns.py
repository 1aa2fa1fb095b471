"""The pattern histogram: how many units have each multiset of answers.

Every coefficient of agreement depends on the answers only through it (docs/methods.md), so histograms of
days, queues and shards add up, and a million units cost what their few hundred patterns cost.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from queues.statistics.arrays import Floats

Answer: TypeAlias = Any  # a string, a number, a set or a tuple: whatever can be equal to another
Pattern: TypeAlias = tuple[Answer, ...]
Histogram: TypeAlias = Mapping[Pattern, int]


def pattern_of(answers: Iterable[Answer]) -> Pattern:
    """The answers of one unit without who gave them: the order of people must change nothing."""
    return tuple(sorted(answers, key=_place))


def histogram_of(units: Iterable[Iterable[Answer]]) -> dict[Pattern, int]:
    """Units, each with its answers → pattern → number of units; a unit without an answer is left out."""
    found: Counter[Pattern] = Counter()
    for answers, n in Counter(map(tuple, units)).items():  # as told: few, so that few are put in order
        found[pattern_of(answers)] += n
    return {pattern: n for pattern, n in found.items() if pattern}


def merged(histograms: Iterable[Histogram]) -> dict[Pattern, int]:
    """The histogram of all their units. Agreement of a whole is never the mean of its parts'."""
    total: Counter[Pattern] = Counter()
    for histogram in histograms:
        total.update(histogram)
    return {pattern: n for pattern, n in total.items() if n}


@dataclass(frozen=True)
class Answers:
    """A histogram as arrays, which nobody changes. What every metric takes.

    values: the V possible answers, in the order of the scale; counts: (P, V), how often each pattern holds
    each value; units: (P,), how many units have the pattern.
    """

    values: tuple[Answer, ...]
    counts: Floats
    units: Floats

    @cached_property
    def sizes(self) -> Floats:
        """(P,) Answers in a unit of each pattern."""
        return self.counts.sum(axis=1)

    @property
    def n_units(self) -> int:
        """Units with at least one answer."""
        return int(self.units.sum())

    def pairable(self) -> "Answers":
        """Only the units with two answers or more."""
        return self._pairable

    @cached_property
    def _pairable(self) -> "Answers":
        has_pair = self.sizes >= 2
        if has_pair.all():
            return self
        return Answers(self.values, self.counts[has_pair], self.units[has_pair])


def answers_of(histogram: Histogram, values: Sequence[Answer] | None = None) -> Answers:
    """values: every possible answer in the order of the scale; without, those that were used, sorted.

    Raises KeyError for an answer outside of `values`.
    """
    if values is None:
        values = sorted({answer for pattern in histogram for answer in pattern}, key=_place)
    columns = {value: column for column, value in enumerate(values)}
    counts = np.zeros((len(histogram), len(columns)))
    for row, pattern in enumerate(histogram):
        for answer in pattern:
            counts[row, columns[answer]] += 1
    return Answers(tuple(columns), counts, np.array(list(histogram.values()), dtype=float))


def _place(answer: Answer) -> tuple[bool, float, str]:
    """Numbers by size and before all else; sets by their sorted members, as equal sets print unlike."""
    if isinstance(answer, int | float):
        return (False, float(answer), "")
    if isinstance(answer, frozenset):
        return (True, 0.0, repr(sorted(answer)))
    return (True, 0.0, answer if isinstance(answer, str) else repr(answer))
