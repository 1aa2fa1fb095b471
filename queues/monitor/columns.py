"""Labels as columns: one array per measure, whatever subset of the labels has it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from queues.monitor.labels import Label
from queues.score.compute import NOT_FOR_RULES
from queues.score.measures.token import FROM_LOGPROBS
from queues.statistics.arrays import Booleans, Floats
from queues.statistics.discrimination import Labels, labelled

FLOORED_AT_MOST = 0.05  # above this share of floored tokens, scores from log-probabilities are left out


@dataclass(frozen=True, slots=True)
class Column:
    """One measure over the labels that have it, oldest first. weights: 1 / pi. places: which labels."""

    measure: str
    scores: Floats
    errors: Booleans
    weights: Floats
    places: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)

    def part(self, chosen: np.ndarray) -> "Column":
        """The same measure over some of its labels (a slice's or a mask's worth)."""
        return Column(
            self.measure,
            self.scores[chosen],
            self.errors[chosen],
            self.weights[chosen],
            self.places[chosen],
        )

    def sorted(self) -> Labels:
        """As `queues.statistics.discrimination` takes it."""
        return labelled(self.scores, self.errors, self.weights)


def columns_of(labels: Sequence[Label]) -> dict[str, Column]:
    """Measure → its column, by name; only measures that point upwards with uncertainty."""
    errors = np.array([label.is_error for label in labels], dtype=bool)
    weights = np.array([1.0 / label.pi for label in labels])
    floored = np.array([is_floored(label) for label in labels], dtype=bool)
    names = sorted({name for label in labels for name in label.values} - NOT_FOR_RULES)
    found = {}
    for name in names:
        scores = np.array([label.values.get(name, np.nan) for label in labels], dtype=np.float64)
        has = np.isfinite(scores)
        if name in FROM_LOGPROBS:
            has &= ~floored
        if has.any():
            found[name] = Column(name, scores[has], errors[has], weights[has], np.flatnonzero(has))
    return found


def is_floored(label: Label) -> bool:
    """Whether so many tokens were below the floor that what log-probabilities say is mostly the floor."""
    tokens = label.values.get("n_tokens", 0.0)
    return tokens > 0 and label.values.get("n_floored", 0.0) / tokens > FLOORED_AT_MOST
