"""Agreement once more from the raw answers: counted by the database, computed by another program.

Nothing of the counted histogram is used here, so that an error of the one shows in the other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import krippendorff
import numpy as np
import orjson
from django.db import connection

from queues.agree.asked import Asked
from queues.agree.distances import LEVELS
from queues.agree.patterns import Answer, Pattern, pattern_of
from queues.agree.unit_sql import IS_SHARED
from queues.review import form as forms
from queues.statistics.arrays import Floats

# The package holds several numbers for each unit and pair of values at once; beyond this (about 1 GB) the
# sum is our own: 20,000 units with 101 values took it 4.7 GB.
PACKAGE_CELLS = 30_000_000
_BLOCK = 100_000  # units summed at once

# The answers of each item that several people reviewed, and how many items have these.
_COUNTED = f"""
SELECT said::text, count(*) FROM (
  SELECT jsonb_agg(jsonb_build_array(review.form_id, {{value}}) ORDER BY review.form_id, {{value}}) AS said
  FROM queues_item item
  JOIN queues_review review ON review.item_id = item.id
  WHERE item.queue_id = %(queue)s AND {IS_SHARED} AND {{counts}}
    AND review.withdrawn_at IS NULL AND review.decision <> 'escalate'
  GROUP BY item.id
) each GROUP BY said
"""
_DECISIONS = _COUNTED.format(value="to_jsonb(review.decision)", counts="item.other_id IS NULL")
_ANSWERS = _COUNTED.format(value="review.answers -> %(key)s::text", counts="true")


def patterns_of(queue_id: int, asked: Asked) -> dict[Pattern, int]:
    """Pattern → number of items, from the rows of the reviews; one statement."""
    with connection.cursor() as cursor:
        if asked.question is None:
            cursor.execute(_DECISIONS, {"queue": queue_id})
        else:
            cursor.execute(_ANSWERS, {"queue": queue_id, "key": asked.key})
        rows = cursor.fetchall()
    found: Counter[Pattern] = Counter()
    for said, n in rows:
        if pattern := pattern_of(_answers(asked, orjson.loads(said))):
            found[pattern] += n
    return dict(found)


def _answers(asked: Asked, said: Sequence[tuple[int, Any]]) -> list[Answer]:
    """What counts of one item: nothing where the newest of its reviews was not asked this."""
    if asked.question is not None:
        newest = max((form_id for form_id, _value in said), key=lambda one: asked.history.numbers[one])
        if forms.of_version(newest).question(asked.key) is None:
            return []
    put = (
        asked.answer_to(value, asked.history.numbers.get(form_id, 0))
        for form_id, value in said
        if value is not None
    )
    return [answer for answer in put if answer is not None]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """alpha: None where it is not defined. by_package: else by a plain sum, as the scale is too long."""

    alpha: float | None
    n_units: int
    by_package: bool


def recomputed(patterns: dict[Pattern, int], asked: Asked, level: str) -> Recomputed:
    """Alpha from value counts, one row for each unit with two answers or more."""
    pairable = {pattern: n for pattern, n in patterns.items() if len(pattern) > 1}
    domain = asked.scale.values or tuple(pattern_of({one for pattern in pairable for one in pattern}))
    counts = value_counts(pairable, domain)
    used = counts.sum(axis=0)
    if not len(counts) or np.count_nonzero(used) < 2:
        return Recomputed(None, len(counts), by_package=False)
    if len(counts) * len(domain) ** 2 > PACKAGE_CELLS:
        return Recomputed(plain_alpha(counts, domain, level), len(counts), by_package=False)
    return Recomputed(package_alpha(counts, domain, level), len(counts), by_package=True)


def value_counts(patterns: dict[Pattern, int], domain: Sequence[Answer]) -> np.ndarray:
    """(units, values) how many people gave the unit this value: each unit has its row."""
    column = {value: place for place, value in enumerate(domain)}
    rows = np.zeros((len(patterns), len(domain)), dtype=np.int64)
    for row, pattern in enumerate(patterns):
        for answer in pattern:
            rows[row, column[answer]] += 1
    return np.repeat(rows, list(patterns.values()), axis=0)


def package_alpha(counts: np.ndarray, domain: Sequence[Answer], level: str) -> float:
    """By the `krippendorff` package. Sets are measured by our distances, as it has none."""
    numbers: Any = np.arange(len(domain))
    if level in ("interval", "ratio"):
        numbers = np.array(domain, dtype=float)
    metric: Any = _of_sets(domain, level) if level in ("jaccard", "masi") else level
    return float(krippendorff.alpha(value_counts=counts, value_domain=numbers, level_of_measurement=metric))


def _of_sets(domain: Sequence[Answer], level: str) -> Any:
    """A distance between sets in the shape in which the package takes one."""
    table = LEVELS[level](domain, np.zeros(len(domain)))

    def distance(_one: Any, _other: Any, i1: Any, i2: Any, n_v: Any, dtype: Any = np.float64) -> Any:
        return table[i1, i2].astype(dtype)

    return distance


def plain_alpha(counts: np.ndarray, domain: Sequence[Answer], level: str) -> float:
    """By the definition: coincidences summed over units in blocks, of constant memory."""
    together: Floats = np.zeros((len(domain), len(domain)))
    for start in range(0, len(counts), _BLOCK):
        block = counts[start : start + _BLOCK].astype(float)
        weighted = block / (block.sum(axis=1, keepdims=True) - 1.0)
        together += weighted.T @ block - np.diag(weighted.sum(axis=0))
    given = together.sum(axis=1)
    n = given.sum()
    distances = LEVELS[level](domain, given)
    by_chance = (np.outer(given, given) - np.diag(given)) / (n - 1.0)
    return float(1.0 - (together * distances).sum() / (by_chance * distances).sum())
