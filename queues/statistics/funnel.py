"""The funnel plot: who lies outside what chance allows, given how much each has done."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, sqrt

import numpy as np

from queues.statistics.arrays import Floats
from queues.statistics.multiple import benjamini_hochberg
from queues.statistics.proportions import Z_95, Interval, binomial_p, binomial_quantile

_FAR = 0.001  # the outer limits hold all but this share at each side


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One group (a person, a queue): k of n, and where it stands against the pooled rate.

    z: distance in standard errors; z_adjusted: the same, narrowed by the overdispersion of all groups.
    p: exact two-sided; q: after Benjamini-Hochberg over all groups. limits_95: normal limits at this n.
    limits_998: exact binomial limits, as rates.
    """

    k: int
    n: int
    rate: float
    z: float
    z_adjusted: float
    p: float
    q: float
    limits_95: Interval
    limits_998: Interval


@dataclass(frozen=True, slots=True)
class Funnel:
    """All points against the pooled rate. overdispersion: phi >= 1, how far they vary beyond chance."""

    pooled: float
    overdispersion: float
    points: Sequence[Point]


def funnel(counts: Sequence[tuple[int, int]], *, winsor: float = 0.1) -> Funnel | None:
    """(k, n > 0) per group; None when there is nothing to compare: no group, or the pooled rate is 0 or 1.

    phi: the mean of squared z after pulling the outer `winsor` of the z values in, so that those who are
    to be found do not hide themselves. Source: Spiegelhalter 2005.
    """
    k, n = (np.array([count[i] for count in counts], dtype=np.float64) for i in (0, 1))
    pooled = float(k.sum() / n.sum()) if counts else 0.0
    if not 0.0 < pooled < 1.0:
        return None
    errors = np.sqrt(pooled * (1.0 - pooled) / n)
    z = (k / n - pooled) / errors
    phi = max(1.0, float(np.mean(winsorised(z, winsor) ** 2)))
    p = [binomial_p(k_i, n_i, pooled) for k_i, n_i in counts]
    q = benjamini_hochberg(p)
    points = [
        Point(
            k=k_i,
            n=n_i,
            rate=k_i / n_i,
            z=float(z[i]),
            z_adjusted=float(z[i]) / sqrt(phi),
            p=p[i],
            q=float(q[i]),
            limits_95=Interval(pooled - Z_95 * float(errors[i]), pooled + Z_95 * float(errors[i])),
            limits_998=_exact_limits(n_i, pooled),
        )
        for i, (k_i, n_i) in enumerate(counts)
    ]
    return Funnel(pooled, phi, points)


def distances_from_others(counts: Sequence[tuple[int, int]], *, winsor: float = 0.1) -> list[float]:
    """Each group's distance from the rate of all others, in standard errors widened by their overdispersion.

    As `z_adjusted`, with the group left out of both: among few groups one that is far off pulls the common
    rate towards itself, makes the others look scattered, and would hide behind that. n > 0; two others at
    least.
    """
    k, n = (np.array([count[i] for count in counts], dtype=np.float64) for i in (0, 1))
    return [
        _distance(k[i], n[i], np.delete(k, i), np.delete(n, i), winsor=winsor) for i in range(len(counts))
    ]


def _distance(k: float, n: float, others_k: Floats, others_n: Floats, *, winsor: float) -> float:
    all_k, all_n = float(others_k.sum()), float(others_n.sum())
    # Where the others always did the same, half a time of either keeps the error above 0.
    pooled = all_k / all_n if 0.0 < all_k < all_n else (all_k + 0.5) / (all_n + 1.0)
    variance = pooled * (1.0 - pooled)
    z = (others_k / others_n - pooled) / np.sqrt(variance / others_n)
    phi = max(1.0, float(np.mean(winsorised(z, winsor) ** 2)))
    return float((k / n - pooled) / sqrt(phi * variance / n))


def winsorised(values: Floats, share: float) -> Floats:
    """The values with the outermost at each end (a share of them, at least one) pulled in to the next."""
    ordered = np.sort(values)
    m = len(ordered)
    cut = min(max(1, floor(share * m)), (m - 1) // 2)
    return np.clip(values, ordered[cut], ordered[m - 1 - cut])


def _exact_limits(n: int, rate: float) -> Interval:
    return Interval(binomial_quantile(_FAR, n, rate) / n, binomial_quantile(1.0 - _FAR, n, rate) / n)
