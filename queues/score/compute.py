"""All measures over one record. Pure: no database, no Django."""

from typing import NamedTuple

from queues.score import measures as _shipped  # noqa: F401 - importing it registers the measures
from queues.score.measure import Record, measures


class Scored(NamedTuple):
    """The scores of one record: measure name → finite number, and measure name → why there is none."""

    values: dict[str, float]
    missing: dict[str, str]


def scores_of(record: Record) -> Scored:
    """Every measure that the record allows, and a reason for each that it does not."""
    values: dict[str, float] = {}
    missing: dict[str, str] = {}
    for _name, measure in measures:
        for name, (value, why) in measure(record).items():
            if value is None:
                missing[name] = why or "undefined"
            else:
                values[name] = value
    return Scored(values, missing)


def known_names() -> frozenset[str]:
    """The names of all scores, for policies that refer to them."""
    empty = scores_of({})
    return frozenset(empty.values) | frozenset(empty.missing)


# Measures whose lower values are the uncertain ones, or that count instead of measure: no rule may use them.
NOT_FOR_RULES = frozenset({"min_logprob", "n_floored"})
