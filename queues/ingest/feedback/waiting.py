"""Feedback that came before its prediction: joined when that arrives, dropped after 30 days."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts import events
from accounts.actor import SYSTEM
from queues.ingest import limits
from queues.ingest.feedback import ratings
from queues.models import Feedback

KEPT = timedelta(days=30)
# After this long every request that was storing a prediction beside it has ended, one way or the other.
SETTLING = timedelta(minutes=2)
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
    UPDATE queues_feedback f SET prediction_id = found.prediction_id, is_owed = false
    FROM unnest(%s::bigint[], %s::bigint[]) AS found (id, prediction_id)
    WHERE f.id = found.id AND f.prediction_id IS NULL
    RETURNING f.prediction_id, f.actor, f.name, f.id, f.number, f.label, f.occurred_at
"""
# What each is about, if that is here by now; those that another sweeper has in hand are left to it.
_ABOUT = """
    SELECT owed.id, coalesce(owed.prediction_id, named.id, other.id), owed.prediction_id IS NULL
    FROM (
        SELECT id, project_id, prediction_id, reference, record FROM queues_feedback
        WHERE id = ANY(%s) AND is_owed ORDER BY id FOR UPDATE SKIP LOCKED
    ) owed
    LEFT JOIN LATERAL (
        SELECT id FROM queues_prediction
        WHERE project_id = owed.project_id AND prediction_id = owed.record->>'prediction_id'
          AND environment = coalesce(owed.record->>'environment', 'production')
        LIMIT 1
    ) named ON owed.prediction_id IS NULL
    LEFT JOIN LATERAL (
        SELECT prediction_id AS id FROM queues_predictionalias
        WHERE project_id = owed.project_id AND key = owed.reference
        ORDER BY prediction_id DESC LIMIT 1
    ) other ON owed.prediction_id IS NULL
"""
_DONE = "UPDATE queues_feedback SET is_owed = false WHERE id = ANY(%s)"


def join_arriving(project_id: int, keys: Sequence[tuple[bytes, int]]) -> None:
    """Join what waits for predictions that this very transaction stores: (key, our number) of each name."""
    if not keys:
        return
    references, numbers = [key for key, _id in keys], [id_ for _key, id_ in keys]
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [references, numbers, project_id, limits.WAITING_PER_PREDICTION])
        _join(cursor.fetchall())


def owed(*, older_than: timedelta, after: int = 0, at_most: int = AT_ONCE) -> list[int]:
    """Events that something is still to be done for, oldest first, with an id above `after`."""
    found = Feedback.objects.filter(is_owed=True, received_at__lt=Now() - older_than, id__gt=after)
    return list(found.order_by("id").values_list("id", flat=True)[:at_most])


@transaction.atomic
def finish(feedback_ids: Sequence[int]) -> list[int]:
    """Join these events as far as their predictions are here now; the predictions that routing owes a look.

    Each is looked for once: what comes later is joined by its own arrival.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, [list(feedback_ids)])
        found = cursor.fetchall()
        cursor.execute(_DONE, [[id_ for id_, _about, _waits in found]])
    _join([(id_, about) for id_, about, waits in found if waits and about is not None])
    return sorted({about for _id, about, _waits in found if about is not None})


@transaction.atomic
def drop_old(*, older_than: timedelta = KEPT) -> int:
    """Forget feedback whose prediction did not come within 30 days; how many. Texts go, the numbers stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM queues_feedback WHERE id IN (
                SELECT id FROM queues_feedback
                WHERE prediction_id IS NULL AND received_at < now() - make_interval(secs => %s)
                ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED
            ) RETURNING project_id, id
            """,
            [older_than.total_seconds(), AT_ONCE],
        )
        dropped = cursor.fetchall()
    for project_id in sorted({project_id for project_id, _id in dropped}):
        _record_drop(project_id, sorted(id_ for owner, id_ in dropped if owner == project_id))
    return len(dropped)


def _join(found: Sequence[tuple[int, int]]) -> None:
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [[id_ for id_, _about in found], [about for _id, about in found]])
        joined = [ratings.Event(row[0], bytes(row[1]), *row[2:]) for row in cursor.fetchall()]
    ratings.count(joined)


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
