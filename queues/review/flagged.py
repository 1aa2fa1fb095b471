"""What a filter objected to, at any depth of the reasons why an item is here."""

from collections.abc import Iterable, Mapping
from typing import Any

Reason = Mapping[str, Any]


def flags_of(reasons: Iterable[Reason]) -> list[Reason]:
    """The reasons of the kind `safety_flagged`, also those within others."""
    return [
        flag
        for reason in reasons
        for flag in ([reason] if reason.get("kind") == "safety_flagged" else flags_of(reason.get("of") or ()))
    ]
