"""Dawid and Skene (1979): what each unit probably is, and how each person errs, found from answers alone.

Expectation and maximisation take turns: from what the units probably are follows how often each person says
what of which class; from that follows what the units are. It begins with the shares of the answers.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from queues.agree.patterns import Answer
from queues.statistics.arrays import Floats

MOST_ROUNDS = 200
TOLERANCE = 1e-8  # of the log-likelihood per answer: smaller gains end the search
_LEAST = 1e-10  # an error never seen is not impossible


class Rating(NamedTuple):
    """One answer of one person to one unit. Several of one person to one unit count each."""

    unit: Hashable
    person: Hashable
    answer: Answer


@dataclass(frozen=True, slots=True)
class Estimate:
    """values: the V answers. units: their ids; posterior: (U, V) the chance that the unit is each of them.

    prior: (V,) how common each is. people: their ids; confusion: (R, V, V) of what truly is the row's value,
    the share to which the person gives the column's. expected: (R, V) how many units of each class the person
    probably saw. has_settled: the search ended by itself.
    """

    values: tuple[Answer, ...]
    units: tuple[Hashable, ...]
    posterior: Floats
    prior: Floats
    people: tuple[Hashable, ...]
    confusion: Floats
    expected: Floats
    has_settled: bool

    def of(self, unit: Hashable) -> dict[Answer, float]:
        """Value → how probable it is that this unit is that."""
        row = self.posterior[self.units.index(unit)]
        return dict(zip(self.values, (float(p) for p in row), strict=True))


def dawid_skene(ratings: Iterable[Rating], values: Sequence[Answer]) -> Estimate:
    """values: every possible answer. Raises ValueError without a rating, KeyError for one not in `values`.

    Checked against crowd-kit 1.4.2, and the patients of the paper.
    """
    given = list(ratings)
    if not given:
        raise ValueError("nobody has answered anything")
    units, unit = _numbered(one.unit for one in given)
    people, person = _numbered(one.person for one in given)
    column = {value: place for place, value in enumerate(values)}
    label = np.array([column[one.answer] for one in given])
    posterior = _shares(unit, label, (len(units), len(values)))
    seen, has_settled = -np.inf, False
    for _round in range(MOST_ROUNDS):
        prior, confusion, expected = _errors(posterior, unit, person, label, len(people))
        posterior, likelihood = _classes(prior, confusion, unit, person, label, len(units))
        if likelihood - seen < TOLERANCE * len(given):
            has_settled = True
            break
        seen = likelihood
    prior, confusion, expected = _errors(posterior, unit, person, label, len(people))
    return Estimate(tuple(values), units, posterior, prior, people, confusion, expected, has_settled)


Places = NDArray[np.int_]


def _numbered(ids: Iterable[Hashable]) -> tuple[tuple[Hashable, ...], Places]:
    """The distinct ids in order of appearance, and the number of each."""
    numbers: dict[Hashable, int] = {}
    places = [numbers.setdefault(one, len(numbers)) for one in ids]
    return tuple(numbers), np.array(places)


def _shares(unit: Places, label: Places, shape: tuple[int, int]) -> Floats:
    """(U, V) The share of each unit's answers that say each value."""
    counts = np.zeros(shape)
    np.add.at(counts, (unit, label), 1.0)
    return counts / counts.sum(axis=1, keepdims=True)


def _errors(
    posterior: Floats, unit: Places, person: Places, label: Places, n_people: int
) -> tuple[Floats, Floats, Floats]:
    """How common each class is, how each person errs, and how much each saw of each class."""
    n_values = posterior.shape[1]
    place = person * n_values + label
    said = _summed(posterior[unit], place, n_people * n_values)  # (person, what they said), what it is
    counted = said.reshape(n_people, n_values, n_values).transpose(0, 2, 1)
    expected = counted.sum(axis=2)
    bounded = np.maximum(counted, _LEAST)
    return posterior.mean(axis=0), bounded / bounded.sum(axis=2, keepdims=True), expected


def _classes(
    prior: Floats, confusion: Floats, unit: Places, person: Places, label: Places, n_units: int
) -> tuple[Floats, float]:
    """What each unit probably is, given how people err; and the log-likelihood of all answers."""
    logs = _summed(np.log(confusion)[person, :, label], unit, n_units)
    logs += np.log(np.maximum(prior, _LEAST))
    highest = logs.max(axis=1, keepdims=True)
    weights = np.exp(logs - highest)
    total = weights.sum(axis=1, keepdims=True)
    return weights / total, float((highest + np.log(total)).sum())


def _summed(rows: Floats, place: Places, n_places: int) -> Floats:
    """(n_places, V) The sum of the rows that belong to each place."""
    columns = [np.bincount(place, weights=column, minlength=n_places) for column in rows.T]
    return np.stack(columns, axis=1)
