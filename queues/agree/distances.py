"""How far apart two answers are, at each level of measurement (squared where the level says so).

Sources: Krippendorff 2011; Passonneau 2006 (MASI). Each takes the V values in the order of the scale and
how often each was given, and returns (V, V) distances with zeros on the diagonal.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from queues.statistics.arrays import Floats

Distance = Callable[[Sequence[Any], Floats], Floats]


def nominal(values: Sequence[Any], _given: Floats) -> Floats:
    """0 for the same, 1 for any other."""
    return 1.0 - np.eye(len(values))


def ordinal(_values: Sequence[Any], given: Floats) -> Floats:
    """How many answers lie between the two, squared: the difference of their middle ranks."""
    ranks = middle_ranks(given)
    return (ranks[:, None] - ranks[None, :]) ** 2


def middle_ranks(given: Floats) -> Floats:
    """The rank of each value when all answers stand in a row; along the last axis."""
    return np.cumsum(given, axis=-1) - given / 2.0


def interval(values: Sequence[Any], _given: Floats) -> Floats:
    """The difference, squared."""
    numbers = np.array(values, dtype=float)
    return (numbers[:, None] - numbers[None, :]) ** 2


def ratio(values: Sequence[Any], _given: Floats) -> Floats:
    """The difference as a share of the sum, squared; 0 for two zeros."""
    numbers = np.array(values, dtype=float)
    sums = numbers[:, None] + numbers[None, :]
    differences = numbers[:, None] - numbers[None, :]
    return np.divide(differences, sums, out=np.zeros_like(sums), where=sums != 0) ** 2


def jaccard(values: Sequence[Any], _given: Floats) -> Floats:
    """Sets: 1 - what both hold of what either holds. Not squared."""
    return _of_sets(values, jaccard_distance)


def masi(values: Sequence[Any], _given: Floats) -> Floats:
    """Sets: as Jaccard, with a larger distance where neither contains the other. Not squared."""
    return _of_sets(values, masi_distance)


def jaccard_distance(one: frozenset[Any], other: frozenset[Any]) -> float:
    """0 for equal sets, two empty ones among them, up to 1 for sets without a common member."""
    return 1.0 - _overlap(one, other)


def masi_distance(one: frozenset[Any], other: frozenset[Any]) -> float:
    """1 - Jaccard × 1 for equal sets, .67 where one holds the other, .33 for an overlap, 0 for none."""
    if one == other:
        return 0.0
    if one <= other or other <= one:
        return 1.0 - _overlap(one, other) * 2.0 / 3.0
    return 1.0 - _overlap(one, other) / 3.0


def _overlap(one: frozenset[Any], other: frozenset[Any]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _of_sets(values: Sequence[Any], distance: Callable[[Any, Any], float]) -> Floats:
    return np.array([[distance(one, other) for other in values] for one in values]).reshape(
        len(values), len(values)
    )


LEVELS: dict[str, Distance] = {
    "nominal": nominal,
    "ordinal": ordinal,
    "interval": interval,
    "ratio": ratio,
    "jaccard": jaccard,
    "masi": masi,
}
