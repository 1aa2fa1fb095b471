"""The last predictions of a project in the batches in which they arrived, a part at a time.

By ranges of the primary key: a cursor would keep one transaction open for as long as the run lasts, which
holds up the vacuum and the sealing of the log. Memory is that of one part, however many there are.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from queues.route import fact
from queues.route.fact import Arrival
from queues.score import queries as scores
from queues.score.queries import ScoredPrediction

PART = 2_000

_RANGE = """
SELECT COALESCE(
  (SELECT id FROM queues_prediction WHERE project_id = %(project)s ORDER BY id DESC OFFSET %(skip)s LIMIT 1),
  (SELECT id FROM queues_prediction WHERE project_id = %(project)s ORDER BY id LIMIT 1), 0),
  COALESCE((SELECT id FROM queues_prediction WHERE project_id = %(project)s ORDER BY id DESC LIMIT 1), -1)
"""
_TOTAL = "SELECT count(*) FROM queues_prediction WHERE project_id = %s AND id BETWEEN %s AND %s"
_PART_SQL = """
SELECT id, prediction_id, model_version, environment, received_at FROM queues_prediction
WHERE project_id = %s AND id BETWEEN %s AND %s ORDER BY id LIMIT %s
"""
_BEFORE = """
SELECT received_at FROM queues_prediction WHERE project_id = %s AND id < %s ORDER BY id DESC LIMIT %s
"""


class Span(NamedTuple):
    """The predictions to look at: `total` of a project, from the id `first` to the id `last`."""

    project_id: int
    first: int
    last: int
    total: int


class Seen(NamedTuple):
    """One prediction as routing saw it; scored None: not scored yet."""

    arrival: Arrival
    received_at: datetime
    scored: ScoredPrediction | None


def span_of(project_id: int, last: int) -> Span:
    """The newest `last` predictions of a project as they are now, not with what arrives meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_RANGE, {"project": project_id, "skip": last - 1})
        lowest, highest = cursor.fetchone()
        cursor.execute(_TOTAL, [project_id, lowest, highest])
        return Span(project_id, lowest, highest, cursor.fetchone()[0])


def parts(span: Span, *, with_records: bool) -> Iterator[list[Seen]]:
    """All of it in order, PART at a time."""
    after = span.first - 1
    while rows := _rows(span, after):
        ids = [row[0] for row in rows]
        scored = {one.id: one for one in scores.scored(ids)}
        records = scores.records(ids) if with_records else {}
        yield [
            Seen(Arrival._make((*row, records.get(row[0], {}))), received_at, scored.get(row[0]))
            for *row, received_at in rows
        ]
        after = ids[-1]


def received_before(span: Span, how_many: int) -> list[datetime]:
    """When the `how_many` predictions before the first one arrived, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [span.project_id, span.first, how_many])
        return [at for (at,) in reversed(cursor.fetchall())]


def facts_of(names: Sequence[str], project_id: int, seen: Sequence[Seen]) -> dict[int, dict[str, object]]:
    """What the fact sources find now. A source that this program does not have knows nothing of anybody."""
    known = [name for name in names if name in fact.facts]
    found = fact.read(known, project_id, [one.arrival for one in seen])
    for name in names:
        if name not in known:
            for facts in found.values():
                facts[name] = {}
    return found


def _rows(span: Span, after: int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(_PART_SQL, [span.project_id, after + 1, span.last, PART])
        return cursor.fetchall()
