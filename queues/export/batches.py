"""Some rows at a time: numbers are worked out for several texts in little more time than for one."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

# What is worked out of so much text fits into the nearest memory of a processor; more at once is slower.
CHARACTERS, ROWS = 100_000, 200
T = TypeVar("T")


def batched(
    rows: Iterable[T], length: Callable[[T], int], *, most: int = CHARACTERS, most_rows: int = ROWS
) -> Iterator[list[T]]:
    """The same in lists, each with about so much text. length: of the text of a row, in the unit of most."""
    some, left = list[T](), most
    for row in rows:
        some.append(row)
        left -= length(row)
        if left <= 0 or len(some) == most_rows:
            yield some
            some, left = [], most
    if some:
        yield some
