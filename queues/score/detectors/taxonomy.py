"""Which category of one taxonomy means what across all: versioned data in crosswalk.json.

Severe categories (methods.md 3): sexual content with minors, indiscriminate weapons, suicide.
"""

import json
from functools import cache
from importlib.resources import files

_DATA = json.loads(files(__package__).joinpath("crosswalk.json").read_text("utf-8"))

VERSION: str = _DATA["version"]
OTHER = "other"
UNPARSED = "unparsed"  # a guardrail answered something that nobody could read: a person must look

_TAXONOMIES: dict[str, dict[str, str]] = _DATA["taxonomies"]
_SEVERE = frozenset(_DATA["severe"])


@cache
def _everywhere() -> dict[str, str]:
    """Categories of all taxonomies, for rows that do not name theirs. The first taxonomy wins."""
    merged: dict[str, str] = {}
    for categories in _TAXONOMIES.values():
        merged = categories | merged
    return merged


def group_of(taxonomy: str, category: str) -> str:
    """What this category means across taxonomies; "other" when unknown, so that it is never dropped."""
    if category == UNPARSED:
        return UNPARSED
    known = _TAXONOMIES.get(taxonomy) or _everywhere()
    return known.get(category, OTHER)


def is_severe(category: str) -> bool:
    """Whether a finding of this category, in any taxonomy, is severe."""
    return category in _SEVERE
