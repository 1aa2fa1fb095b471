"""The claim: one statement that hands one slot to one person, with the event that tells it.

Higher priority first; within it the queue's order of work, which walks one of three indexes. Among equals
an item that somebody has started comes first, so that it is finished. "Have I seen this item?" is asked
only of slots of started items, and of a bounded number of them: a slot of an untouched item has never been
anyone's. Without the bound, a person with 50,000 half-done items in front pays 56 ms a claim (measured);
with it, 0.3 ms. For who refuses some content it looks at a bounded number of untouched ones too. What lies
past these bounds is found by queues.assign.further, and taken by a statement of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from accounts import events
from accounts.actor import Actor
from queues.assign.bookmarks import REMOVED, STORED, Bookmarks
from queues.assign.lease import Lease
from queues.assign.orders import Walk
from queues.assign.policy import Fit
from queues.models import Queue
from queues.score.detectors import taxonomy

LOOK_AHEAD = 64  # started slots examined before the first untouched one is taken, and heads of each lane

# Asked of one row at a time, which is what a bounded walk needs: for NOT EXISTS the planner may join, or read
# all that a person has ever done, to look at a few hundred rows.
NOT_MINE = """
    (SELECT 1 FROM queues_slot m WHERE m.item_id = s.item_id AND m.person_id = %(me)s LIMIT 1) IS NULL
    AND (SELECT 1 FROM queues_skip k WHERE k.item_id = s.item_id AND k.person_id = %(me)s LIMIT 1) IS NULL
"""
UNTOUCHED = "queue_id = %(queue)s AND state = 'open' AND untouched AND seq = 1"
STARTED = "queue_id = %(queue)s AND state = 'open' AND NOT untouched"

# Only for who refuses something: a flag of a known taxonomy by both names, any other by its category.
NOT_REFUSED = """ AND (
      SELECT 1 FROM queues_item i JOIN queues_flag f ON f.prediction_id = i.prediction_id
      WHERE i.id = s.item_id AND f.flagged AND CASE WHEN f.taxonomy = ANY(%(taxonomies)s::text[])
        THEN f.taxonomy || '/' || f.category = ANY(%(named)s::text[])
        ELSE f.category = ANY(%(unnamed)s::text[]) END LIMIT 1) IS NULL"""


@dataclass(frozen=True, slots=True)
class Path:
    """How a claim walks. ahead: the started slots that it looks at first; untouched: what nobody has held.

    order: the index's own. heads: the first of the untouched, which is all that who refuses some of them
    looks at here.
    """

    order: str
    ahead: str
    untouched: str
    heads: str


# An array, not "IN (…)": the first ones are read before anything else, and the planner cannot turn it round
# and walk the whole index to see which of its rows are among them.
def _in_lanes(which: str, order: str) -> str:
    """The first of each lane, each read from the index; together they hold the first of all lanes."""
    return f"""s.id = ANY(ARRAY(
      SELECT head.id FROM unnest(%(lanes)s::text[]) AS l(lane) CROSS JOIN LATERAL (
        SELECT id FROM queues_slot WHERE {which} AND lane = l.lane {order} LIMIT {LOOK_AHEAD}) head))"""


def _plain(order: str, more: str = "") -> Path:
    untouched, started = f"{UNTOUCHED}{more}", f"{STARTED}{more}"
    first = f"(SELECT priority FROM queues_slot WHERE {untouched} {order} LIMIT 1)"
    ahead = f"""s.id = ANY(ARRAY(SELECT id FROM queues_slot
          WHERE {started} AND priority >= COALESCE({first}, 0) {order} LIMIT {LOOK_AHEAD}))"""
    heads = f"s.id = ANY(ARRAY(SELECT id FROM queues_slot WHERE {untouched} {order} LIMIT {LOOK_AHEAD}))"
    return Path(order, ahead, untouched, heads)


def _laned() -> Path:
    order = "ORDER BY priority DESC, due_at, id"
    untouched = _in_lanes(UNTOUCHED, order)
    first = f"(SELECT s.priority FROM queues_slot s WHERE {untouched} {order} LIMIT 1)"
    ahead = f"{_in_lanes(STARTED, order)} AND s.priority >= COALESCE({first}, 0)"
    return Path(order, ahead, f"{untouched} AND s.untouched", untouched)


PATHS: Mapping[Walk, Path] = {
    Walk.DUE: _plain("ORDER BY priority DESC, due_at, id"),
    Walk.PLACE: _plain("ORDER BY priority DESC, place, id", " AND place > 0"),
    Walk.LANE: _laned(),
}


# As the other events write a time: to the millisecond, UTC.
_UNTIL = """to_char(lease_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
_TOLD = f"""
  {events.APPEND}
  SELECT %(project)s, 'slot.leased', %(me)s, %(key)s::bigint, 'slot', id, NULL,
    jsonb_build_object('item', item_id, 'until', {_UNTIL}), '' FROM claimed
"""


def _taking(which: str, *, beside: str = "") -> str:
    """The statement that leases one slot and appends its event; which: gives the slot's id, or nothing.

    beside: what it does more, whether it leases one or not.
    """
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
), told AS ({_TOLD}){beside}
SELECT * FROM claimed
"""


def _claim(path: Path, *, refuses: bool = False) -> str:
    fit = NOT_REFUSED if refuses else ""
    untouched = f"{path.heads} AND s.untouched" if refuses else path.untouched
    return _taking(f"""COALESCE(
    (SELECT s.id FROM queues_slot s WHERE {path.ahead} AND s.state = 'open' AND {NOT_MINE}{fit}
      {path.order} FOR UPDATE SKIP LOCKED LIMIT 1),
    (SELECT s.id FROM queues_slot s WHERE {untouched} AND s.state = 'open'{fit}
      {path.order} FOR UPDATE SKIP LOCKED LIMIT 1))""")


CLAIMS: Mapping[Walk, str] = {walk: _claim(path) for walk, path in PATHS.items()}
PICKY_CLAIMS: Mapping[Walk, str] = {walk: _claim(path, refuses=True) for walk, path in PATHS.items()}

# One that this person has held and given up: no order of work, but the same rules.
CLAIM_OF_ITEM = _taking(f"""(SELECT s.id FROM queues_slot s
    WHERE s.item_id = %(item)s AND s.queue_id = %(queue)s AND s.state = 'open' AND {NOT_MINE}
    ORDER BY s.seq FOR UPDATE SKIP LOCKED LIMIT 1)""")

# What was found is asked again: somebody may have taken it since, or this person in another tab.
CLAIM_OF_FOUND = _taking(
    f"""(SELECT s.id FROM queues_slot s
    WHERE s.id = ANY(%(found)s) AND s.state = 'open' AND {NOT_MINE}
    ORDER BY array_position(%(found)s, s.id) FOR UPDATE SKIP LOCKED LIMIT 1)""",
    beside=f", removed AS ({REMOVED}), stored AS ({STORED})",
)

# Compared as one row, for which only the index of leased slots serves: for a person alone the database may
# read all that they have done, by the index of items and people, while it thinks that nobody has done any.
# Locked before it is renewed, so that the lease is still theirs.
HELD = """
UPDATE queues_slot s SET lease_until = GREATEST(lease_until, now() + make_interval(secs => %(seconds)s))
FROM (
  SELECT id FROM queues_slot
  WHERE (person_id, queue_id) >= (%(me)s, %(queue)s) AND (person_id, queue_id) <= (%(me)s, %(queue)s)
    AND state = 'leased' AND NOT aside AND NOT id = ANY(%(beside)s)
  ORDER BY leased_at, id LIMIT 1 FOR NO KEY UPDATE
) mine
WHERE s.id = mine.id
RETURNING s.id, item_id, queue_id, lease_token, lease_until, leased_at, is_blind
"""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a slot of which queue, for how long a lease."""

    queue: Queue
    by: Actor
    seconds: int

    def arguments(self, token: UUID) -> dict[str, Any]:
        return {
            "queue": self.queue.pk,
            "project": self.queue.project_id,
            "me": self.by.as_person(),
            "key": self.by.key_id,
            "seconds": self.seconds,
            "token": token,
        }


def claim(asking: Asking, *, walk: Walk, fit: Fit, token: UUID) -> Lease | None:
    """Take the next slot of the queue for this person; None when there is nothing among the first."""
    arguments = asking.arguments(token) | of_person(asking.queue.pk, fit, asking.by.as_person())
    claims = PICKY_CLAIMS if fit.refused else CLAIMS
    lease = _lease(claims[walk], arguments)
    if lease is None and walk is Walk.PLACE:
        # What has no place yet comes last: the queue got this order only now.
        return _lease(claims[Walk.DUE], arguments)
    return lease


def claim_of_item(asking: Asking, item_id: int, *, token: UUID) -> Lease | None:
    """Take an open slot of this item; None when others have them all, or when it is not for this person."""
    return _lease(CLAIM_OF_ITEM, asking.arguments(token) | {"item": item_id})


def claim_found(asking: Asking, slots: Sequence[int], marks: Bookmarks, *, token: UUID) -> Lease | None:
    """Take the first of these slots that is still open and not locked by another claim; store the marks."""
    return _lease(CLAIM_OF_FOUND, asking.arguments(token) | {"found": list(slots)} | marks.arguments())


def of_person(queue_id: int, fit: Fit, person_id: int) -> dict[str, Any]:
    """What the statements about one person in one queue ask with."""
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
