"""What was picked and what was reviewed of it: skips, and what still waits, are missing answers.

Within a cell (a queue and the rules that fired) the reviewed stand for the picked:
pi_final = pi x the cell's response share.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from queues.statistics.proportions import Proportion, proportion
from queues.statistics.weighted import Group

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Picked(Generic[Key]):
    """Items of one cell with the same pi: how many were picked, reviewed, and found positive."""

    key: Key
    pi: float
    picked: int
    reviewed: int
    positives: int


def response_shares(rows: Iterable[Picked[Key]]) -> dict[Key, Proportion]:
    """Cell → reviewed of picked."""
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        sums[row.key][0] += row.reviewed
        sums[row.key][1] += row.picked
    found = {key: proportion(*counts) for key, counts in sums.items()}
    return {key: share for key, share in found.items() if share is not None}


def final_groups(rows: Sequence[Picked[Key]], shares: Mapping[Key, Proportion] | None = None) -> list[Group]:
    """The reviewed with pi_final. A cell of which nothing was reviewed has no voice: say so beside it."""
    known = response_shares(rows) if shares is None else shares
    return [
        Group(row.pi * known[row.key].rate, row.reviewed, row.positives)
        for row in rows
        if row.reviewed and row.pi > 0.0
    ]
