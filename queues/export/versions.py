"""Which version number follows, by the rule of Croissant 1.1.

Same rows in the same splits (another serialisation): PATCH. Only additions: MINOR. A removal, an
edit or a move between splits: MAJOR, because numbers measured on the old version no longer compare.
"""

from collections.abc import Mapping
from enum import StrEnum


class Bump(StrEnum):
    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


FIRST = "1.0.0"


def dataset_bump(old: Mapping[str, str], new: Mapping[str, str]) -> Bump:
    """From one map of record hash to split to another."""
    return bump_of(removed=len(old.items() - new.items()), added=len(new.items() - old.items()))


def bump_of(*, removed: int, added: int) -> Bump:
    """From the rows (hash and split) that only the old, and that only the new version has."""
    if removed:
        return Bump.MAJOR
    return Bump.MINOR if added else Bump.PATCH


def following(version: str, bump: Bump) -> str:
    """ "1.4.2" and MINOR give "1.5.0"."""
    major, minor, patch = map(int, version.split("."))
    return {
        Bump.MAJOR: f"{major + 1}.0.0",
        Bump.MINOR: f"{major}.{minor + 1}.0",
        Bump.PATCH: f"{major}.{minor}.{patch + 1}",
    }[bump]
