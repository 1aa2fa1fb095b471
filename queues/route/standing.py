"""What a prediction has already when it is looked at again: its pi, its reasons, its item."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from django.db import connection

from queues.route.decide import Decision
from queues.route.draws import REVIEWS_MOST
from queues.route.effective_pi import effective_pi_sql

_BEFORE = f"""
SELECT r.prediction_id, {effective_pi_sql("r")},
  (SELECT COALESCE(array_agg(reason ->> 'rule'), '{{}}') FROM jsonb_array_elements(r.reasons) reason)
  || (SELECT COALESCE(array_agg(reason ->> 'rule'), '{{}}') FROM queues_secondlook l
      CROSS JOIN LATERAL jsonb_array_elements(l.reasons) reason WHERE l.prediction_id = r.prediction_id)
FROM queues_routing r WHERE r.prediction_id = ANY(%s)
"""
_ITEMS = """
SELECT DISTINCT ON (prediction_id) prediction_id, id, state FROM (
  SELECT prediction_id, id, state FROM queues_item
  WHERE prediction_id = ANY(%(ids)s) AND state <> 'check'
  UNION ALL
  SELECT a.prediction_id, i.id, i.state FROM queues_attachment a JOIN queues_item i ON i.id = a.item_id
  WHERE a.prediction_id = ANY(%(ids)s)) found
ORDER BY prediction_id, id
"""
_HURRY_ITEM = """
UPDATE queues_item SET priority = GREATEST(priority, %(priority)s), due_at = LEAST(due_at, %(due_at)s),
  reasons = reasons || %(reasons)s::jsonb
WHERE id = %(item)s AND state IN ('open', 'in_review', 'disputed')
"""
_HURRY_SLOTS = """
UPDATE queues_slot SET priority = GREATEST(priority, %(priority)s), due_at = LEAST(due_at, %(due_at)s)
WHERE id IN (SELECT id FROM queues_slot WHERE item_id = %(item)s ORDER BY id FOR UPDATE)
  AND state IN ('open', 'leased')
"""

_NEED_MORE = """
UPDATE queues_item SET reviews_needed = LEAST(%(reviews)s + extra_reviews, %(most)s)
WHERE id = %(item)s AND state IN ('open', 'in_review')
  AND reviews_needed < LEAST(%(reviews)s + extra_reviews, %(most)s)
RETURNING id
"""
# Beside those that are there, and like them: in the same place of the queue's order of work.
_MORE_SLOTS = """
INSERT INTO queues_slot (item_id, queue_id, seq, untouched, priority, due_at, place, lane, bucket)
SELECT i.id, i.queue_id, there.last + n, there.untouched, i.priority, i.due_at,
  first.place, first.lane, first.bucket
FROM queues_item i
CROSS JOIN LATERAL (
  SELECT max(seq) AS last, count(*) FILTER (WHERE state <> 'void') AS live, bool_and(untouched) AS untouched
  FROM queues_slot WHERE item_id = i.id) there
JOIN queues_slot first ON first.item_id = i.id AND first.seq = 1
CROSS JOIN LATERAL generate_series(1, i.reviews_needed - there.live) n
WHERE i.id = %(item)s
"""


class There(NamedTuple):
    """The item that a prediction has already, or is counted on."""

    item_id: int
    state: str


class Before(NamedTuple):
    """What the policy has decided of a prediction so far: its pi, and the rules that picked it."""

    pi: float
    rules: frozenset[str]


def before(prediction_ids: Sequence[int]) -> dict[int, Before]:
    """By prediction."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [list(prediction_ids)])
        return {id_: Before(pi, frozenset(rules)) for id_, pi, rules in cursor.fetchall()}


def items(prediction_ids: Sequence[int]) -> dict[int, There]:
    """Prediction → its item, or the one that it is counted on; those without are absent."""
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, {"ids": list(prediction_ids)})
        return {prediction: There(*rest) for prediction, *rest in cursor.fetchall()}


def hurry(there: There, decision: Decision, now: datetime) -> None:
    """An unfinished item takes the higher priority, the earlier due time and the most reviews asked for.

    Reviews are added only where people still review it: a dispute is the lead's. The slots before their
    item, as in every other write, so that no two wait for each other.
    """
    arguments: dict[str, Any] = {
        "item": there.item_id,
        "priority": decision.priority,
        "due_at": now + timedelta(hours=decision.due_hours),
        "reasons": orjson.dumps(decision.reasons).decode(),
        "reviews": decision.reviews_needed,
        "most": REVIEWS_MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HURRY_SLOTS, arguments)
        cursor.execute(_HURRY_ITEM, arguments)
        cursor.execute(_NEED_MORE, arguments)
        if cursor.fetchone():
            cursor.execute(_MORE_SLOTS, arguments)
