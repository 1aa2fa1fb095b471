"""Feedback that came before its prediction: joined when that arrives, dropped after 30 days."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction

from accounts import events
from accounts.actor import SYSTEM
from queues.ingest import limits
from queues.ingest.feedback import ratings

KEPT = timedelta(days=30)
# After this long every request that was storing a prediction beside it has ended, one way or the other.
LOOK_AGAIN_AFTER = timedelta(minutes=2)
AT_ONCE = 1_000

# Lateral, so that no plan can read the table, and at most what may wait for one prediction.
_WAITING = """
    SELECT waiting.id, sent.prediction_id
    FROM unnest(%s::bytea[], %s::bigint[]) AS sent (reference, prediction_id)
    CROSS JOIN LATERAL (
        SELECT id FROM queues_feedback
        WHERE project_id = %s AND reference = sent.reference AND prediction_id IS NULL
        ORDER BY id LIMIT %s
    ) waiting
"""
_JOIN = """
    UPDATE queues_feedback f SET prediction_id = found.prediction_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS found (id, prediction_id)
    WHERE f.id = found.id AND f.prediction_id IS NULL
    RETURNING f.prediction_id, f.actor, f.name, f.id, f.number, f.label, f.occurred_at
"""
# Those that were not looked for again, with what they are about if it is here by now.
_LATE = """
    SELECT late.id, coalesce(named.id, other.id)
    FROM (
        SELECT id, project_id, reference, record FROM queues_feedback
        WHERE prediction_id IS NULL AND NOT was_looked_for AND received_at < now() - %s
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) late
    LEFT JOIN LATERAL (
        SELECT id FROM queues_prediction
        WHERE project_id = late.project_id AND prediction_id = late.record->>'prediction_id'
          AND environment = coalesce(late.record->>'environment', 'production')
        LIMIT 1
    ) named ON true
    LEFT JOIN LATERAL (
        SELECT prediction_id AS id FROM queues_predictionalias
        WHERE project_id = late.project_id AND key = late.reference
        ORDER BY prediction_id DESC LIMIT 1
    ) other ON true
"""
_LOOKED = "UPDATE queues_feedback SET was_looked_for = true WHERE id = ANY(%s)"


def join_arriving(project_id: int, keys: Sequence[tuple[bytes, int]]) -> None:
    """Join what waits for predictions that this very transaction stores: (key, our number) of each name."""
    if not keys:
        return
    references, numbers = [key for key, _id in keys], [id_ for _key, id_ in keys]
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [references, numbers, project_id, limits.WAITING_PER_PREDICTION])
        found = cursor.fetchall()
    if found:
        _join(found)


@transaction.atomic
def look_again(*, older_than: timedelta = LOOK_AGAIN_AFTER) -> tuple[int, list[int]]:
    """Feedback that arrived in the same moment as its prediction: neither request could see the other.

    How many were looked for, and the predictions that got feedback by it. Each event is looked for once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATE, [older_than, AT_ONCE])
        late = cursor.fetchall()
        if late:
            cursor.execute(_LOOKED, [[id_ for id_, _about in late]])
    found = [(id_, about) for id_, about in late if about is not None]
    return len(late), _join(found) if found else []


@transaction.atomic
def drop_old(*, older_than: timedelta = KEPT) -> int:
    """Forget feedback whose prediction did not come within 30 days; how many. Texts go, the numbers stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM queues_feedback WHERE id IN (
                SELECT id FROM queues_feedback WHERE prediction_id IS NULL AND received_at < now() - %s
                ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED
            ) RETURNING project_id, id
            """,
            [older_than, AT_ONCE],
        )
        dropped = cursor.fetchall()
    for project_id in sorted({project_id for project_id, _id in dropped}):
        _record_drop(project_id, sorted(id_ for owner, id_ in dropped if owner == project_id))
    return len(dropped)


def _join(found: Sequence[tuple[int, int]]) -> list[int]:
    """The predictions that got feedback by it, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [[id_ for id_, _about in found], [about for _id, about in found]])
        joined = [ratings.Event(row[0], bytes(row[1]), *row[2:]) for row in cursor.fetchall()]
    ratings.count(joined)
    return sorted({event.prediction_id for event in joined})


def _record_drop(project_id: int, ids: Sequence[int]) -> None:
    events.record(
        project_id=project_id,
        kind="feedback.dropped",
        by=SYSTEM,
        subject_kind="feedback",
        subject_id=ids[0],
        after={"dropped": len(ids), "first": ids[0], "last": ids[-1]},
        reason="no prediction within 30 days",
    )
