"""Reasons of routings and items, read: what stands within combined ones counts as well."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Reason = Mapping[str, Any]


def parts(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """Every reason, and every condition that held within it, at any depth."""
    for reason in reasons:
        yield reason
        yield from parts(reason.get("of", ()))


def is_flagged(reasons: Iterable[Reason]) -> bool:
    """Whether a safety or privacy detector had a part in it."""
    return any(part.get("kind") == "safety_flagged" for part in parts(reasons))
