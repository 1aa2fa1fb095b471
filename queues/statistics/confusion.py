"""How good a filter is on all traffic, from reviewed flags and a random part of what it did not flag."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from queues.statistics.proportions import Interval, wilson


class Checked(NamedTuple):
    """One reviewed item: what the filter said, what people found, and the probability of its review."""

    is_flagged: bool
    violates: bool
    pi: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Estimated numbers over all traffic, each item counted 1 / pi; rates are None of nothing.

    naive_recall: what counting every reviewed item once would say; shown as a warning only, because
    unflagged items are reviewed rarely. Recall needs unflagged items with a known pi.
    """

    tp: float
    fp: float
    fn: float
    tn: float
    naive_recall: float | None
    precision_interval: Interval | None

    @property
    def precision(self) -> float | None:
        return _share(self.tp, self.tp + self.fp)

    @property
    def false_discovery_rate(self) -> float | None:
        return _share(self.fp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        return _share(self.tp, self.tp + self.fn)

    @property
    def false_negative_rate(self) -> float | None:
        return _share(self.fn, self.tp + self.fn)

    @property
    def false_positive_rate(self) -> float | None:
        return _share(self.fp, self.fp + self.tn)

    @property
    def prevalence(self) -> float | None:
        return _share(self.tp + self.fn, self.tp + self.fp + self.fn + self.tn)


def weighted_confusion(checked: Iterable[Checked]) -> Confusion:
    """True and false positives and negatives as sums of 1 / pi (0 < pi <= 1)."""
    sums = {(flag, bad): 0.0 for flag in (True, False) for bad in (True, False)}
    seen = dict.fromkeys(sums, 0)
    squares = 0.0  # of the weights of flagged items: their effective number
    for item in checked:
        if not 0.0 < item.pi <= 1.0:
            raise ValueError("a reviewed item had a probability above 0 and at most 1 of being reviewed")
        cell, weight = (item.is_flagged, item.violates), 1.0 / item.pi
        sums[cell] += weight
        seen[cell] += 1
        squares += weight**2 if item.is_flagged else 0.0
    tp, fp = sums[True, True], sums[True, False]
    flagged = tp + fp
    return Confusion(
        tp=tp,
        fp=fp,
        fn=sums[False, True],
        tn=sums[False, False],
        naive_recall=_share(seen[True, True], seen[True, True] + seen[False, True]),
        precision_interval=wilson(tp / flagged, flagged**2 / squares) if flagged else None,
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
