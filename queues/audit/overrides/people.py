"""Who overrides more or less often than chance allows; nobody is judged by few decisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from queues.audit.overrides.counts import Cell, Rates, rates_by
from queues.statistics.against_rest import SIGNIFICANT, against_rest
from queues.statistics.funnel import Funnel, distances_from_others, funnel

LEAST = 20  # decisions; below that a person is shown and never flagged
LEAST_PEOPLE = 3  # with so many decisions; of two that differ, nothing says which is the odd one
Z_FAR = 3.0  # a distance beyond which somebody is outside


class Place(StrEnum):
    """Where somebody stands. CHANCE: chance explains it. SPREAD: it does not, but the others vary as much.

    OUTSIDE: neither does.
    """

    CHANCE = "chance"
    SPREAD = "spread"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Standing:
    """One person against all others together, left out of what they are held against.

    q: of Fisher's exact test, after Benjamini-Hochberg: whether chance alone explains the difference.
    distance: in standard errors, widened by how far the others vary beyond chance.
    """

    distance: float
    q: float

    @property
    def place(self) -> Place:
        """Outside only when both say so."""
        if self.q > SIGNIFICANT:
            return Place.CHANCE
        return Place.OUTSIDE if abs(self.distance) >= Z_FAR else Place.SPREAD


@dataclass(frozen=True, slots=True)
class PersonRates:
    """One person's rates. standing: None below LEAST decisions, or with fewer than LEAST_PEOPLE like that."""

    person_id: int
    rates: Rates
    standing: Standing | None

    @property
    def is_flagged(self) -> bool:
        """Outside of what chance allows at this n, also when the others vary more than by chance."""
        return self.standing is not None and self.standing.place == Place.OUTSIDE


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who decided. funnel: of those with LEAST decisions who are not outside.

    None below two people with LEAST decisions, or when all did alike.
    """

    people: Sequence[PersonRates]
    funnel: Funnel | None


def people_of(cells: Iterable[Cell], *, kind: str) -> People:
    """The persons' rates of one kind of override, who decided most first."""
    rates = rates_by((cell for cell in cells if cell.kind == kind), lambda cell: cell.person_id)
    enough = [person_id for person_id, one in rates.items() if one.decided >= LEAST]
    counts = [(rates[person_id].overrides, rates[person_id].decided) for person_id in enough]
    standing = dict(zip(enough, _standing(counts), strict=True))
    found = [
        PersonRates(person_id, one, standing.get(person_id))
        for person_id, one in sorted(rates.items(), key=lambda pair: (-pair[1].decided, pair[0]))
    ]
    return People(found, _funnel([one for one in found if one.person_id in standing]))


def _standing(counts: Sequence[tuple[int, int]]) -> Sequence[Standing | None]:
    if len(counts) < LEAST_PEOPLE:
        return [None] * len(counts)
    compared = against_rest(counts)
    return [
        Standing(distance, one.q) if one is not None else None
        for distance, one in zip(distances_from_others(counts), compared, strict=True)
    ]


def _funnel(people: Sequence[PersonRates]) -> Funnel | None:
    """Drawn from who is not outside, so that who is lies outside of it; of all where that leaves one."""
    if len(people) < 2:
        return None
    usual = [one for one in people if not one.is_flagged]
    drawn = usual if len(usual) > 1 else people
    return funnel([(one.rates.overrides, one.rates.decided) for one in drawn])
