"""Rates over all traffic from the part that was reviewed, each weighted by 1 / pi. Pure numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

Z_95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedRate:
    """A rate over all traffic with its 95 % interval.

    naive: the rate among what was reviewed, which selection distorts: show it only under that name.
    total: the estimated number of positives; population: the estimated number of predictions (N hat).
    ht, se_ht: Horvitz-Thompson, None when the true population is not known. n_eff: effective sample size.
    """

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
    if not pis:
        return None
    if min(pis) <= 0.0 or max(pis) > 1.0:
        raise ValueError("a reviewed prediction had a probability above 0 and at most 1 of being reviewed")
    weights = [1.0 / pi for pi in pis]
    n_hat = fsum(weights)
    total = fsum(w for w, y in zip(weights, positives, strict=True) if y)
    rate = total / n_hat
    n_eff = n_hat**2 / fsum(w * w for w in weights)
    low, high = wilson(rate, n_eff)
    return WeightedRate(
        naive=sum(map(bool, positives)) / len(pis),
        total=total,
        population=n_hat,
        hajek=rate,
        se_hajek=_poisson_se(weights, [float(y) - rate for y in positives]) / n_hat,
        low=low,
        high=high,
        n_eff=n_eff,
        ht=total / population if population else None,
        se_ht=_poisson_se(weights, [float(y) for y in positives]) / population if population else None,
    )


def wilson(rate: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a rate seen in n (> 0, need not be whole) draws; within 0..1."""
    centre = rate + z * z / (2.0 * n)
    half = z * sqrt(rate * (1.0 - rate) / n + z * z / (4.0 * n * n))
    scale = 1.0 + z * z / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def _poisson_se(weights: Sequence[float], values: Sequence[float]) -> float:
    """Standard error of sum(w v) when each row was drawn by itself with probability 1/w."""
    return sqrt(fsum((1.0 - 1.0 / w) * (w * v) ** 2 for w, v in zip(weights, values, strict=True)))
