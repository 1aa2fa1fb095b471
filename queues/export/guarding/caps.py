"""How many records of each origin may leave, so that no origin has more than its share. Pure.

Data that a model wrote may be added to what people wrote, not replace it (methods.md 6.8); the shares
50 % approved and 10 % synthetic are our choice.
"""

from collections.abc import Mapping
from math import floor

SHARES: Mapping[str, float] = {"model_approved": 0.5, "synthetic": 0.1}
ORIGINS = ("human", "human_edited", "model_approved", "synthetic")
EDITED_BELOW = 0.98  # edit similarity: from here on nothing was edited that counts
_CLOSE = 1e-9  # 0.1 * 30 is a little more than 3


def kept_under(counts: Mapping[str, int], shares: Mapping[str, float]) -> dict[str, int]:
    """The largest export in which no origin has more than its share, as counts by origin.

    A share counts in the result, not in what came. Of two as large, the one with more of the origin that
    is named first. All zeros when the uncapped origins alone cannot carry the capped ones.
    """
    free = sum(n for origin, n in counts.items() if origin not in shares)
    total = sum(counts.values())
    while total:
        capped = [min(n, _floor(shares[origin] * total)) for origin, n in counts.items() if origin in shares]
        reached = min(total, free + sum(capped))
        if reached == total:
            break
        total = reached
    return _shared_out(counts, shares, total)


def _shared_out(counts: Mapping[str, int], shares: Mapping[str, float], total: int) -> dict[str, int]:
    """Uncapped origins whole, then the capped ones up to what they may have, in the order of `counts`."""
    left = total - sum(n for origin, n in counts.items() if origin not in shares)
    kept = {}
    for origin, n in counts.items():
        kept[origin] = n if origin not in shares else min(n, _floor(shares[origin] * total), max(left, 0))
        if origin in shares:
            left -= kept[origin]
    return kept


def _floor(value: float) -> int:
    return floor(value + _CLOSE)
