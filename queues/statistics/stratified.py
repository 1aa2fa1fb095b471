"""The stratified rate: where exactly two strata exist, the interval can be narrower than Hájek's.

Take-all: everything that a deterministic rule picked (pi = 1). Audit: the rest, drawn with one rate.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import fsum, sqrt
from typing import NamedTuple, TypeVar

from queues.statistics.proportions import Interval, wilson
from queues.statistics.response import Picked

Key = TypeVar("Key", bound=Hashable)


class Stratum(NamedTuple):
    """size: predictions in it (estimated); rate with its interval; picked: how many of it were."""

    size: float
    rate: float
    low: float
    high: float
    picked: int
    pi: float


@dataclass(frozen=True, slots=True)
class StratifiedRate:
    """The rate over both strata, with its 95 % interval."""

    rate: float
    low: float
    high: float
    take_all: Stratum
    audit: Stratum


def stratified_rate(rows: Iterable[Picked[Key]], *, population: int | None = None) -> StratifiedRate | None:
    """None unless the reviewed items fall into exactly two strata, one of which is take-all.

    population: how many predictions there were; else the audit's own number of draws says how large its
    stratum is, and that it is an estimate widens the interval. Interval: MOVER (Zou & Donner 2008) over
    Wilson's of the two strata, with the finite population correction in take-all, which is all known when
    all of it was reviewed.
    """
    by_pi: dict[float, list[Picked[Key]]] = {}
    for row in rows:
        if row.reviewed and row.pi > 0.0:
            by_pi.setdefault(row.pi, []).append(row)
    if len(by_pi) != 2 or max(by_pi) != 1.0:
        return None
    audit_pi = min(by_pi)
    taken = _stratum(by_pi[1.0], 1.0, is_finite=True)
    audit = _stratum(by_pi[audit_pi], audit_pi, is_finite=False)
    if population is not None:
        audit = audit._replace(size=max(0.0, population - taken.size))
    whole = taken.size + audit.size
    a, b = taken.size / whole, audit.size / whole
    rate = a * taken.rate + b * audit.rate
    of_share = (
        0.0 if population is not None else _share_variance(taken, audit) * (audit.rate - taken.rate) ** 2
    )
    down = sqrt((a * (taken.rate - taken.low)) ** 2 + (b * (audit.rate - audit.low)) ** 2 + of_share)
    up = sqrt((a * (taken.high - taken.rate)) ** 2 + (b * (audit.high - audit.rate)) ** 2 + of_share)
    return StratifiedRate(rate, max(0.0, rate - down), min(1.0, rate + up), taken, audit)


def _stratum(rows: list[Picked[Key]], pi: float, *, is_finite: bool) -> Stratum:
    """Cells of unequal response are weighted by what was picked in each."""
    picked = sum(row.picked for row in rows)
    rate = fsum(row.picked * row.positives / row.reviewed for row in rows) / picked
    n = picked**2 / fsum(row.picked**2 / row.reviewed for row in rows)
    if is_finite and n >= picked:
        ends = Interval(rate, rate)
    else:
        ends = wilson(rate, n / (1.0 - n / picked) if is_finite else n)
    return Stratum(picked / pi, rate, *ends, picked, pi)


def _share_variance(taken: Stratum, audit: Stratum) -> float:
    """Variance of the audit stratum's share of all, when its size is its number of draws / pi."""
    of_size = audit.picked * (1.0 - audit.pi) / audit.pi**2
    return of_size * taken.size**2 / (taken.size + audit.size) ** 4
