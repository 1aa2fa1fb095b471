"""What each rule did of late: how many it picked, and what its allowance held back today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from queues.models import RuleAllowance

LOOK_AT = 20_000  # newest predictions counted
DAY, WEEK = timedelta(days=1), timedelta(days=7)

_PICKED = """
WITH looked_at AS MATERIALIZED (
  SELECT id, received_at, state FROM queues_prediction
  WHERE project_id = %(project)s ORDER BY id DESC LIMIT %(look)s),
routed AS MATERIALIZED (
  SELECT id, received_at FROM looked_at WHERE state = 'routed' AND received_at >= %(week)s),
picked AS (
  SELECT routed.received_at, COALESCE(reason ->> 'rule', '') AS rule
  FROM routed JOIN queues_routing r ON r.prediction_id = routed.id
  CROSS JOIN LATERAL jsonb_array_elements(r.reasons) reason
  UNION ALL
  SELECT routed.received_at, COALESCE(reason ->> 'rule', '')
  FROM routed JOIN queues_secondlook l ON l.prediction_id = routed.id
  CROSS JOIN LATERAL jsonb_array_elements(l.reasons) reason)
SELECT rule, count(*) FILTER (WHERE received_at >= %(day)s), count(*) FROM picked GROUP BY rule
UNION ALL
SELECT NULL, count(*), COALESCE(bool_and(received_at >= %(week)s), false)::int FROM looked_at
"""


@dataclass(frozen=True, slots=True)
class Did:
    """What one rule did. day, week: predictions picked of those that came in the last 24 h, 7 days.

    held_back: since midnight UTC; None: the rule has neither a cap nor a budget, or did not need it today.
    """

    day: int = 0
    week: int = 0
    held_back: int | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """Rule → what it did. is_cut: more than LOOK_AT predictions came in 7 days; the newest are counted."""

    rules: Mapping[str, Did] = field(default_factory=dict)
    is_cut: bool = False

    def of(self, rule: str) -> Did:
        return self.rules.get(rule, Did())


def activity(project_id: int, *, now: datetime) -> Activity:
    """What the rules did; two statements over a bounded number of rows."""
    arguments: dict[str, Any] = {"project": project_id, "look": LOOK_AT, "day": now - DAY, "week": now - WEEK}
    with connection.cursor() as cursor:
        cursor.execute(_PICKED, arguments)
        rows = cursor.fetchall()
    held = dict(
        RuleAllowance.objects.filter(project=project_id, day=now.astimezone(UTC).date()).values_list(
            "rule", "held_back"
        )
    )
    picked = {rule: (day, week) for rule, day, week in rows if rule is not None}
    ((seen, are_all_young),) = [(seen, young) for rule, seen, young in rows if rule is None]
    return Activity(
        {rule: Did(*picked.get(rule, (0, 0)), held_back=held.get(rule)) for rule in sorted({*picked, *held})},
        is_cut=seen >= LOOK_AT and bool(are_all_young),
    )
