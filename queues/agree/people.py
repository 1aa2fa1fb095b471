"""Who agrees with whom: pairs of people, each person against the rest, and agreement without them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from accounts import events
from accounts.actor import Actor
from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.asked import Asked, question_in
from queues.agree.distances import LEVELS
from queues.agree.metric import Figure, metrics
from queues.agree.metrics.cohen import cohen_kappa, table_of
from queues.agree.metrics.raters import Team, team_of
from queues.agree.patterns import Answer, Pattern, answers_of, histogram_of, pattern_of
from queues.agree.shared_items import Given, SharedItem, given_in, given_to, newest
from queues.models import Queue
from queues.statistics.proportions import Interval, wilson

PAGE_OF_PAIRS = 50  # those that share most first


@dataclass(frozen=True, slots=True)
class Person:
    """One person's place among the others. n_shared: items that they and somebody else answered.

    rest: agreement with the others, on the scale of alpha. without: alpha if they had answered nothing;
    influence: that minus alpha, above 0 where their answers lower it. None where the question has no alpha.
    """

    person_id: int
    n_shared: int
    rest: Figure | None
    without: Figure | None
    influence: float | None

    @property
    def against_rest(self) -> float | None:
        """Agreement with the others without its interval."""
        return self.rest.value if self.rest else None


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two people on the items that both answered: how often they said the same."""

    one_id: int
    other_id: int
    n_items: int
    n_same: int

    @property
    def same(self) -> float:
        """0..1"""
        return self.n_same / self.n_items

    @property
    def n_differing(self) -> int:
        """Items on which they said different things."""
        return self.n_items - self.n_same


@dataclass(frozen=True, slots=True)
class Pair(Meeting):
    """The same with the interval of the share, and their alpha. kappa: Cohen's, by squared distances where
    answers have an order; None where there is no list of answers.
    """

    share: Interval
    alpha: Figure
    kappa: Figure | None


@dataclass(frozen=True, slots=True)
class Among:
    """One question of one queue. main: agreement of all; meetings: of any two who share an item, those that
    share most first; pairs: some of these with their figures.
    """

    asked: Asked
    choices: Sequence[Asked]
    main: Figure
    people: Sequence[Person]
    meetings: Sequence[Meeting]
    pairs: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Differing:
    """An item on which two people said different things."""

    item: SharedItem
    one: Answer
    other: Answer


def among(queue: Queue, *, key: str, page: int | None = 0) -> Among:
    """Figures by person for one question, over the newest shared items; NotFound for an unknown key.

    page: of the pairs, from 0; None for all of them.
    """
    choices, asked = question_in(queue, key)
    units = _units(queue, asked)
    histogram = _histogram(units)
    main = metrics.get(asked.scale.metric)(answers_of(histogram, asked.scale.values))
    common = _common(units)
    shown = common if page is None else common[page * PAGE_OF_PAIRS : (page + 1) * PAGE_OF_PAIRS]
    level = _level(asked)
    return Among(
        asked,
        choices,
        main,
        _people(_gave(units), main, team_of(histogram, level, asked.scale.values) if level else None),
        [_meeting(people, both) for people, both in common],
        [_pair(asked, people, both) for people, both in shown],
    )


def with_the_others(queue: Queue, *, key: str, people: Collection[int]) -> dict[int, Figure]:
    """Person → how far their answers agree with those of the others; who shares no item is not in it."""
    _choices, asked = question_in(queue, key)
    level = _level(asked)
    if level is None:
        return {}
    units = _units(queue, asked)
    team = team_of(_histogram(units), level, asked.scale.values)
    return {
        person_id: team.against_rest(said) for person_id, said in _gave(units).items() if person_id in people
    }


def differing(queue: Queue, *, key: str, one_id: int, other_id: int) -> tuple[Asked, list[Differing]]:
    """The items, newest first, on which these two did not say the same."""
    _choices, asked = question_in(queue, key)
    found = []
    for item in newest(queue.pk).items:
        given = dict(given_to(item, asked))
        if one_id in given and other_id in given and given[one_id] != given[other_id]:
            found.append(Differing(item, given[one_id], given[other_id]))
    return asked, found[::-1]


def note_reading(queue: Queue, *, by: Actor, key: str, people: Sequence[int] = ()) -> None:
    """Figures about persons were looked at. people: whose, empty for everybody's."""
    events.record(
        project_id=queue.project_id,
        kind="agreement.people_read",
        by=by,
        subject_kind="queue",
        subject_id=queue.pk,
        after={"question": key, "people": list(people)},
    )


class _Unit(NamedTuple):
    """One item: who said what, in the order of people, and what was said without who."""

    given: Sequence[Given]
    pattern: Pattern


_Gave = Mapping[int, Counter[tuple[Pattern, Answer]]]


def _units(queue: Queue, asked: Asked) -> list[_Unit]:
    """The newest shared items with an answer to this."""
    patterns: dict[Pattern, Pattern] = {}  # as told → in order; few, however many items
    units = []
    for given in given_in(queue.pk, asked):
        told = tuple(one.answer for one in given)
        if told not in patterns:
            patterns[told] = pattern_of(told)
        units.append(_Unit(given, patterns[told]))
    return units


def _histogram(units: Iterable[_Unit]) -> Counter[Pattern]:
    return Counter(unit.pattern for unit in units)


def _level(asked: Asked) -> str | None:
    """The level of alpha; None for rankings, whose coefficient is another."""
    level = asked.scale.metric.removeprefix("alpha_")
    return level if level in LEVELS else None


def _people(gave: _Gave, main: Figure, team: Team | None) -> list[Person]:
    """Whoever shares an item with somebody; those that agree least with the rest first."""
    found = []
    for person_id, said in gave.items():
        rest = without = influence = None
        if team:
            rest, without = team.against_rest(said), team.without(said)
            if without.value is not None and main.value is not None:
                influence = without.value - main.value
        found.append(Person(person_id, said.total(), rest, without, influence))
    return sorted(found, key=_least_agreeing_first)


def _gave(units: Iterable[_Unit]) -> _Gave:
    """Person → (pattern of a unit that they share with somebody, what they said of it) → how many."""
    gave: dict[int, Counter[tuple[Pattern, Answer]]] = defaultdict(Counter)
    for unit in units:
        if len(unit.pattern) > 1:
            for one in unit.given:
                gave[one.person_id][unit.pattern, one.answer] += 1
    return gave


def _least_agreeing_first(person: Person) -> tuple[bool, float, int]:
    return (person.against_rest is None, person.against_rest or 0.0, person.person_id)


_Two = tuple[int, int]
_Both = list[tuple[Answer, Answer]]


def _common(units: Iterable[_Unit]) -> list[tuple[_Two, _Both]]:
    """All pairs of people with what they said of the same items, those that share most first."""
    common: dict[_Two, _Both] = defaultdict(list)
    for unit in units:
        for one, other in combinations(unit.given, 2):
            common[one[0], other[0]].append((one[1], other[1]))
    return sorted(common.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _meeting(people: _Two, both: _Both) -> Meeting:
    return Meeting(*people, len(both), sum(one == other for one, other in both))


def _pair(asked: Asked, people: _Two, both: _Both) -> Pair:
    n_same = _meeting(people, both).n_same
    alpha = metrics.get(asked.scale.metric)(answers_of(histogram_of(both), asked.scale.values))
    return Pair(*people, len(both), n_same, wilson(n_same / len(both), len(both)), alpha, _kappa(asked, both))


def _kappa(asked: Asked, both: _Both) -> Figure | None:
    if asked.scale.values is None:
        return None
    weights = "equal" if asked.level == "nominal" else "quadratic"
    return cohen_kappa(table_of(both, asked.scale.values), weights)
