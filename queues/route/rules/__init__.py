"""The kinds of rules we ship, one file each. To add one, write its file and name it here."""

from queues.route.rules import (
    all_of,
    any_of,
    attribute,
    badly_rated,
    disagreement,
    none_of,
    pair,
    random_audit,
    safety_flagged,
    uncertain,
)

__all__ = [
    "all_of",
    "any_of",
    "attribute",
    "badly_rated",
    "disagreement",
    "none_of",
    "pair",
    "random_audit",
    "safety_flagged",
    "uncertain",
]
