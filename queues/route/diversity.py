"""Not the same twice: near-duplicates in a queue, and spread in a batch. Vectors in, places out.

Ties go to the lowest place. The random audit is never thinned out: its rates would be wrong.
"""

from typing import NamedTuple

import numpy as np

from queues.statistics.arrays import Floats, Numbers, floats

_BLOCK = 256  # others at once: memory is that of points x block


class Spread(NamedTuple):
    """order: the places chosen, in that order. radius: the largest distance left to the nearest chosen."""

    order: list[int]
    radius: float


class Kept(NamedTuple):
    """kept: places that stay, best first. attached: place → the kept place that stands for it."""

    kept: list[int]
    attached: dict[int, int]


def k_centre(vectors: Floats, *, chosen: list[int], k: int, is_cosine: bool = False) -> Spread:
    """k more places, each the farthest from all chosen so far: for a golden set or a cold start.

    Euclidean distance, or 1 - cosine. Source: Gonzalez 1985.
    """
    points = normalised(vectors) if is_cosine else np.asarray(vectors, dtype=np.float64)

    def distance_to(place: int) -> Floats:
        if is_cosine:
            return 1.0 - np.clip(points @ points[place], -1.0, 1.0)
        return np.linalg.norm(points - points[place], axis=1)

    nearest = np.full(len(points), np.inf)
    if is_cosine:
        nearest = np.minimum(nearest, 1.0 - largest_cosine(points, points[chosen]))
    else:
        for place in chosen:
            nearest = np.minimum(nearest, distance_to(place))
    order: list[int] = []
    taken = np.zeros(len(points), dtype=bool)
    taken[chosen] = True
    for _pick in range(min(k, int((~taken).sum()))):
        place = int(np.argmax(np.where(taken, -1.0, nearest)))
        order.append(place)
        taken[place] = True
        nearest = np.minimum(nearest, distance_to(place))
    return Spread(order, float(nearest.max()) if len(points) else 0.0)


def most_relevant_and_unlike(
    scores: Numbers, vectors: Floats, *, k: int, relevance: float = 0.7
) -> list[int]:
    """Maximal marginal relevance: relevance x score - (1 - relevance) x the largest cosine to a chosen one.

    The first is the highest score. Source: Carbonell & Goldstein 1998.
    """
    values, points = floats(scores), normalised(vectors)
    order: list[int] = []
    closest = np.full(len(values), -np.inf)
    gain = values
    for _pick in range(min(k, len(values))):
        place = int(np.argmax(gain))
        order.append(place)
        closest = np.maximum(closest, points @ points[place])
        gain = relevance * values - (1.0 - relevance) * closest
        gain[order] = -np.inf
    return order


def without_near_duplicates(scores: Numbers, vectors: Floats, *, cosine: float = 0.95) -> Kept:
    """Walk by falling score; one as close as `cosine` to a kept one is attached to the closest of them.

    Attached means counted, not dropped: it keeps its weight.
    """
    values, points = floats(scores), normalised(vectors)
    kept: list[int] = []
    attached: dict[int, int] = {}
    for place in np.argsort(-values, kind="stable").tolist():
        alike = points[kept] @ points[place]
        if kept and alike.max() >= cosine:
            attached[place] = kept[int(np.argmax(alike))]
        else:
            kept.append(place)
    return Kept(kept, attached)


def largest_cosine(points: Floats, others: Floats) -> Floats:
    """For each point the cosine of the nearest of the others, -inf when there is none. Rows of length 1."""
    largest = np.full(len(points), -np.inf)
    for start in range(0, len(others), _BLOCK):
        block = np.clip(points @ others[start : start + _BLOCK].T, -1.0, 1.0)
        largest = np.maximum(largest, block.max(axis=1))
    return largest


def normalised(vectors: Floats) -> Floats:
    """Each row at length 1; a row of zeros stays, and is like nothing."""
    points = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return points / np.where(lengths > 0.0, lengths, 1.0)
