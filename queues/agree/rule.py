"""When do reviews settle an item? A queue's dispute rule, as a pure function of what they say.

The decision and each counted question are looked at one by one: the value that most reviews hold wins if
enough of them hold it. A tie never wins, so it goes to a lead.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

UNANIMOUS, MAJORITY, K_OF_N = "unanimous", "majority", "k_of_n"
NOT_COUNTED = "not_counted"
FOR_QUESTIONS = (UNANIMOUS, MAJORITY, NOT_COUNTED)


class Position(NamedTuple):
    """What one review says: its decision, and each answer as the string under which answers are compared."""

    decision: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the reviews agree on. first: the place of the review that stands for them.

    answers: counted question → the place of a review that holds the winning answer; a question is missing
    when not to answer it won, and then nobody behind the winning decision answered it. is_unanimous: all
    say the same wherever it counts. behind: the places of the reviews with the winning decision.
    """

    first: int
    answers: Mapping[str, int]
    is_unanimous: bool
    behind: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A dispute rule; without one of its own, a queue asks for unanimity. Fields: see models.DisputeRule."""

    needs: str = UNANIMOUS
    at_least: int | None = None
    by_question: Mapping[str, str] = field(default_factory=dict)
    asks_lead_always: bool = False
    asks_lead_for_safety: bool = False
    asks_lead_for_golden: bool = False

    def counts(self, question: str) -> bool:
        """Whether reviews that differ on this question can be in dispute over it."""
        return self.by_question.get(question) != NOT_COUNTED

    def asks_lead(self, *, is_safety: bool, is_golden: bool) -> bool:
        """Whether a lead settles such an item even when its reviews agree."""
        return (
            self.asks_lead_always
            or (self.asks_lead_for_safety and is_safety)
            or (self.asks_lead_for_golden and is_golden)
        )

    def agreement(self, positions: Sequence[Position]) -> Agreement | None:
        """What these reviews, at least one, agree on; None when the item is in dispute."""
        decisions = [position.decision for position in positions]
        decided = self._winner(decisions, self.needs)
        if decided is None:
            return None
        behind = [place for place, decision in enumerate(decisions) if decision == decisions[decided]]
        winners: dict[str, int] = {}
        for question in self._counted(positions):
            values = [position.answers.get(question) for position in positions]
            winner = self._winner(values, self.by_question.get(question, self.needs))
            if winner is None:
                return None
            if values[winner] is not None:
                winners[question] = winner
            elif any(values[place] is not None for place in behind):
                return None  # the winning decision comes with an answer: silence must not outvote it
        said = {question: positions[place].answers[question] for question, place in winners.items()}
        alike = [place for place in behind if self._said(positions[place]) == said]
        return Agreement(
            first=(alike or behind)[0],
            answers=winners,
            is_unanimous=len(alike) == len(positions),
            behind=tuple(behind),
        )

    def _counted(self, positions: Sequence[Position]) -> list[str]:
        keys = {key: None for position in positions for key in position.answers}
        return [key for key in keys if self.counts(key)]

    def _said(self, position: Position) -> dict[str, str]:
        return {key: value for key, value in position.answers.items() if self.counts(key)}

    def _winner(self, values: Sequence[str | None], needs: str) -> int | None:
        """The place of the first review with the value that wins; None when none does."""
        (value, most), *others = Counter(values).most_common(2)
        if others and others[0][1] == most:
            return None
        return values.index(value) if most >= self._enough(needs, len(values)) else None

    def _enough(self, needs: str, n: int) -> int:
        if needs == MAJORITY:
            return n // 2 + 1
        return min(self.at_least or n, n) if needs == K_OF_N else n
