"""What a measure is worth on this traffic: does it find errors, beat length, fail somewhere? Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from queues.monitor.columns import Column, columns_of
from queues.monitor.fitting import LABELS_NEEDED, parts
from queues.monitor.labels import Label
from queues.statistics import calibration_error as calibrations
from queues.statistics.accept import Accepted, acceptance_curve
from queues.statistics.arrays import Booleans
from queues.statistics.calibration_error import Bin
from queues.statistics.calibrator import Calibrator
from queues.statistics.discrimination_intervals import (
    Comparison,
    Estimate,
    auroc_difference,
    auroc_estimate,
    prr_estimate,
)
from queues.statistics.proportions import Proportion, proportion
from queues.statistics.review_curve import Found, review_curve

LENGTHS = ("n_chars", "n_tokens")  # the baseline: the first of these that the labels have
GROUPS_AT_MOST = 20  # largest locales, and as many segments


class Says(StrEnum):
    """What the figures say of a measure, or of a measure in one group."""

    TOO_FEW = "too_few"  # fewer than LABELS_NEEDED labels, or all of them right, or all wrong
    BASELINE = "baseline"  # it is a length itself
    WORKS = "works"  # better than chance and than length
    LIKE_LENGTH = "like_length"  # better than chance, but not shown to be better than length
    LIKE_CHANCE = "like_chance"  # its interval holds one half
    FAILS = "fails"  # at or below one half: the errors are not where it points


@dataclass(frozen=True, slots=True)
class GroupWorth:
    """One locale or segment: what the audit found there, and whether the measure works there.

    labels, errors: all that were reviewed. audit: errors among those drawn at random, which no score chose.
    """

    kind: str
    name: str
    labels: int
    errors: int
    audit: Proportion | None
    auroc: Estimate | None
    says: Says


@dataclass(frozen=True, slots=True)
class Calibrated:
    """How well the curve in force keeps its word on the newest labels, which it was not fitted on."""

    method: str
    labels: int
    brier: Estimate
    ece: Estimate
    bins: Sequence[Bin]


@dataclass(frozen=True, slots=True)
class Worth:
    """One measure of one model version. Figures are None below LABELS_NEEDED labels."""

    measure: str
    labels: int
    errors: int
    says: Says
    auroc: Estimate | None
    prr: Estimate | None
    over_length: Comparison | None
    calibrated: Calibrated | None
    accepted: Sequence[Accepted]
    found: Sequence[Found]
    groups: Sequence[GroupWorth]


_STORED: TypeAdapter[Worth] = TypeAdapter(Worth)


def as_json(worth: Worth) -> dict[str, Any]:
    stored: dict[str, Any] = _STORED.dump_python(worth, mode="json")
    return stored


def from_json(stored: object) -> Worth:
    return _STORED.validate_python(stored)


class _Group(NamedTuple):
    """A locale or segment, and which labels are in it."""

    kind: str
    name: str
    holds: Booleans


class _Beside(NamedTuple):
    """What all measures are held against: length, the groups, and which labels were drawn at random."""

    length: Column | None
    groups: Sequence[_Group]
    is_audit: Booleans


def worth_of(
    labels: Sequence[Label],
    curves: Mapping[str, Calibrator],
    *,
    seen: Callable[[], object] = lambda: None,
) -> list[Worth]:
    """Every measure that the labels of one model version have. curves: in force; seen: called after each."""
    columns = columns_of(labels)
    beside = _Beside(
        length=next((columns[name] for name in LENGTHS if name in columns), None),
        groups=[*_groups(labels, "locale"), *_groups(labels, "segment")],
        is_audit=np.array([label.is_audit for label in labels], dtype=bool),
    )
    found = []
    for name, column in columns.items():
        found.append(_worth(column, beside, curves.get(name)))
        seen()
    return found


def _worth(column: Column, beside: _Beside, curve: Calibrator | None) -> Worth:
    is_enough = len(column) >= LABELS_NEEDED
    ordered = column.sorted()
    auroc = auroc_estimate(ordered) if is_enough else None
    over = _over_length(column, beside.length) if auroc else None
    return Worth(
        measure=column.measure,
        labels=len(column),
        errors=int(column.errors.sum()),
        says=_says(column.measure, auroc, over),
        auroc=auroc,
        prr=prr_estimate(ordered) if is_enough else None,
        over_length=over,
        calibrated=_calibrated(column, curve) if curve and is_enough else None,
        accepted=acceptance_curve(column.scores, column.errors, column.weights) if is_enough else [],
        found=review_curve(ordered) if is_enough else [],
        groups=[_in_group(column, group, beside.is_audit) for group in beside.groups],
    )


def _over_length(column: Column, length: Column | None) -> Comparison | None:
    """The measure's AUROC less that of length, over the labels that have both."""
    if length is None or column.measure in LENGTHS:
        return None
    mine, its = column, length
    if not np.array_equal(column.places, length.places):
        mine = column.part(np.isin(column.places, length.places))
        its = length.part(np.isin(length.places, column.places))
    return auroc_difference(mine.sorted(), its.sorted())


def _says(measure: str, auroc: Estimate | None, over: Comparison | None) -> Says:
    if auroc is None:
        return Says.TOO_FEW
    if measure in LENGTHS:
        return Says.BASELINE
    if auroc.value <= 0.5:
        return Says.FAILS
    if auroc.low <= 0.5:
        return Says.LIKE_CHANCE
    return Says.WORKS if over is None or over.low > 0.0 else Says.LIKE_LENGTH


def _calibrated(column: Column, curve: Calibrator) -> Calibrated:
    _older, newest = parts(column)
    data = calibrations.stated(curve.probabilities(newest.scores), newest.errors, newest.weights)
    return Calibrated(
        method=curve.method,
        labels=len(newest),
        brier=calibrations.brier_estimate(data),
        ece=calibrations.calibration_error_estimate(data, calibrations.equal_width(data)),
        bins=calibrations.reliability(data),
    )


def _groups(labels: Sequence[Label], kind: str) -> list[_Group]:
    """The largest groups of a kind, largest first; none when all labels are in one without a name."""
    names = [getattr(label, kind) for label in labels]
    sizes = Counter(names)
    if not any(sizes):
        return []
    largest = sorted(sizes, key=lambda name: (-sizes[name], name))[:GROUPS_AT_MOST]
    return [_Group(kind, name, np.array([one == name for one in names], dtype=bool)) for name in largest]


def _in_group(column: Column, group: _Group, is_audit: Booleans) -> GroupWorth:
    inside = group.holds[column.places]
    part, drawn = column.part(inside), column.errors[inside & is_audit[column.places]]
    auroc = auroc_estimate(part.sorted()) if len(part) >= LABELS_NEEDED else None
    return GroupWorth(
        kind=group.kind,
        name=group.name,
        labels=len(part),
        errors=int(part.errors.sum()),
        audit=proportion(int(drawn.sum()), len(drawn)),
        auroc=auroc,
        says=_says("", auroc, None),
    )
