"""Proportions with their intervals, and the difference of two.

Sources: Wilson 1927; Clopper & Pearson 1934; Brown, Cai & DasGupta 2001 (Jeffreys); Newcombe 1998, method
10; exact tests as R's binom.test and fisher.test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, gammaln, ndtri, xlog1py, xlogy

from queues.statistics.arrays import Floats

Z_95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution
# Outcomes as likely as the one seen count as extreme, although rounding made them differ (R's constant).
_AS_LIKELY = 1.0 + 1e-7


class Interval(NamedTuple):
    """The two ends, low <= high."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Proportion:
    """k of n, with Wilson's 95 % interval."""

    k: float
    n: float
    rate: float
    low: float
    high: float


class Difference(NamedTuple):
    """rate 1 - rate 2, Newcombe's 95 % interval, and Fisher's exact two-sided p of "no difference"."""

    difference: float
    low: float
    high: float
    p: float


def proportion(k: float, n: float) -> Proportion | None:
    """k of n with its interval; None of nothing. n may be an effective size, and k = rate x n with it."""
    return None if n <= 0 else Proportion(k, n, k / n, *wilson(k / n, n))


def wilson(rate: float, n: float, z: float = Z_95) -> Interval:
    """Wilson's score interval of a rate seen in n (> 0, need not be whole) draws; within 0..1."""
    centre = rate + z * z / (2.0 * n)
    half = z * sqrt(max(0.0, rate * (1.0 - rate)) / n + z * z / (4.0 * n * n))
    scale = 1.0 + z * z / n
    low, high = (centre - half) / scale, (centre + half) / scale
    return Interval(max(0.0, min(rate, low)), min(1.0, max(rate, high)))  # rounding parts them at 0 and 1


def clopper_pearson(k: float, n: float, confidence: float = 0.95) -> Interval:
    """The exact interval, never too narrow. k and n > 0 may be effective sizes (Korn & Graubard 1998)."""
    tail = (1.0 - confidence) / 2.0
    low = float(betaincinv(k, n - k + 1.0, tail)) if k > 0 else 0.0
    return Interval(low, upper_bound(k, n, 1.0 - tail))


def upper_bound(k: float, n: float, confidence: float = 0.95) -> float:
    """Clopper-Pearson's one-sided upper bound: the rate is below it with at least this confidence."""
    return float(betaincinv(k + 1.0, n - k, confidence)) if k < n else 1.0


def jeffreys(k: float, n: float, confidence: float = 0.95) -> Interval:
    """Equal-tailed under the prior Beta(1/2, 1/2); 0 and 1 are its ends when nothing or all is seen."""
    tail = (1.0 - confidence) / 2.0
    a, b = k + 0.5, n - k + 0.5
    low = float(betaincinv(a, b, tail)) if k > 0 else 0.0
    return Interval(low, float(betaincinv(a, b, 1.0 - tail)) if k < n else 1.0)


def z_of(confidence: float) -> float:
    """The z of a two-sided normal interval, as 1.96 for 0.95."""
    return float(ndtri((1.0 + confidence) / 2.0))


def difference(k1: int, n1: int, k2: int, n2: int) -> Difference | None:
    """How far two independent proportions are apart; None when one of them is of nothing."""
    if not n1 or not n2:
        return None
    p1, p2 = k1 / n1, k2 / n2
    one, two = wilson(p1, n1), wilson(p2, n2)
    apart = p1 - p2
    low = apart - sqrt((p1 - one.low) ** 2 + (two.high - p2) ** 2)
    high = apart + sqrt((one.high - p1) ** 2 + (p2 - two.low) ** 2)
    return Difference(apart, low, high, fisher_p(k1, n1, k2, n2))


def fisher_p(k1: int, n1: int, k2: int, n2: int) -> float:
    """Fisher's exact test of the 2 x 2 table: all tables with its margins that are not more likely."""
    k = k1 + k2
    x = np.arange(max(0, k - n2), min(k, n1) + 1, dtype=np.float64)
    log_p = _log_choose(n1, x) + _log_choose(n2, k - x) - _log_choose(n1 + n2, np.float64(k))
    return _two_sided(log_p, k1 - max(0, k - n2))


def binomial_p(k: int, n: int, rate: float) -> float:
    """Exact two-sided p of k in n draws under `rate`: all outcomes that are not more likely."""
    x = np.arange(n + 1, dtype=np.float64)
    return _two_sided(_log_choose(n, x) + xlogy(x, rate) + xlog1py(n - x, -rate), k)


def binomial_quantile(share: float, n: int, rate: float) -> int:
    """The smallest k with P(at most k of n) >= share."""
    x = np.arange(n + 1, dtype=np.float64)
    below = np.cumsum(np.exp(_log_choose(n, x) + xlogy(x, rate) + xlog1py(n - x, -rate)))
    return min(n, int(np.searchsorted(below, share * (1.0 - 1e-12))))


_log_gamma: Callable[[Floats | float], Floats] = gammaln


def _log_choose(n: float, k: Floats | np.float64) -> Floats:
    return _log_gamma(n + 1.0) - _log_gamma(k + 1.0) - _log_gamma(n - k + 1.0)


def _two_sided(log_p: Floats, seen: int) -> float:
    p = np.exp(log_p)
    return min(1.0, float(p[p <= p[seen] * _AS_LIKELY].sum()))
