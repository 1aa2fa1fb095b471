"""Which predictions a selection takes: pure, from vectors and scores to places."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from queues.route.diversity import (
    k_centre,
    largest_cosine,
    most_relevant_and_unlike,
    normalised,
    without_near_duplicates,
)
from queues.statistics.arrays import Floats

ALIKE = 0.95  # cosine from which two say nearly the same


class Chosen(NamedTuple):
    """places: chosen, best first. alike: places left out because they say nearly what another one says."""

    places: list[int]
    alike: list[int]


def by_coverage(vectors: Floats, *, known: Sequence[int], size: int) -> Chosen:
    """Each the farthest from all chosen so far and from the known ones, which people see anyway."""
    order = k_centre(vectors, chosen=list(known), k=size, is_cosine=True).order
    return _unlike(order, vectors, known)


def by_relevance(
    scores: Sequence[float], vectors: Floats, *, known: Sequence[int], size: int, relevance: float
) -> Chosen:
    """The highest scores that are unlike each other; a score counts by its rank (0..1) among all."""
    ranks = _ranks(scores)
    taken = set(known)
    free = [place for place in range(len(ranks)) if place not in taken]
    order = most_relevant_and_unlike(ranks[free], vectors[free], k=size, relevance=relevance)
    return _unlike([free[place] for place in order], vectors, known)


def _unlike(order: list[int], vectors: Floats, known: Sequence[int]) -> Chosen:
    """The order without what says nearly the same as a known one, or as one before it."""
    points = normalised(vectors)
    news = largest_cosine(points[order], points[list(known)]) < ALIKE
    fresh = [place for place, is_news in zip(order, news, strict=True) if is_news]
    falling = np.arange(len(fresh), 0, -1, dtype=np.float64)
    kept = set(without_near_duplicates(falling, points[fresh], cosine=ALIKE).kept)
    chosen = [place for rank, place in enumerate(fresh) if rank in kept]
    return Chosen(chosen, [place for place in order if place not in set(chosen)])


def _ranks(scores: Sequence[float]) -> Floats:
    """The share of scores that are no higher, its own among them; equal scores have equal ranks."""
    values = np.asarray(scores, dtype=np.float64)
    return np.searchsorted(np.sort(values), values, side="right") / max(1, len(values))
