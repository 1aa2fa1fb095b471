"""Answers that were drawn, and what the pages of people compute of them."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.metric import metrics
from queues.agree.metrics.dawid_skene import Rating, dawid_skene
from queues.agree.metrics.raters import team_of
from queues.agree.patterns import Answer, Pattern, answers_of, histogram_of, pattern_of

PAIRS = 200
Unit = Sequence[tuple[int, int]]  # who, and what they said


@dataclass(frozen=True, slots=True)
class Drawn:
    """Units of answers. gave: person → (pattern, what they said) → how many; pairs: those that share most."""

    units: Sequence[Unit]
    values: tuple[int, ...]
    level: str
    gave: Mapping[int, Mapping[tuple[Pattern, Answer], int]]
    pairs: Sequence[Sequence[tuple[int, int]]]

    def each_person(self) -> None:
        histogram = histogram_of([said for _person, said in unit] for unit in self.units)
        team = team_of(histogram, self.level, self.values)
        for said in self.gave.values():
            team.against_rest(said)
            team.without(said)

    def pairs_of_people(self) -> None:
        for both in self.pairs:
            metrics.get(f"alpha_{self.level}")(answers_of(histogram_of(both), self.values))

    def suggestion(self) -> None:
        dawid_skene((Rating(n, *given) for n, unit in enumerate(self.units) for given in unit), self.values)


def drawn(truths: Iterable[tuple[int, Sequence[int]]], *, people: int, values: int, level: str) -> Drawn:
    """Each answer by another person, drawn anew for each unit."""
    draw = random.Random(3)
    units = [list(zip(draw.sample(range(people), len(said)), said, strict=True)) for _true, said in truths]
    gave: dict[int, Counter[tuple[Pattern, Answer]]] = defaultdict(Counter)
    pairs: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for unit in units:
        pattern = pattern_of(said for _person, said in unit)
        for person, said in unit:
            gave[person][pattern, said] += 1
        for (one, said), (other, also) in combinations(sorted(unit), 2):
            pairs[one, other].append((said, also))
    most = sorted(pairs.values(), key=len)[-PAIRS:]
    return Drawn(units, tuple(range(1, values + 1)), level, gave, most)
