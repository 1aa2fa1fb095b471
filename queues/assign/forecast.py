"""When a queue will be empty at the pace of its last days, and how much in it is overdue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from django.db import connection

from queues.models import UNDER_REVIEW, Queue
from queues.newest import COUNT_LIMIT

WINDOW = timedelta(days=7)
VERDICTS = 500  # looked at of each queue
FEWEST = 10  # verdicts below which no pace is told
_Z = 1.96  # of a 95 % interval

_PACE = """
SELECT q.id, count(*), min(v.created_at)
FROM unnest(%(queues)s::bigint[]) AS q(id) CROSS JOIN LATERAL (
  SELECT created_at FROM queues_verdict WHERE queue_id = q.id AND withdrawn_at IS NULL
  ORDER BY id DESC LIMIT %(limit)s) v
WHERE v.created_at > %(since)s GROUP BY q.id
"""

# Hops from priority to priority, and within each reads only what is late, no further than the limit.
_OVERDUE = """
SELECT q.id, sum(late.n)
FROM unnest(%(queues)s::bigint[]) AS q(id) CROSS JOIN unnest(%(states)s::text[]) AS s(state)
CROSS JOIN LATERAL (
  WITH RECURSIVE hop(priority) AS (
    (SELECT priority FROM queues_item WHERE queue_id = q.id AND state = s.state
     ORDER BY priority DESC, due_at, id LIMIT 1)
    UNION ALL
    SELECT next.priority FROM hop CROSS JOIN LATERAL (
      SELECT priority FROM queues_item
      WHERE queue_id = q.id AND state = s.state AND priority < hop.priority
      ORDER BY priority DESC, due_at, id LIMIT 1) next
  ) SELECT n FROM hop CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM (
      SELECT 1 FROM queues_item
      WHERE queue_id = q.id AND state = s.state AND priority = hop.priority AND due_at < %(now)s
      LIMIT %(limit)s) counted) within
) late GROUP BY q.id
"""


@dataclass(frozen=True, slots=True)
class Forecast:
    """In how many days `left` items are settled, if nothing more comes; low and high: of a 95 % interval.

    settled: how many were in the last `over_days`, from which the pace is taken. days None: not defined;
    then `is_too_few` says that too few were settled, else there are more than can be counted.
    """

    left: int
    settled: int
    over_days: float
    days: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_too_few(self) -> bool:
        return self.settled < FEWEST

    @property
    def a_day(self) -> float:
        return self.settled / self.over_days


def forecast(left: int, settled: int, over_days: float) -> Forecast:
    """Settling is counted as a Poisson process: of n settled the interval is n ± 1.96·√n."""
    if settled < FEWEST or left > COUNT_LIMIT:
        return Forecast(left, settled, over_days)
    slow, fast = settled - _Z * sqrt(settled), settled + _Z * sqrt(settled)
    days, low, high = (left * over_days / pace for pace in (settled, fast, slow))
    return Forecast(left, settled, over_days, days, low, high)


def forecasts(queues: Sequence[Queue], left: Mapping[int, int], *, now: datetime) -> dict[int, Forecast]:
    """Of each queue, by its id; one statement. left: how many items are unfinished."""
    arguments: dict[str, Any] = {
        "queues": [queue.pk for queue in queues],
        "limit": VERDICTS,
        "since": now - WINDOW,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PACE, arguments)
        paces = {queue_id: (n, first) for queue_id, n, first in cursor.fetchall()}
    found = {}
    for queue in queues:
        settled, first = paces.get(queue.pk, (0, None))
        # All that were looked at lie within the window: the pace is that of the time they took.
        begin = first if settled == VERDICTS and first else max(now - WINDOW, queue.created_at)
        over_days = max((now - begin) / timedelta(days=1), 1 / 24)
        found[queue.pk] = forecast(left.get(queue.pk, 0), settled, over_days)
    return found


def overdue(queue_ids: Sequence[int], *, now: datetime) -> dict[int, int]:
    """How many unfinished items of each queue were due before `now`; absent where none is."""
    arguments: dict[str, Any] = {
        "queues": list(queue_ids),
        "states": [str(state) for state in UNDER_REVIEW],
        "now": now,
        "limit": COUNT_LIMIT + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, arguments)
        return {queue_id: min(int(n), COUNT_LIMIT + 1) for queue_id, n in cursor.fetchall() if n}
