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
# Groups that say something of the text's making or of its owner, and hurt nobody who reads it.
_NOT_HARMFUL = frozenset(
    {UNPARSED, OTHER, "hidden_text", "injection", "secret", "privacy", "intellectual_property", "code_abuse"}
)


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


@cache
def groups() -> tuple[str, ...]:
    """The groups of harmful content that a person may not want to see, by name."""
    return tuple(sorted({*_everywhere().values()} - _NOT_HARMFUL))


@cache
def categories_of(wanted: frozenset[str]) -> tuple[list[str], list[str]]:
    """What findings of these groups are called: "taxonomy/category" where it is known, else the category."""
    named = [
        f"{taxonomy}/{category}"
        for taxonomy, categories in _TAXONOMIES.items()
        for category, group in categories.items()
        if group in wanted
    ]
    return named, [category for category, group in _everywhere().items() if group in wanted]


def taxonomies() -> list[str]:
    """The taxonomies whose categories we know."""
    return list(_TAXONOMIES)


def is_severe(category: str) -> bool:
    """Whether a finding of this category, in any taxonomy, is severe."""
    return category in _SEVERE
