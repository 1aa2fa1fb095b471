"""Who says the same as whom, as a square: those who share most items, each with each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from queues.agree.people import Among, Meeting

MOST = 12  # people; more would not stand beside each other
LEAST_PEOPLE = 3  # two have one cell, which the table of pairs tells as well
LEAST_ITEMS = 10  # below that a cell has no colour, as agreement has no interval
STEPS = 5  # of colour, one for each fifth of items on which they said the same


class Cell(NamedTuple):
    """Two people. step: 1 for the least agreement to STEPS for full; 0: too few items for a colour."""

    of: Meeting
    url: str

    @property
    def step(self) -> int:
        return 0 if self.of.n_items < LEAST_ITEMS else min(STEPS, 1 + int(self.of.same * STEPS))


class Row(NamedTuple):
    """One person against the others, in the order of the columns; None: themselves, or nothing shared."""

    name: str
    cells: Sequence[Cell | None]


def map_of(found: Among, names: Mapping[int, str], urls: Mapping[tuple[int, int], str]) -> Sequence[Row]:
    """Nothing below three people."""
    shared: Counter[int] = Counter()
    for meeting in found.meetings:
        for person_id in (meeting.one_id, meeting.other_id):
            shared[person_id] += meeting.n_items
    most = sorted(
        (person_id for person_id, _n in shared.most_common(MOST)), key=lambda one: names.get(one, "")
    )
    if len(most) < LEAST_PEOPLE:
        return ()
    met = {two: meeting for meeting in found.meetings for two in _both_ways(meeting)}
    return [Row(names.get(one, ""), [_cell(met.get((one, other)), urls) for other in most]) for one in most]


def _both_ways(meeting: Meeting) -> Sequence[tuple[int, int]]:
    return (meeting.one_id, meeting.other_id), (meeting.other_id, meeting.one_id)


def _cell(meeting: Meeting | None, urls: Mapping[tuple[int, int], str]) -> Cell | None:
    return Cell(meeting, urls[meeting.one_id, meeting.other_id]) if meeting else None
