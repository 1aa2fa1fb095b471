"""Rates over all traffic from the part that was reviewed, each weighted by 1 / pi."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import NamedTuple

from queues.statistics.proportions import wilson


class Group(NamedTuple):
    """n reviewed predictions that had the same pi (0 < pi <= 1), `positives` of them positive."""

    pi: float
    n: int
    positives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedRate:
    """A rate over all traffic with its 95 % interval.

    n, naive: how many were reviewed and the rate among them, which selection distorts: show it only under
    that name. total: the estimated number of positives; population: the estimated number of predictions (N
    hat). ht, se_ht: Horvitz-Thompson, None when the true population is not known. n_eff: effective size.
    """

    n: int
    naive: float
    total: float
    population: float
    hajek: float
    se_hajek: float
    low: float
    high: float
    n_eff: float
    ht: float | None
    se_ht: float | None


def weighted_rate(
    positives: Sequence[bool], pis: Sequence[float], *, population: int | None = None
) -> WeightedRate | None:
    """Hájek's estimate r = sum(y/pi) / sum(1/pi), with Wilson's interval on the effective sample size.

    positives, pis: one per reviewed prediction, 0 < pi <= 1. population: how many there truly were.
    None when nothing was reviewed. Source: R survey's Poisson sampling (methods.md 2.10).
    """
    rows = (Group(pi, 1, int(positive)) for positive, pi in zip(positives, pis, strict=True))
    return rate_of_groups(rows, population=population)


def rate_of_groups(groups: Iterable[Group], *, population: int | None = None) -> WeightedRate | None:
    """The same from counts: what a database can sum up, instead of a row for each prediction."""
    found = [group for group in groups if group.n]
    if not found:
        return None
    if not all(0.0 < group.pi <= 1.0 for group in found):
        raise ValueError("a reviewed prediction had a probability above 0 and at most 1 of being reviewed")
    n_hat = fsum(group.n / group.pi for group in found)
    total = fsum(group.positives / group.pi for group in found)
    rate = total / n_hat
    n_eff = n_hat**2 / fsum(group.n / group.pi**2 for group in found)
    n = sum(group.n for group in found)
    return WeightedRate(
        n=n,
        naive=sum(group.positives for group in found) / n,
        total=total,
        population=n_hat,
        hajek=rate,
        se_hajek=_poisson_se(found, rate) / n_hat,
        **wilson(rate, n_eff)._asdict(),
        n_eff=n_eff,
        ht=total / population if population else None,
        se_ht=_poisson_se(found, 0.0) / population if population else None,
    )


def _poisson_se(groups: Sequence[Group], rate: float) -> float:
    """Standard error of sum((y - rate)/pi) when each row was drawn by itself with probability pi."""
    return sqrt(
        fsum(
            (1.0 - pi) / pi**2 * (positives * (1.0 - rate) ** 2 + (n - positives) * rate**2)
            for pi, n, positives in groups
        )
    )
