"""What a measure is: a plain prediction/1 record in, named values out. Knows no Django and no database.

Every value is oriented so that higher = more uncertain (but see `min_logprob`), in natural logarithms,
and is absent, with a reason, where it is undefined: never 0, never NaN, never a silent default.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from queues.registry import Registry
from queues.score.encoder import EncoderFacts, Vectors

Record = Mapping[str, Any]


class Value(NamedTuple):
    """One score, or why there is none. Exactly one of the two is None."""

    value: float | None
    why_missing: str | None = None


class Measure(Protocol):
    """A family of scores computed together. Gives the same names for every record, computable or not."""

    def __call__(self, record: Record, /) -> Mapping[str, Value]: ...


class EmbeddedMeasure(Protocol):
    """A family of scores that needs the vectors of the answers, and so comes after the arrival.

    vectors: one row for each of `answers.answers(record)`, in their order, all from one encoder. Gives the
    same names for every record and every encoder, computable or not.
    """

    def __call__(self, record: Record, vectors: Vectors, encoder: EncoderFacts, /) -> Mapping[str, Value]: ...


measures: Registry[Measure] = Registry("measure")
embedded_measures: Registry[EmbeddedMeasure] = Registry("embedded measure")


def missing(names: tuple[str, ...], why: str) -> dict[str, Value]:
    """All of `names` undefined for one reason."""
    return dict.fromkeys(names, Value(None, why))
