"""A quantile of what was measured, with an interval that assumes nothing of its distribution."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from queues.statistics.proportions import binomial_quantile


@dataclass(frozen=True, slots=True)
class Quantile:
    """The value below which a share of n measurements lies. low, high: None where n is too small for 95 %."""

    value: float
    n: int
    low: float | None
    high: float | None


def quantile(values: Sequence[float], share: float) -> Quantile | None:
    """None of nothing. The interval goes from one order statistic to another: how many lie below the true
    quantile is binomial (David & Nagaraja 2003, 7.1), so it covers at least 95 %.
    """
    n = len(values)
    if not n:
        return None
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    value = float(np.quantile(ordered, share))
    below, above = _ends(n, share)
    low = float(ordered[below]) if below >= 0 else None
    high = float(ordered[above]) if above < n else None
    return Quantile(value, n, low, high)


@lru_cache(maxsize=4096)
def _ends(n: int, share: float) -> tuple[int, int]:
    """Between which places, from 0, the quantile lies: outside of each with at most 2.5 %."""
    return binomial_quantile(0.025, n, share) - 1, binomial_quantile(0.975, n, share)
