"""Each of several groups against all others together: who differs, and is not merely one of many."""

from collections.abc import Sequence
from dataclasses import dataclass

from queues.statistics.multiple import benjamini_hochberg
from queues.statistics.proportions import Proportion, fisher_p, proportion

SIGNIFICANT = 0.05  # share of false findings among those singled out


@dataclass(frozen=True, slots=True)
class Compared:
    """k of n, beside the rate of all others. p: Fisher's exact, two-sided; q: after Benjamini and Hochberg.

    A funnel compares with everybody together, so that one of few groups pulls the common rate towards
    itself and hides; here it is left out of what it is held against.
    """

    own: Proportion
    rest: Proportion
    p: float
    q: float

    @property
    def is_more(self) -> bool:
        """More often than the others, beyond what chance and many comparisons explain."""
        return self.q <= SIGNIFICANT and self.own.rate > self.rest.rate


def against_rest(counts: Sequence[tuple[int, int]]) -> list[Compared | None]:
    """(k, n) per group, in that order; None for a group of nothing, or beside which there is nothing."""
    all_k, all_n = (sum(count[place] for count in counts) for place in (0, 1))
    sides = [
        (proportion(k, n), proportion(all_k - k, all_n - n), fisher_p(k, n, all_k - k, all_n - n))
        if 0 < n < all_n
        else None
        for k, n in counts
    ]
    compared = [side for side in sides if side is not None]
    q = iter(benjamini_hochberg([p for _own, _rest, p in compared]) if compared else ())
    return [_compared(*side, float(next(q))) if side is not None else None for side in sides]


def _compared(own: Proportion | None, rest: Proportion | None, p: float, q: float) -> Compared | None:
    return None if own is None or rest is None else Compared(own, rest, p, q)
