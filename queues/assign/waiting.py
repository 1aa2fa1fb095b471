"""How many items of a queue wait for one person: what a claim could hand them now.

Each count is bounded by COUNT_LIMIT, and costs one statement for any number of queues; where somebody
refuses some content, one more for each of their projects.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from queues.assign.claim import NOT_REFUSED, refusal_of
from queues.assign.orders import Walk, orders
from queues.assign.policy import lanes_of
from queues.models import Queue, WorkProfile
from queues.newest import COUNT_LIMIT

# What I could lease now: items nobody has touched, and started ones that were never mine.
_WAITING = """
SELECT q.id, untouched.n + started.n
FROM unnest(%(queues)s::bigint[]) AS q(id)
CROSS JOIN LATERAL (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM queues_slot
    WHERE queue_id = q.id AND state = 'open' AND untouched AND seq = 1
    ORDER BY priority DESC, due_at, id LIMIT %(limit)s) counted
) untouched
CROSS JOIN LATERAL (
  SELECT count(DISTINCT s.item_id) AS n FROM (
    SELECT item_id FROM queues_slot
    WHERE queue_id = q.id AND state = 'open' AND NOT untouched
    ORDER BY priority DESC, due_at, id LIMIT %(limit)s) s
  WHERE NOT EXISTS (SELECT 1 FROM queues_slot m WHERE m.item_id = s.item_id AND m.person_id = %(me)s)
    AND NOT EXISTS (SELECT 1 FROM queues_skip k WHERE k.item_id = s.item_id AND k.person_id = %(me)s)
) started
"""

# The same where each person takes only some lanes: of a queue of other languages nothing waits for me.
_WAITING_IN_LANES = """
SELECT q.id, untouched.n + started.n
FROM unnest(%(queues)s::bigint[], %(lanes)s::text[]) AS q(id, lanes)
CROSS JOIN LATERAL (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM queues_slot
    WHERE queue_id = q.id AND lane = ANY(string_to_array(q.lanes, ','))
      AND state = 'open' AND untouched AND seq = 1
    LIMIT %(limit)s) counted
) untouched
CROSS JOIN LATERAL (
  SELECT count(DISTINCT s.item_id) AS n FROM (
    SELECT item_id FROM queues_slot
    WHERE queue_id = q.id AND lane = ANY(string_to_array(q.lanes, ','))
      AND state = 'open' AND NOT untouched
    LIMIT %(limit)s) s
  WHERE NOT EXISTS (SELECT 1 FROM queues_slot m WHERE m.item_id = s.item_id AND m.person_id = %(me)s)
    AND NOT EXISTS (SELECT 1 FROM queues_skip k WHERE k.item_id = s.item_id AND k.person_id = %(me)s)
) started
"""

# The same for who refuses some content: what they would not be handed does not wait for them.
_WAITING_UNREFUSED = f"""
SELECT q.id, untouched.n + started.n
FROM unnest(%(queues)s::bigint[], %(laned)s::bool[]) AS q(id, laned)
CROSS JOIN LATERAL (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM queues_slot s
    WHERE queue_id = q.id AND state = 'open' AND untouched AND seq = 1
      AND (NOT q.laned OR lane = ANY(%(lanes)s::text[])) {NOT_REFUSED}
    ORDER BY priority DESC, due_at, id LIMIT %(limit)s) counted
) untouched
CROSS JOIN LATERAL (
  SELECT count(DISTINCT s.item_id) AS n FROM (
    SELECT item_id FROM queues_slot s
    WHERE queue_id = q.id AND state = 'open' AND NOT untouched
      AND (NOT q.laned OR lane = ANY(%(lanes)s::text[])) {NOT_REFUSED}
    ORDER BY priority DESC, due_at, id LIMIT %(limit)s) s
  WHERE NOT EXISTS (SELECT 1 FROM queues_slot m WHERE m.item_id = s.item_id AND m.person_id = %(me)s)
    AND NOT EXISTS (SELECT 1 FROM queues_skip k WHERE k.item_id = s.item_id AND k.person_id = %(me)s)
) started
"""


def waiting_for(
    person_id: int, queues: Sequence[Queue], profiles: Mapping[int, WorkProfile]
) -> dict[int, int]:
    """Queue → how many items wait for this person, stopping at COUNT_LIMIT + 1. profiles: by project."""
    ask = {"queues": [queue.pk for queue in queues], "me": person_id, "limit": COUNT_LIMIT + 1}
    return {
        **dict(rows(_WAITING, ask)),
        **_waiting_in_lanes(queues, profiles, ask),
        **_waiting_unrefused(queues, profiles, ask),
    }


def _waiting_in_lanes(
    queues: Sequence[Queue], profiles: Mapping[int, WorkProfile], ask: Mapping[str, Any]
) -> dict[int, int]:
    laned = [queue for queue in queues if orders.get(queue.order).walk is Walk.LANE]
    if not laned:
        return {}
    lanes = [",".join(lanes_of(profiles.get(queue.project_id))) for queue in laned]
    return dict(rows(_WAITING_IN_LANES, {**ask, "queues": [queue.pk for queue in laned], "lanes": lanes}))


def _waiting_unrefused(
    queues: Sequence[Queue], profiles: Mapping[int, WorkProfile], ask: Mapping[str, Any]
) -> dict[int, int]:
    """Of the queues of projects in which the person refuses something; a statement for each such project."""
    found: dict[int, int] = {}
    for project_id, profile in profiles.items():
        theirs = [queue for queue in queues if queue.project_id == project_id]
        if not profile.refused or not theirs:
            continue
        about = {
            "queues": [queue.pk for queue in theirs],
            "laned": [orders.get(queue.order).walk is Walk.LANE for queue in theirs],
            "lanes": lanes_of(profile),
        }
        refusal = refusal_of(frozenset(profile.refused))
        found |= dict(rows(_WAITING_UNREFUSED, {**ask, **about, **refusal}))
    return found


def rows(sql: str, arguments: Mapping[str, Any]) -> list[tuple]:
    """What a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()
