"""Agreement on marked places of a text: alpha of its characters, and how many marks two people share.

Positions of one text depend on each other, so the interval leaves out whole texts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from queues.agree.jackknife import with_interval
from queues.agree.metric import FEW_UNITS, NO_PAIRS, ONE_VALUE, Figure, undefined
from queues.agree.metrics.alpha import coincidences, leave_out
from queues.agree.patterns import Pattern, answers_of, pattern_of

Category = str
Label = tuple[Category, ...]  # all categories of a position, in order; empty where nothing is marked


class Span(NamedTuple):
    """Code points or tokens, `end` exclusive."""

    start: int
    end: int
    category: Category


@dataclass(frozen=True, slots=True)
class Marked:
    """One text of `length` positions and what each person marked in it; nothing is an answer, too."""

    length: int
    spans: Mapping[str, Sequence[Span]] = field(default_factory=dict)


def position_alpha(texts: Sequence[Marked]) -> Figure:
    """Nominal alpha of the label of each position, with the jackknife's interval over texts."""
    parts = [histogram for text in texts if len(text.spans) > 1 and (histogram := _positions(text))]
    if not parts:
        return undefined(NO_PAIRS)
    values = sorted({label for part in parts for pattern in part for label in pattern})
    counted = [answers_of(part, values) for part in parts]
    counts = np.array([part.units @ part.counts for part in counted])
    tables = [coincidences(part) for part in counted]
    within = np.array([table.sum() - np.trace(table) for table in tables])
    distances = 1.0 - np.eye(len(values))
    given = counts.sum(axis=0)
    expected = float(given @ distances @ given)
    if not expected:
        return undefined(ONE_VALUE, len(parts))
    value = 1.0 - (given.sum() - 1.0) * within.sum() / expected
    ones = np.ones(len(parts))
    return with_interval(value, leave_out(within, counts, ones, distances), ones, n_units=len(parts))


def _positions(text: Marked) -> dict[Pattern, int]:
    """Pattern of labels → how many positions have it. Cut where a mark begins or ends: O(marks²)."""
    spans = [span for marks in text.spans.values() for span in marks]
    inside = {place for span in spans for place in (span.start, span.end) if 0 < place < text.length}
    cuts = sorted({0, text.length} | inside)
    histogram: dict[Pattern, int] = {}
    for start, end in pairwise(cuts):
        labels = pattern_of(_label(marks, start) for marks in text.spans.values())
        histogram[labels] = histogram.get(labels, 0) + end - start
    return histogram


def _label(marks: Sequence[Span], position: int) -> Label:
    return tuple(sorted({mark.category for mark in marks if mark.start <= position < mark.end}))


def shared_marks(texts: Sequence[Marked], *, iou: float = 1.0) -> Figure:
    """F1 of the marks that any two people share: of one category, with that intersection over union or more.

    0..1, over all texts and pairs of people together, with the jackknife's interval over texts; not defined
    where nobody marked anything.
    """
    counts = np.array([_shared(text, iou) for text in texts if len(text.spans) > 1], dtype=float)
    if not len(counts):
        return undefined(NO_PAIRS)
    matched, marks = counts.T
    if not marks.sum():
        return undefined(ONE_VALUE, len(counts))
    value, left = 2.0 * matched.sum() / marks.sum(), marks.sum() - marks
    missing = np.full_like(left, np.nan)
    left_out = np.divide(2.0 * (matched.sum() - matched), left, out=missing, where=left > 0)
    if len(counts) == 1:
        return Figure(float(value), 1, why=FEW_UNITS)
    return with_interval(value, left_out, np.ones(len(counts)), n_units=len(counts), floor=0.0)


def _shared(text: Marked, iou: float) -> tuple[int, int]:
    """Marks that two people share, and marks of both; of all pairs of people together."""
    pairs = list(combinations(text.spans.values(), 2))
    return sum(_matches(*pair, iou) for pair in pairs), sum(len(one) + len(other) for one, other in pairs)


def _matches(ones: Sequence[Span], others: Sequence[Span], iou: float) -> int:
    """Each mark is used once, the best fits first."""
    fits = sorted(
        (
            (-_iou(one, other), i, j)
            for i, one in enumerate(ones)
            for j, other in enumerate(others)
            if one.category == other.category and _iou(one, other) >= iou
        ),
    )
    used_ones: set[int] = set()
    used_others: set[int] = set()
    for _fit, i, j in fits:
        if i not in used_ones and j not in used_others:
            used_ones.add(i)
            used_others.add(j)
    return len(used_ones)


def _iou(one: Span, other: Span) -> float:
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(0, common) / (max(one.end, other.end) - min(one.start, other.start))
