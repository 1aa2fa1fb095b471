"""Where an item comes among the others of its queue: the half of an order of work that opening needs.

The orders are `queues.assign.orders`, a later stage; they are told here when the program starts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from queues.registry import Registry


class Coming(NamedTuple):
    """An item that gets a place. record: empty unless the order reads records; rules: why it is here."""

    item_id: int
    record: Mapping[str, Any]
    rules: Sequence[str]


class Where(NamedTuple):
    """The queue that it comes into, with what its order depends on."""

    queue_id: int
    salt: str
    spread_by: str


class Place(NamedTuple):
    """place: lower comes first within a priority, 0: by due time; lane, bucket: see `models.Slot`."""

    place: int = 0
    lane: str = ""
    bucket: int | None = None


class Placing(Protocol):
    """What an order says of items when they come."""

    @property
    def reads_records(self) -> bool: ...

    def places(self, where: Where, coming: Sequence[Coming], /) -> list[Place]:
        """A place for each, in the same order."""
        ...


placings: Registry[Placing] = Registry("order of work")
