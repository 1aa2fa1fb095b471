"""Who overrides more or less often than chance allows; nobody is judged by few decisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from queues.audit.overrides.counts import Cell, Rates, rates_by
from queues.statistics.funnel import Funnel, Point, funnel

LEAST = 20  # decisions; below that a person is shown and never flagged
SIGNIFICANT = 0.05  # share of false findings among the flagged
Z_FAR = 3.0  # and beyond this distance, after overdispersion


@dataclass(frozen=True, slots=True)
class PersonRates:
    """One person's rates. point: their place in the funnel; None below LEAST decisions."""

    person_id: int
    rates: Rates
    point: Point | None

    @property
    def is_flagged(self) -> bool:
        """Outside of what chance allows at this n, also when everybody varies more than by chance."""
        point = self.point
        return point is not None and point.q <= SIGNIFICANT and abs(point.z_adjusted) >= Z_FAR


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who decided. funnel: None below two people with LEAST decisions, or when all did alike."""

    people: Sequence[PersonRates]
    funnel: Funnel | None


def people_of(cells: Iterable[Cell], *, kind: str) -> People:
    """The persons' rates of one kind of override, who decided most first."""
    rates = rates_by((cell for cell in cells if cell.kind == kind), lambda cell: cell.person_id)
    found = sorted(rates.items(), key=lambda pair: (-pair[1].decided, pair[0]))
    enough = [(person_id, one) for person_id, one in found if one.decided >= LEAST]
    drawn = funnel([(one.overrides, one.decided) for _id, one in enough]) if len(enough) > 1 else None
    points = (
        {person_id: drawn.points[place] for place, (person_id, _one) in enumerate(enough)} if drawn else {}
    )
    return People([PersonRates(person_id, one, points.get(person_id)) for person_id, one in found], drawn)
