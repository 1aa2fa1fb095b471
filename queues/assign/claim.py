"""The claim: one statement that hands one slot to one person.

Higher priority first; within it the queue's order of work, which walks one of three indexes. Among equals
an item that somebody has started comes first, so that it is finished. "Have I seen this item?" is asked
only of slots of started items, and of a bounded number of them: a slot of an untouched item has never been
anyone's. Without the bound, a person with 50,000 half-done items in front pays 56 ms a claim (measured);
with it, 0.3 ms. The walk without the bound runs only when nothing untouched is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from queues.assign.lease import Lease
from queues.assign.orders import Walk
from queues.assign.policy import Fit
from queues.score.detectors import taxonomy

LOOK_AHEAD = 64  # started slots examined before the first untouched one is taken, and heads of each lane

_NOT_MINE = """
    NOT EXISTS (SELECT 1 FROM queues_slot mine WHERE mine.item_id = s.item_id AND mine.person_id = %(me)s)
    AND NOT EXISTS (SELECT 1 FROM queues_skip k WHERE k.item_id = s.item_id AND k.person_id = %(me)s)
"""
_UNTOUCHED = "queue_id = %(queue)s AND state = 'open' AND untouched AND seq = 1"
_STARTED = "queue_id = %(queue)s AND state = 'open' AND NOT untouched"
_MY_LANES = " AND lane = ANY(%(lanes)s::text[])"


# Only for who refuses something: a flag of a known taxonomy by both names, any other by its category.
NOT_REFUSED = """ AND NOT EXISTS (
      SELECT 1 FROM queues_item i JOIN queues_flag f ON f.prediction_id = i.prediction_id
      WHERE i.id = s.item_id AND f.flagged AND CASE WHEN f.taxonomy = ANY(%(taxonomies)s::text[])
        THEN f.taxonomy || '/' || f.category = ANY(%(named)s::text[])
        ELSE f.category = ANY(%(unnamed)s::text[]) END)"""


@dataclass(frozen=True, slots=True)
class Path:
    """How a claim walks. ahead: the started slots that it looks at first; left: those that it walks at last.

    order: the index's own; untouched: what nobody has held. further: the untouched ones past those that
    `untouched` looks at, for who refuses all of these; empty where it looks at all.
    """

    order: str
    untouched: str
    ahead: str
    left: str
    further: str = ""


def _in_lanes(which: str, order: str) -> str:
    """The first of each lane, each read from the index; together they hold the first of all lanes."""
    return f"""s.id IN (
      SELECT head.id FROM unnest(%(lanes)s::text[]) AS l(lane) CROSS JOIN LATERAL (
        SELECT id FROM queues_slot WHERE {which} AND lane = l.lane {order} LIMIT {LOOK_AHEAD}) head)"""


def _plain(order: str, more: str = "") -> Path:
    untouched, started = f"{_UNTOUCHED}{more}", f"{_STARTED}{more}"
    first = f"(SELECT priority FROM queues_slot WHERE {untouched} {order} LIMIT 1)"
    ahead = f"""s.id IN (SELECT id FROM queues_slot
          WHERE {started} AND priority >= COALESCE({first}, 0) {order} LIMIT {LOOK_AHEAD})"""
    return Path(order, untouched, ahead, started)


def _laned() -> Path:
    order = "ORDER BY priority DESC, due_at, id"
    untouched = _in_lanes(_UNTOUCHED, order)
    first = f"(SELECT s.priority FROM queues_slot s WHERE {untouched} {order} LIMIT 1)"
    ahead = f"{_in_lanes(_STARTED, order)} AND s.priority >= COALESCE({first}, 0)"
    return Path(
        order,
        untouched=f"{untouched} AND s.untouched",
        ahead=ahead,
        left=f"{_STARTED}{_MY_LANES}",
        further=f"{_UNTOUCHED}{_MY_LANES}",
    )


PATHS: Mapping[Walk, Path] = {
    Walk.DUE: _plain("ORDER BY priority DESC, due_at, id"),
    Walk.PLACE: _plain("ORDER BY priority DESC, place, id", " AND place > 0"),
    Walk.LANE: _laned(),
}


def _claim(path: Path, *, refuses: bool = False) -> str:
    fit = NOT_REFUSED if refuses else ""
    further = f"""
    (SELECT s.id FROM queues_slot s WHERE {path.further}{fit}
      {path.order} FOR UPDATE SKIP LOCKED LIMIT 1),"""
    return _taking(f"""COALESCE(
    (SELECT s.id FROM queues_slot s WHERE {path.ahead} AND s.state = 'open' AND {_NOT_MINE}{fit}
      {path.order} FOR UPDATE SKIP LOCKED LIMIT 1),
    (SELECT s.id FROM queues_slot s WHERE {path.untouched} AND s.state = 'open'{fit}
      {path.order} FOR UPDATE SKIP LOCKED LIMIT 1),{further if refuses and path.further else ""}
    (SELECT s.id FROM queues_slot s WHERE {path.left} AND {_NOT_MINE}{fit}
      {path.order} FOR UPDATE SKIP LOCKED LIMIT 1))""")


def _taking(which: str) -> str:
    """The statement that leases one slot; which: an expression that gives its id, or nothing."""
    return f"""
WITH claimed AS (
  UPDATE queues_slot SET
    state = 'leased', untouched = false, person_id = %(me)s, lease_token = %(token)s,
    leased_at = now(), lease_until = now() + make_interval(secs => %(seconds)s)
  WHERE id = {which}
  RETURNING id, item_id, queue_id, lease_token, lease_until, leased_at, is_blind
), siblings AS (
  UPDATE queues_slot s SET untouched = false FROM claimed
  WHERE s.item_id = claimed.item_id AND s.id <> claimed.id AND s.untouched
), begun AS (
  UPDATE queues_item i SET state = 'in_review' FROM claimed
  WHERE i.id = claimed.item_id AND i.state IN ('open', 'in_review')
)
SELECT * FROM claimed
"""


CLAIMS: Mapping[Walk, str] = {walk: _claim(path) for walk, path in PATHS.items()}
PICKY_CLAIMS: Mapping[Walk, str] = {walk: _claim(path, refuses=True) for walk, path in PATHS.items()}

# One that this person has held and given up: no order of work, but the same rules.
CLAIM_OF_ITEM = _taking(f"""(SELECT s.id FROM queues_slot s
    WHERE s.item_id = %(item)s AND s.queue_id = %(queue)s AND s.state = 'open' AND {_NOT_MINE}
    ORDER BY s.seq FOR UPDATE SKIP LOCKED LIMIT 1)""")

# In two halves, each on an index of its own.
LEFT = f"""
SELECT EXISTS (SELECT 1 FROM queues_slot s WHERE {_UNTOUCHED} {{fit}})
  OR EXISTS (SELECT 1 FROM queues_slot s WHERE {_STARTED} {{fit}} AND {_NOT_MINE})
"""
HELD = """
UPDATE queues_slot SET lease_until = GREATEST(lease_until, now() + make_interval(secs => %(seconds)s))
WHERE id = (
  SELECT id FROM queues_slot
  WHERE person_id = %(me)s AND queue_id = %(queue)s AND state = 'leased' AND NOT aside
    AND NOT id = ANY(%(beside)s)
  ORDER BY leased_at, id LIMIT 1)
  AND person_id = %(me)s AND state = 'leased'
RETURNING id, item_id, queue_id, lease_token, lease_until, leased_at, is_blind
"""


def claim(queue_id: int, *, walk: Walk, fit: Fit, person_id: int, token: UUID, seconds: int) -> Lease | None:
    """Take the next slot of the queue for this person; None when there is nothing for them."""
    arguments = _of_person(queue_id, fit, person_id) | {"token": token, "seconds": seconds}
    claims = PICKY_CLAIMS if fit.refused else CLAIMS
    lease = _lease(claims[walk], arguments)
    if lease is None and walk is Walk.PLACE:
        # What has no place yet comes last: the queue got this order only now.
        return _lease(claims[Walk.DUE], arguments)
    return lease


def claim_of_item(queue_id: int, item_id: int, *, person_id: int, token: UUID, seconds: int) -> Lease | None:
    """Take an open slot of this item; None when others have them all, or when it is not for this person."""
    return _lease(
        CLAIM_OF_ITEM,
        {"queue": queue_id, "item": item_id, "me": person_id, "token": token, "seconds": seconds},
    )


def is_anything_left(queue_id: int, *, walk: Walk, fit: Fit, person_id: int) -> bool:
    """Whether the queue has an open slot for this person, be it locked by a claim under way or not."""
    tests = (_MY_LANES if walk is Walk.LANE else "") + (NOT_REFUSED if fit.refused else "")
    with connection.cursor() as cursor:
        cursor.execute(LEFT.format(fit=tests), _of_person(queue_id, fit, person_id))
        row = cursor.fetchone()
    return bool(row and row[0])


def _of_person(queue_id: int, fit: Fit, person_id: int) -> dict[str, Any]:
    asked: dict[str, Any] = {"queue": queue_id, "me": person_id, "lanes": list(fit.lanes)}
    return asked | refusal_of(fit.refused) if fit.refused else asked


def refusal_of(refused: frozenset[str]) -> dict[str, Any]:
    """What NOT_REFUSED asks with, for who refuses these groups of content."""
    named, unnamed = taxonomy.categories_of(refused)
    return {"taxonomies": taxonomy.taxonomies(), "named": named, "unnamed": unnamed}


def held(queue_id: int, *, person_id: int, beside: list[int], seconds: int) -> Lease | None:
    """The person's oldest lease in the queue that is not in `beside`, renewed; None when there is none."""
    return _lease(HELD, {"queue": queue_id, "me": person_id, "beside": beside, "seconds": seconds})


def _lease(sql: str, arguments: Mapping[str, Any]) -> Lease | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        row = cursor.fetchone()
    return None if row is None else Lease(*row)
