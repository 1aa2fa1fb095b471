"""The overview of a project: what comes in, why it is sent on, what people say, and does it all run.

Everything is counted over a bounded stretch of the newest rows, and the page says over which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from queues.models import Heartbeat, Prediction, PredictionState

LOOK_AT = 10_000  # newest predictions counted
DAYS = 14
VERDICTS_PER_QUEUE = 1_000

_NEWEST = """
WITH newest AS (
  SELECT id, state, received_at FROM (
    SELECT id, state, received_at FROM queues_prediction
    WHERE project_id = %(project)s ORDER BY id DESC LIMIT %(look)s) looked_at
  WHERE received_at >= %(since)s)
"""
_INFLOW = f"""{_NEWEST}
SELECT (received_at AT TIME ZONE %(zone)s)::date, count(*),
  count(*) FILTER (WHERE state = 'routed'), count(*) FILTER (WHERE state IN ('received', 'scored')),
  max(id) + 1
FROM newest GROUP BY 1 ORDER BY 1
"""
_REASONS = f"""{_NEWEST}
SELECT reason ->> 'rule', count(*)
FROM newest CROSS JOIN LATERAL (
  SELECT reasons FROM queues_routing WHERE prediction_id = newest.id
  UNION ALL SELECT reasons FROM queues_secondlook WHERE prediction_id = newest.id) r
CROSS JOIN LATERAL jsonb_array_elements(r.reasons) reason
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_DECISIONS = """
SELECT v.decision, count(*) FROM unnest(%(queues)s::bigint[]) AS q(id)
CROSS JOIN LATERAL (
  SELECT decision FROM queues_verdict WHERE queue_id = q.id AND withdrawn_at IS NULL
  ORDER BY id DESC LIMIT %(limit)s) v
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day's arrivals in the reader's time zone."""

    day: date
    received: int
    routed: int
    undecided: int  # not scored or not routed yet
    before: int = 1  # the list of predictions reaches this day's when it starts below this id


@dataclass(frozen=True, slots=True)
class Inflow:
    """Arrivals by day, without gaps. is_cut: there were more than LOOK_AT, so the first day is partial."""

    days: Sequence[Day]
    is_cut: bool

    @property
    def received(self) -> int:
        return sum(day.received for day in self.days)

    @property
    def routed(self) -> int:
        return sum(day.routed for day in self.days)

    @property
    def decided(self) -> int:
        return self.received - sum(day.undecided for day in self.days)


@dataclass(frozen=True, slots=True)
class Running:
    """Does it all run? worker_at: the newest sign of life of any background process; None: never one."""

    worker_at: datetime | None
    oldest_undecided_at: datetime | None
    now: datetime

    @property
    def worker_is_alive(self) -> bool:
        return self.worker_at is not None and self.now - self.worker_at < timedelta(seconds=60)

    @property
    def is_behind(self) -> bool:
        """Something waits longer for its score than the sweeper needs to find it twice."""
        waits_since = self.oldest_undecided_at
        return waits_since is not None and self.now - waits_since > timedelta(seconds=60)


def inflow(project_id: int, *, now: datetime) -> Inflow:
    """What arrived in the last DAYS days, in the current time zone."""
    first = timezone.localtime(now).date() - timedelta(days=DAYS - 1)
    rows = {row[0]: Day(*row) for row in _rows(_INFLOW, _stretch(project_id, now))}
    days = [first + timedelta(days=n) for n in range(DAYS)]
    is_cut = sum(day.received for day in rows.values()) >= LOOK_AT
    return Inflow([rows.get(day, Day(day, 0, 0, 0)) for day in days], is_cut)


def routed_by_reason(project_id: int, *, now: datetime) -> list[tuple[str, int]]:
    """Rule → how many of the same predictions it sent; one prediction may count for several rules."""
    return [(rule or "", n) for rule, n in _rows(_REASONS, _stretch(project_id, now))]


def decision_mix(queue_ids: Sequence[int]) -> dict[str, int]:
    """Decision → how many of the newest standing verdicts (VERDICTS_PER_QUEUE of each queue)."""
    return dict(_rows(_DECISIONS, {"queues": list(queue_ids), "limit": VERDICTS_PER_QUEUE}))


def running(project_id: int, *, now: datetime) -> Running:
    """Signs of life, and the oldest prediction of the project that still waits for score or routing."""
    owed = Prediction.objects.filter(
        project_id=project_id, state__in=[PredictionState.RECEIVED, PredictionState.SCORED]
    )
    worker_at = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
    return Running(worker_at, owed.order_by("id").values_list("received_at", flat=True).first(), now)


def _stretch(project_id: int, now: datetime) -> dict[str, Any]:
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "project": project_id,
        "look": LOOK_AT,
        "since": midnight - timedelta(days=DAYS - 1),
        "zone": timezone.get_current_timezone_name(),
    }


def _rows(sql: str, arguments: Mapping[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()
