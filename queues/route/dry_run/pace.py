"""How much the people of a queue do in a day, and what waits for them: what a load is held against."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db import connection

from queues.models import Queue

DAYS = 14  # full days before today
LOOK_AT = 100_000  # newest reviews of the house
WAITING_MOST = 100_000

_REVIEWS = """
SELECT i.queue_id, (r.submitted_at AT TIME ZONE 'UTC')::date, count(*), min(r.submitted_at)
FROM (SELECT item_id, submitted_at FROM queues_review WHERE withdrawn_at IS NULL
      ORDER BY id DESC LIMIT %(look)s) r
JOIN queues_item i ON i.id = r.item_id
WHERE i.queue_id = ANY(%(queues)s) AND i.state <> 'check'
  AND r.submitted_at >= %(since)s AND r.submitted_at < %(until)s
GROUP BY 1, 2
"""
_OLDEST = """
SELECT count(*), min(submitted_at) FROM (
  SELECT submitted_at FROM queues_review WHERE withdrawn_at IS NULL ORDER BY id DESC LIMIT %(look)s) looked_at
"""
_WAITING = """
SELECT q.id, COALESCE(n.n, 0) FROM unnest(%(queues)s::bigint[]) AS q(id) CROSS JOIN LATERAL (
  SELECT sum(reviews_needed) AS n FROM unnest(ARRAY['open', 'in_review']) AS s(state) CROSS JOIN LATERAL (
    SELECT reviews_needed FROM queues_item WHERE queue_id = q.id AND state = s.state
    ORDER BY priority DESC, due_at, id LIMIT %(most)s) waiting) n
"""


class Pace(NamedTuple):
    """per_day: median of reviews a day; None: nobody has reviewed here. waiting: reviews that wait now."""

    per_day: float | None = None
    waiting: int = 0


def paces(project_id: int, *, now: datetime) -> Mapping[str, Pace]:
    """Queue → its pace over the last DAYS full days (UTC), days without a review included."""
    queues = list(Queue.objects.filter(project=project_id))
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    arguments: dict[str, Any] = {
        "queues": [queue.pk for queue in queues],
        "since": today - timedelta(days=DAYS),
        "until": today,
        "look": LOOK_AT,
        "most": WAITING_MOST,
    }
    done: defaultdict[int, Counter[date]] = defaultdict(Counter)
    for queue_id, day, n, _first in _rows(_REVIEWS, arguments):
        done[queue_id][day] = n
    waiting = dict(_rows(_WAITING, arguments))
    since = _covered_since(arguments["since"], arguments)
    return {
        queue.slug: Pace(
            _median(done[queue.pk], max(since, queue.created_at.astimezone(UTC).date()), today.date()),
            min(WAITING_MOST, int(waiting.get(queue.pk, 0))),
        )
        for queue in queues
    }


def _covered_since(since: datetime, arguments: Mapping[str, Any]) -> date:
    """The first day that the newest LOOK_AT reviews cover in full."""
    ((seen, oldest),) = _rows(_OLDEST, arguments)
    first = since.date()
    if seen < LOOK_AT or oldest is None:
        return first
    return max(first, oldest.astimezone(UTC).date() + timedelta(days=1))


def _median(done: Mapping[date, int], first: date, today: date) -> float | None:
    days = [first + timedelta(days=n) for n in range((today - first).days)]
    return float(median(done.get(day, 0) for day in days)) if days and done else None


def _rows(sql: str, arguments: Mapping[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()
