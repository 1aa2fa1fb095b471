"""The same items judged twice: which way do the changes go?"""

from dataclasses import dataclass
from math import comb, sqrt

from scipy.special import chdtrc

from queues.statistics.proportions import Z_95, Interval


@dataclass(frozen=True, slots=True)
class McNemar:
    """p-values of "changes go both ways alike". exact: binomial; mid: without its caution; chi2: corrected.

    chi2 is None when nothing changed. Source: Fagerland, Lydersen & Laake 2013: prefer mid.
    """

    exact: float
    mid: float
    chi2: float | None


def mcnemar(b: int, c: int) -> McNemar:
    """b: was right and is wrong now; c: was wrong and is right now. Unchanged pairs say nothing."""
    n = b + c
    if n == 0:
        return McNemar(1.0, 1.0, None)
    fewer = min(b, c)
    here = comb(n, fewer) / 2**n
    below = sum(comb(n, i) for i in range(fewer + 1)) / 2**n
    if b == c:
        return McNemar(1.0, 1.0 - here / 2.0, 1.0)
    corrected = (abs(b - c) - 1.0) ** 2 / n
    return McNemar(min(1.0, 2.0 * below), 2.0 * below - here, float(chdtrc(1, corrected)))


@dataclass(frozen=True, slots=True)
class Anchoring:
    """How much seeing the model's answer pulls people towards it.

    effect: agreement with the model when it was shown, less agreement when it was not; interval: its 95 %
    interval. n: pairs.
    """

    agree_shown: float
    agree_blind: float
    only_shown: int
    only_blind: int
    p: float
    n: int
    interval: Interval

    @property
    def effect(self) -> float:
        return self.agree_shown - self.agree_blind


def anchoring(*, both: int, only_shown: int, only_blind: int, neither: int) -> Anchoring | None:
    """Pairs of reviews of one item, the model's output shown and not: who agreed with the model when?

    None without a pair. p: McNemar's exact one.
    """
    n = both + only_shown + only_blind + neither
    if not n:
        return None
    p = mcnemar(only_shown, only_blind).exact
    ends = paired_interval(only_shown, only_blind, n)
    return Anchoring((both + only_shown) / n, (both + only_blind) / n, only_shown, only_blind, p, n, ends)


def paired_interval(b: int, c: int, n: int) -> Interval:
    """95 % interval of (b - c) / n, the difference of two rates of the same n > 0 things.

    Bonett & Price 2012: one pair of each kind of change is added, so that it is honest with few.
    """
    one, other = (b + 1.0) / (n + 2.0), (c + 1.0) / (n + 2.0)
    apart = one - other
    reach = Z_95 * sqrt((one + other - apart**2) / (n + 2.0))
    return Interval(max(-1.0, apart - reach), min(1.0, apart + reach))
