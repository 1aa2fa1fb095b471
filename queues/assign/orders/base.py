"""What an order of work is: its words, which index a claim walks, and the place of an item in it."""

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from django.utils.functional import Promise

from queues.registry import Registry
from queues.route.placing import Coming, Place, Where


class Walk(Enum):
    """Which index a claim walks; a higher priority always comes first."""

    DUE = "by due time"
    PLACE = "by place"
    LANE = "by due time, among the lanes that the person may take"


class Order(Protocol):
    """One order of work. Every item of a queue is reached by its walk, also one that has no place yet."""

    @property
    def label(self) -> Promise: ...

    @property
    def help(self) -> Promise: ...

    @property
    def walk(self) -> Walk: ...

    @property
    def reads_records(self) -> bool: ...

    def places(self, where: Where, coming: Sequence[Coming], /) -> list[Place]:
        """A place for each, in the same order."""
        ...


orders: Registry[Order] = Registry("order of work")
