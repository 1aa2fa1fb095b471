"""Rates of groups pulled towards the common one: a group that did little says little about itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Shrunken:
    """rates: one per group. strength: how many draws the common rate counts for; None: it counts for all.

    icc: the intraclass correlation, how much of the variation lies between groups; 0: none.
    """

    icc: float
    strength: float | None
    pooled: float
    rates: Sequence[float]

    @property
    def alpha(self) -> float | None:
        """First parameter of the common Beta distribution."""
        return None if self.strength is None else self.pooled * self.strength

    @property
    def beta(self) -> float | None:
        """Second parameter of the common Beta distribution."""
        return None if self.strength is None else (1.0 - self.pooled) * self.strength


def beta_binomial_shrinkage(counts: Sequence[tuple[int, int]]) -> Shrunken | None:
    """(k, n > 0) per group → (k + p M) / (n + M), M = 1/icc - 1. None below two groups or without variation.

    icc by analysis of variance: (MSB - MSW) / (MSB + (n0 - 1) MSW), n0 = (N - sum n^2/N) / (J - 1).
    When groups differ no more than by chance (icc <= 0), each gets the pooled rate.
    """
    k, n = (np.array([count[i] for count in counts], dtype=np.float64) for i in (0, 1))
    groups, total = len(counts), float(n.sum())
    pooled = float(k.sum()) / total if total else 0.0
    if groups < 2 or total <= groups or not 0.0 < pooled < 1.0:
        return None
    rates = k / n
    between = float((n * (rates - pooled) ** 2).sum()) / (groups - 1)
    within = float((n * rates * (1.0 - rates)).sum()) / (total - groups)
    typical = (total - float((n**2).sum()) / total) / (groups - 1)
    icc = (between - within) / (between + (typical - 1.0) * within)
    if icc <= 0.0:
        return Shrunken(0.0, None, pooled, [pooled] * groups)
    strength = 1.0 / icc - 1.0
    return Shrunken(icc, strength, pooled, ((k + pooled * strength) / (n + strength)).tolist())
