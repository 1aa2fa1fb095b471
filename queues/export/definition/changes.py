"""What differs between two versions of a dataset's definition, setting by setting. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

PARTS = ("filter", "rules", "splits")


class Asked(Protocol):
    """A definition: its three documents."""

    @property
    def filter(self) -> Mapping[str, Any]: ...
    @property
    def rules(self) -> Mapping[str, Any]: ...
    @property
    def splits(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One setting; None where a version does not say it. name: as in filter.queues."""

    name: str
    before: object
    after: object


def changes(old: Asked, new: Asked) -> list[Change]:
    """By name; empty when both ask the same."""
    return list(_changes(old, new))


def _changes(old: Asked, new: Asked) -> Iterator[Change]:
    for part in PARTS:
        before, after = getattr(old, part), getattr(new, part)
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                yield Change(f"{part}.{name}", before.get(name), after.get(name))
