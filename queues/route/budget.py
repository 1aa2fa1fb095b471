"""Sharing a day's reviews among queues, with a floor for the random audit. Whole numbers."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

AUDIT_AT_LEAST = 5  # items a day: less would make rates over all traffic worthless for weeks


class Budget(NamedTuple):
    """How many reviews of a day are for the audit, and for each queue."""

    audit: int
    queues: list[int]


def largest_remainder(budget: int, weights: Sequence[float]) -> list[int]:
    """Whole parts of `budget` in proportion to the weights, the sum exact; ties go to the first.

    Hamilton's method. Weights are taken as the decimal numbers that they print as: 0.2 is a fifth.
    """
    exact = [Fraction(str(weight)) for weight in weights]
    whole = sum(exact)
    if whole <= 0 or min(exact) < 0 or budget < 0:
        raise ValueError("shares are not negative, and one of them is above 0")
    quotas = [budget * weight / whole for weight in exact]
    parts = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda place: (parts[place] - quotas[place], place))
    for place in by_remainder[: budget - sum(parts)]:
        parts[place] += 1
    return parts


def split_day(
    budget: int, weights: Sequence[float], *, arrivals: int, audit_rate: float, audit_weight: float = 0.0
) -> Budget:
    """The audit gets its share, never less than audit_rate x arrivals nor AUDIT_AT_LEAST; then the queues.

    Nor more than the budget: what cannot be reviewed is not promised.
    """
    floor = max(AUDIT_AT_LEAST, ceil(Fraction(str(audit_rate)) * arrivals))
    share = largest_remainder(budget, [audit_weight, *weights])[0] if audit_weight else 0
    audit = min(budget, max(floor, share))
    return Budget(audit, largest_remainder(budget - audit, weights) if weights else [])
