"""The rows behind near-duplicates: what waits, what may be counted on another, and the locks.

Nobody is waited for: a row that somebody holds is passed over, so that a claim under way wins, and no two
writers wait for each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from queues.route import queries
from queues.route.policy_document import PolicyDocument

_WAITING = """
SELECT i.id, q.project_id, i.queue_id, i.prediction_id, i.priority, i.reviews_needed, i.other_id IS NOT NULL
FROM queues_item i JOIN queues_queue q ON q.id = i.queue_id
WHERE i.prediction_id = ANY(%s) AND i.state IN ('open', 'in_review')
"""
_PICKED_BY = """
SELECT picked.prediction_id, picked.policy_id, reason ->> 'rule'
FROM (
  SELECT prediction_id, policy_id, reasons FROM queues_routing WHERE prediction_id = ANY(%(ids)s)
  UNION ALL
  SELECT prediction_id, policy_id, reasons FROM queues_secondlook WHERE prediction_id = ANY(%(ids)s)
) picked CROSS JOIN LATERAL jsonb_array_elements(picked.reasons) reason
"""
_DOCUMENTS = "SELECT id, document FROM queues_policy WHERE id = ANY(%s)"
_LOCK_PREDICTIONS = """
SELECT id FROM queues_prediction WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE SKIP LOCKED
"""
_LOCK_SLOTS = """
WITH ours AS (
  SELECT item_id FROM queues_slot WHERE item_id = ANY(%(ids)s) AND state = 'open' AND untouched
  ORDER BY id FOR UPDATE SKIP LOCKED)
SELECT item_id FROM queues_slot WHERE item_id = ANY(%(ids)s)
GROUP BY item_id HAVING count(*) = (SELECT count(*) FROM ours WHERE ours.item_id = queues_slot.item_id)
"""
# FOR UPDATE, which the lock of a foreign key excludes: nobody can be about to count something on it.
_LOCK_OPEN = """
SELECT id FROM queues_item WHERE id = ANY(%s) AND state = 'open' ORDER BY id FOR UPDATE SKIP LOCKED
"""
_STAND_FOR_OTHERS = "SELECT DISTINCT item_id FROM queues_attachment WHERE item_id = ANY(%s)"
_LOCK_WAITING = """
SELECT id FROM queues_item WHERE id = ANY(%s) AND state IN ('open', 'in_review')
ORDER BY id FOR KEY SHARE SKIP LOCKED
"""
_VOID = "UPDATE queues_slot SET state = 'void' WHERE item_id = ANY(%s) AND state = 'open' AND untouched"
_WITHDRAW = "UPDATE queues_item SET state = 'withdrawn' WHERE id = ANY(%s) AND state = 'open'"


class Waiting(NamedTuple):
    """An item that waits or is under review. is_pair: two outputs are compared in it."""

    item_id: int
    project_id: int
    queue_id: int
    prediction_id: int
    priority: int
    reviews_needed: int
    is_pair: bool


def waiting(prediction_ids: Sequence[int]) -> list[Waiting]:
    """The unfinished items of these predictions."""
    return [Waiting(*row) for row in _all(_WAITING, [list(prediction_ids)])]


def may_be_counted(prediction_ids: Sequence[int]) -> set[int]:
    """Those that were picked only by rules that say so, by the policy versions that picked: no draw, ever."""
    picked = _all(_PICKED_BY, {"ids": list(prediction_ids)})
    documents = _documents({policy for _id, policy, _rule in picked})
    by_prediction: dict[int, list[bool]] = defaultdict(list)
    for id_, policy, name in picked:
        by_prediction[id_].append(_attaches(documents[policy], name))
    return {id_ for id_, told in by_prediction.items() if all(told)}


def _documents(policy_ids: Iterable[int]) -> dict[int, PolicyDocument]:
    return {id_: queries.parsed(document) for id_, document in _all(_DOCUMENTS, [list(policy_ids)])}


def _attaches(document: PolicyDocument, name: str) -> bool:
    rule = next((rule for rule in document.rules if rule.name == name), None)
    return rule is not None and rule.near_duplicates == "attach" and not rule.draws


def lock_predictions(prediction_ids: Sequence[int]) -> set[int]:
    """Those that nobody recalls until the transaction ends: its attachments name them.

    Before slots and items, as a recall takes them: otherwise each could wait for the other at the commit.
    """
    return _ids(_LOCK_PREDICTIONS, [list(prediction_ids)]) if prediction_ids else set()


def lock_untouched(item_ids: Sequence[int]) -> set[int]:
    """Ours until the transaction ends: open, held by nobody ever, and nothing is counted on them."""
    whole = _ids(_LOCK_SLOTS, {"ids": list(item_ids)}) if item_ids else set()
    locked = _ids(_LOCK_OPEN, [list(whole)]) if whole else set()
    # Asked only now, with the locks: what was counted before is seen, and nothing is counted after.
    return locked - _ids(_STAND_FOR_OTHERS, [list(locked)]) if locked else set()


def lock_waiting(item_ids: Sequence[int]) -> set[int]:
    """Those that wait or are under review, and that nobody can withdraw until the transaction ends."""
    return _ids(_LOCK_WAITING, [list(item_ids)]) if item_ids else set()


def withdraw(item_ids: Sequence[int]) -> None:
    """Items that are locked untouched leave their queue, with their slots: the slots first, as everywhere."""
    with connection.cursor() as cursor:
        cursor.execute(_VOID, [list(item_ids)])
        cursor.execute(_WITHDRAW, [list(item_ids)])


def _ids(statement: str, arguments: Any) -> set[int]:
    return {id_ for (id_,) in _all(statement, arguments)}


def _all(statement: str, arguments: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()
