"""The pattern histogram of a queue, read: every shared item that was ever reviewed, in milliseconds.

How a figure reads it:

    counts = histogram.read(queue.pk, by=By.WEEK, questions=["tone"])
    for name in counts.names: answers = answers_of(counts.of(asked, name=name), asked.scale.values)

Figures over several names need the histogram of all of them (`name=None`): histograms add up, coefficients do
not. What is told apart by the version of the form is read with `By.ALL` and `version=`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import orjson
from django.db import connection

from queues.agree import unit_sql
from queues.agree.asked import Asked
from queues.agree.patterns import Pattern, pattern_of
from queues.models import AgreementUnit

ITEMS = ""  # the question under which the items themselves are counted


class By(StrEnum):
    """What items are told apart by; of "reason" and "cohort" an item may have several, else it has one."""

    ALL = "all"
    WEEK = "week"
    """The Monday (UTC) of the week in which the item was opened, as a date."""
    MODEL = "model"
    """The model version of its prediction."""
    LOCALE = "locale"
    SEGMENT = "segment"
    REASON = "reason"
    """The kind of a rule that sent it."""
    COHORT = "cohort"
    """A key of its prediction's `subject.cohort` with its value, as "plan=gold"."""


class Cell(NamedTuple):
    """So many items with this pattern of answers to one question. pattern: as JSON, in words of `version`."""

    name: str
    is_drawn: bool
    question: str
    version: int
    pattern: bytes
    n: int


class Unsure(NamedTuple):
    """n of the n_all answers to shared items are "cannot judge", and count in no coefficient."""

    n: int
    n_all: int


@dataclass(frozen=True)
class Counts:
    """The cells of one reading, all of one moment."""

    cells: Sequence[Cell]

    @cached_property
    def names(self) -> list[str]:
        """What the items are told apart by, in order."""
        return sorted({cell.name for cell in self.cells})

    @cached_property
    def versions(self) -> list[int]:
        """The versions of the form under which items were reviewed: of each item the newest."""
        return sorted({cell.version for cell in self.cells})

    def n_items(self, *, name: str | None = None, drawn_only: bool = False) -> int:
        """Shared items with a review, whatever was answered; `questions` must have asked for ITEMS."""
        return sum(cell.n for cell in self._chosen(ITEMS, name, None, drawn_only=drawn_only))

    def unsure(self, asked: Asked, *, drawn_only: bool = False) -> Unsure:
        """The answers "cannot judge" to a question on whose scale they have no place; how many there are."""
        question = asked.question
        if question is None or asked.scale.values_hold_unsure:
            return Unsure(0, 0)
        n = n_all = 0
        for cell in self._chosen(asked.key, None, None, drawn_only=drawn_only):
            ratings = orjson.loads(cell.pattern)
            n_all += cell.n * len(ratings)
            n += cell.n * sum(question.is_unsure(rating) for rating in ratings)
        return Unsure(n, n_all)

    def of(
        self, asked: Asked, *, name: str | None = None, version: int | None = None, drawn_only: bool = False
    ) -> dict[Pattern, int]:
        """Pattern of answers on the scale of today → number of items. None: whatever it is.

        drawn_only: only items that chance gave extra reviews. By "reason" and "cohort" an item may stand
        under several names, so there a name must be given.
        """
        known = self._known[asked.key]
        found: Counter[Pattern] = Counter()
        for cell in self._chosen(asked.key, name, version, drawn_only=drawn_only):
            told = cell.pattern, cell.version
            if told not in known:
                known[told] = _pattern(asked, *told)
            found[known[told]] += cell.n
        found.pop((), None)
        return dict(found)

    @cached_property
    def _known(self) -> dict[str, dict[tuple[bytes, int], Pattern]]:
        """Question → what a pattern in the words of a version is today: few patterns, in many cells."""
        return defaultdict(dict)

    @cached_property
    def _by_question(self) -> dict[str, dict[str, list[Cell]]]:
        """Question → name → its cells, so that each name of many costs only its own."""
        found: dict[str, dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
        for cell in self.cells:
            found[cell.question][cell.name].append(cell)
        return found

    def _chosen(
        self, question: str, name: str | None, version: int | None, *, drawn_only: bool
    ) -> Iterable[Cell]:
        by_name = self._by_question.get(question, {})
        cells = chain.from_iterable(by_name.values()) if name is None else by_name.get(name, ())
        return (
            cell
            for cell in cells
            if (version is None or cell.version == version) and (cell.is_drawn or not drawn_only)
        )


def _pattern(asked: Asked, pattern: bytes, version: int) -> Pattern:
    """On the scale of today; empty where no answer is on it."""
    answers = (asked.answer_of(rating, version) for rating in orjson.loads(pattern))
    return pattern_of(answer for answer in answers if answer is not None)


def read(
    queue_id: int, *, by: By = By.ALL, questions: Sequence[str] | None = None, tells_drawn: bool = True
) -> Counts:
    """The histogram of a queue, exact to the last commit; one statement. questions: only these, by key.

    Costs what there are patterns, and what was reviewed in the seconds since the sweeper folded.
    tells_drawn: whether cells tell the items that chance gave extra reviews apart; without, none is_drawn.
    """
    wanted = None if questions is None else list(questions)
    asked = {"queue": queue_id, "by": by.value, "questions": wanted, "tells_drawn": tells_drawn}
    with connection.cursor() as cursor:
        cursor.execute(unit_sql.READ, asked)
        return Counts([Cell._make(row) for row in cursor.fetchall()])


def is_being_counted(queue_id: int) -> bool:
    """Whether items of this queue, reviewed before agreement was counted, are still to be counted."""
    return AgreementUnit.objects.filter(is_owed=True, item__queue=queue_id).exists()
