"""Who agrees with whom: pairs of people, each person against the rest, and agreement without them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from accounts import events
from accounts.actor import Actor
from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.asked import Asked, question_in
from queues.agree.distances import LEVELS
from queues.agree.metric import Figure, metrics
from queues.agree.metrics.raters import against_rest_figure, alpha_without
from queues.agree.patterns import Answer, Answers, Pattern, answers_of, histogram_of, pattern_of
from queues.agree.shared_items import Given, SharedItem, given_to, newest
from queues.models import Queue
from queues.statistics.proportions import Interval, wilson

MOST_PAIRS = 200  # rows of the table of pairs, those that share most first


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
class Pair:
    """Two people on the items that both answered: how often they said the same, and their alpha."""

    one_id: int
    other_id: int
    n_items: int
    n_same: int
    share: Interval
    alpha: Figure

    @property
    def same(self) -> float:
        """0..1"""
        return self.n_same / self.n_items

    @property
    def n_differing(self) -> int:
        """Items on which they said different things."""
        return self.n_items - self.n_same


@dataclass(frozen=True, slots=True)
class Among:
    """One question of one queue. main: agreement of all; n_pairs: of people, of which `pairs` are shown."""

    asked: Asked
    choices: Sequence[Asked]
    main: Figure
    people: Sequence[Person]
    pairs: Sequence[Pair]
    n_pairs: int


@dataclass(frozen=True, slots=True)
class Differing:
    """An item on which two people said different things."""

    item: SharedItem
    one: Answer
    other: Answer


def among(queue: Queue, *, key: str) -> Among:
    """Figures by person for one question, over the newest shared items; NotFound for an unknown key."""
    choices, asked = question_in(queue, key)
    looked = newest(queue.pk)
    units = [unit for item in looked.items if (unit := given_to(item, asked))]
    answers = _answers(asked, units)
    main = metrics.get(asked.scale.metric)(answers)
    common = _common(units)
    pairs = [_pair(asked, people, both) for people, both in common[:MOST_PAIRS]]
    return Among(asked, choices, main, _people(asked, units, answers, main), pairs, len(common))


def with_the_others(queue: Queue, *, key: str) -> dict[int, Figure]:
    """Person → how far their answers agree with those of the others; who shares no item is not in it."""
    _choices, asked = question_in(queue, key)
    units = [unit for item in newest(queue.pk).items if (unit := given_to(item, asked))]
    level = _level(asked)
    if level is None:
        return {}
    answers = _answers(asked, units)
    return {
        person_id: against_rest_figure(answers, said, level=level) for person_id, said in _gave(units).items()
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


def _answers(asked: Asked, units: Iterable[Iterable[Given]]) -> Answers:
    return answers_of(histogram_of([one.answer for one in unit] for unit in units), asked.scale.values)


def _level(asked: Asked) -> str | None:
    """The level of alpha; None for rankings, whose coefficient is another."""
    level = asked.scale.metric.removeprefix("alpha_")
    return level if level in LEVELS else None


def _people(asked: Asked, units: list[list[Given]], answers: Answers, main: Figure) -> list[Person]:
    """Whoever shares an item with somebody; those that agree least with the rest first."""
    histogram = histogram_of([one.answer for one in unit] for unit in units)
    level, found = _level(asked), []
    for person_id, said in _gave(units).items():
        rest = without = influence = None
        if level:
            rest = against_rest_figure(answers, said, level=level)
            without = alpha_without(histogram, said, values=answers.values, level=level)
            if without.value is not None and main.value is not None:
                influence = without.value - main.value
        found.append(Person(person_id, said.total(), rest, without, influence))
    return sorted(found, key=_least_agreeing_first)


def _gave(units: Iterable[Sequence[Given]]) -> dict[int, Counter[tuple[Pattern, Answer]]]:
    """Person → (pattern of a unit that they share with somebody, what they said of it) → how many."""
    gave: dict[int, Counter[tuple[Pattern, Answer]]] = defaultdict(Counter)
    for unit in units:
        pattern = pattern_of(one.answer for one in unit)
        if len(pattern) > 1:
            for one in unit:
                gave[one.person_id][pattern, one.answer] += 1
    return gave


def _least_agreeing_first(person: Person) -> tuple[bool, float, int]:
    return (person.against_rest is None, person.against_rest or 0.0, person.person_id)


def _common(units: list[list[Given]]) -> list[tuple[tuple[int, int], list[tuple[Given, Given]]]]:
    """All pairs of people with what they said of the same items, those that share most first."""
    common: dict[tuple[int, int], list[tuple[Given, Given]]] = defaultdict(list)
    for unit in units:
        for one, other in combinations(sorted(unit, key=lambda given: given.person_id), 2):
            common[one.person_id, other.person_id].append((one, other))
    return sorted(common.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _pair(asked: Asked, people: tuple[int, int], both: list[tuple[Given, Given]]) -> Pair:
    n_same = sum(one.answer == other.answer for one, other in both)
    alpha = metrics.get(asked.scale.metric)(_answers(asked, both))
    return Pair(*people, len(both), n_same, wilson(n_same / len(both), len(both)), alpha)
