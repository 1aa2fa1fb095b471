"""How many items of a queue wait for one person: what a claim could hand them now.

Each count looks at a bounded number of slots, and costs one statement for any number of queues; where
somebody refuses some content, one more for each choice of theirs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from queues.assign.claim import NOT_MINE, NOT_REFUSED, refusal_of
from queues.assign.orders import Walk, orders
from queues.assign.policy import lanes_of
from queues.models import Queue, WorkProfile
from queues.newest import COUNT_LIMIT


class Waiting(NamedTuple):
    """Of the slots that were looked at, the first ones, how many are for this person.

    is_cut: there are more that were not looked at, so more may wait, also where none was found.
    """

    n: int = 0
    is_cut: bool = False


def _waiting(queues: str, mine: str = "", fit: str = "", order: str = "") -> str:
    """What I could lease now: items nobody has touched, and started ones that were never mine.

    The tests are made of the rows within the limit, not while looking for as many: who refuses the first
    million would have them all read.
    """
    return f"""
SELECT q.id, untouched.n + started.n, untouched.looked_at = %(limit)s OR started.looked_at = %(limit)s
FROM {queues}
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE true {fit}) AS n, count(*) AS looked_at FROM (
    SELECT item_id FROM queues_slot
    WHERE queue_id = q.id {mine} AND state = 'open' AND untouched AND seq = 1
    {order} LIMIT %(limit)s) s
) untouched
CROSS JOIN LATERAL (
  SELECT count(DISTINCT s.item_id) FILTER (WHERE {NOT_MINE} {fit}) AS n, count(*) AS looked_at FROM (
    SELECT item_id FROM queues_slot
    WHERE queue_id = q.id {mine} AND state = 'open' AND NOT untouched
    {order} LIMIT %(limit)s) s
) started
"""


_BY_DUE = "ORDER BY priority DESC, due_at, id"
_WAITING = _waiting("unnest(%(queues)s::bigint[]) AS q(id)", order=_BY_DUE)

# The same where each person takes only some lanes: of a queue of other languages nothing waits for me.
_LANED = "unnest(%(queues)s::bigint[], %(lanes)s::text[]) AS q(id, lanes)"
_MINE = "AND lane = ANY(string_to_array(q.lanes, ','))"
_WAITING_IN_LANES = _waiting(_LANED, _MINE)

# The same for who refuses some content: what they would not be handed does not wait for them.
_WAITING_UNREFUSED = _waiting("unnest(%(queues)s::bigint[]) AS q(id)", fit=NOT_REFUSED, order=_BY_DUE)
_WAITING_UNREFUSED_IN_LANES = _waiting(_LANED, _MINE, NOT_REFUSED)


def waiting_for(
    person_id: int, queues: Sequence[Queue], profiles: Mapping[int, WorkProfile]
) -> dict[int, Waiting]:
    """Queue → what waits for this person, among the first COUNT_LIMIT + 1 slots. profiles: by project."""
    plain, refusing = _by_refusal(queues, profiles)
    ask = {"me": person_id, "limit": COUNT_LIMIT + 1}
    found = _counted(plain, profiles, ask, (_WAITING, _WAITING_IN_LANES))
    for refused, theirs in refusing.items():
        asked = ask | refusal_of(refused)
        found |= _counted(theirs, profiles, asked, (_WAITING_UNREFUSED, _WAITING_UNREFUSED_IN_LANES))
    return found


def _by_refusal(
    queues: Sequence[Queue], profiles: Mapping[int, WorkProfile]
) -> tuple[list[Queue], dict[frozenset[str], list[Queue]]]:
    """The queues where the person refuses nothing, and the others by what they refuse there."""
    plain: list[Queue] = []
    refusing: dict[frozenset[str], list[Queue]] = {}
    for queue in queues:
        profile = profiles.get(queue.project_id)
        if profile and profile.refused:
            refusing.setdefault(frozenset(profile.refused), []).append(queue)
        else:
            plain.append(queue)
    return plain, refusing


def _counted(
    queues: Sequence[Queue],
    profiles: Mapping[int, WorkProfile],
    ask: Mapping[str, Any],
    statements: tuple[str, str],
) -> dict[int, Waiting]:
    """By the first statement, or by the second where the queue's order chooses among lanes."""
    laned = [queue for queue in queues if orders.get(queue.order).walk is Walk.LANE]
    plain = [queue.pk for queue in queues if queue not in laned]
    found = rows(statements[0], {**ask, "queues": plain}) if plain else []
    if laned:
        lanes = [",".join(lanes_of(profiles.get(queue.project_id))) for queue in laned]
        found += rows(statements[1], {**ask, "queues": [queue.pk for queue in laned], "lanes": lanes})
    return {queue_id: Waiting(n, is_cut) for queue_id, n, is_cut in found}


def rows(sql: str, arguments: Mapping[str, Any]) -> list[tuple]:
    """What a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()
