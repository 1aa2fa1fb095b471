"""All measures over one record. Pure: no database, no Django."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from queues.score import measures as _shipped  # noqa: F401 - importing it registers the measures
from queues.score.encoder import EncoderFacts, Vectors
from queues.score.measure import Record, Value, embedded_measures, measures


class Scored(NamedTuple):
    """The scores of one record: measure name → finite number, and measure name → why there is none."""

    values: dict[str, float]
    missing: dict[str, str]


def scores_of(record: Record) -> Scored:
    """Every measure that the record allows, and a reason for each that it does not.

    Nothing is said about the embedded measures: their row is completed when the vectors are there.
    """
    return _sorted(measure(record) for _name, measure in measures)


def embedded_scores_of(record: Record, vectors: Vectors, encoder: EncoderFacts) -> Scored:
    """The same for the measures that need vectors: one row for each of `answers.answers(record)`."""
    return _sorted(measure(record, vectors, encoder) for _name, measure in embedded_measures)


def _sorted(found: Iterable[Mapping[str, Value]]) -> Scored:
    values: dict[str, float] = {}
    missing: dict[str, str] = {}
    for scores in found:
        for name, (value, why) in scores.items():
            if value is None:
                missing[name] = why or "undefined"
            else:
                values[name] = value
    return Scored(values, missing)


_BARE: Record = {"output": {"text": ""}}
_NO_VECTORS = np.zeros((0, 1), np.float32)


def known_names() -> frozenset[str]:
    """The names of all scores, for policies that refer to them."""
    return frozenset(name for names in scores_of(_BARE) for name in names) | embedded_names()


def embedded_names() -> frozenset[str]:
    """The names of those scores that become known with the vectors, after arrival."""
    later = embedded_scores_of(_BARE, _NO_VECTORS, EncoderFacts("none", is_semantic=False))
    return frozenset(name for names in later for name in names)


# Measures whose lower values are the uncertain ones, or that count instead of measure: no rule may use them.
NOT_FOR_RULES = frozenset({"min_logprob", "n_floored"})
