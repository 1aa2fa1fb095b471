"""Storing feedback: at most once per event, joined with its prediction, or waiting for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg import errors as pg_errors

from accounts import events
from accounts.actor import Actor
from queues.bulk import Value, reserve_ids, write_rows
from queues.ingest import limits
from queues.ingest.feedback import ratings
from queues.ingest.feedback.predictions import found_for
from queues.ingest.feedback.record import CheckedFeedback
from queues.models import Feedback

Status = Literal["created", "duplicate", "conflict", "too_many"]
_RACES = (pg_errors.UniqueViolation, pg_errors.DeadlockDetected)
_RACES_ENDURED = 4


@dataclass(frozen=True, slots=True)
class StoredFeedback:
    """What became of one event; prediction: our number of what it is about, None while it waits for it.

    created, duplicate, conflict: as for predictions. too_many: so many events wait for this prediction
    already that no more are taken before it arrives; nothing was stored, and id is 0.
    """

    id: int
    status: Status
    prediction: int | None

    @property
    def joined(self) -> int | None:
        """The prediction that this very event was joined with."""
        return self.prediction if self.status == "created" else None


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    content_hash: bytes
    prediction: int | None


def store(
    project_id: int, records: Sequence[CheckedFeedback], *, by: Actor, owed: bool = False
) -> list[StoredFeedback]:
    """Store the new ones of these events, all or none, and say of each what became of it.

    owed: the sweeper is to have the predictions looked at again, because the caller could not.
    """
    for _attempt in range(_RACES_ENDURED):
        try:
            with transaction.atomic():
                return _store(project_id, records, by=by, owed=owed)
        except (IntegrityError, OperationalError) as error:
            if not isinstance(error.__cause__, _RACES):
                raise
    with transaction.atomic():
        return _store(project_id, records, by=by, owed=owed)


def _store(
    project_id: int, records: Sequence[CheckedFeedback], *, by: Actor, owed: bool
) -> list[StoredFeedback]:
    known = _known(project_id, records)
    new: dict[str, CheckedFeedback] = {}
    for record in records:
        if record.event_id not in known:
            new.setdefault(record.event_id, record)
    about = found_for(project_id, list(new.values()))
    taken = _within_limits(project_id, new, about)
    for id_, record in zip(reserve_ids(Feedback, len(taken)), taken, strict=True):
        known[record.event_id] = _Known(id_, record.content_hash, about.get(record.event_id))
    if taken:
        _write(project_id, taken, known, owed=owed)
        _record_event(project_id, [known[record.event_id].id for record in taken], by)
    return list(_statuses(records, known, {record.event_id for record in taken}))


def _known(project_id: int, records: Sequence[CheckedFeedback]) -> dict[str, _Known]:
    """What is stored under these ids. Lateral, so that no plan can read the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sent.event_id, f.id, f.content_hash, f.prediction_id
            FROM unnest(%s::text[]) AS sent (event_id)
            CROSS JOIN LATERAL (
                SELECT id, content_hash, prediction_id FROM queues_feedback
                WHERE project_id = %s AND event_id = sent.event_id
                LIMIT 1
            ) f
            """,
            [[record.event_id for record in records], project_id],
        )
        return {row[0]: _Known(row[1], bytes(row[2]), row[3]) for row in cursor.fetchall()}


def _within_limits(
    project_id: int, new: dict[str, CheckedFeedback], about: dict[str, int]
) -> list[CheckedFeedback]:
    """Those that may be stored: no more wait for one prediction than its arrival can join."""
    room = _room(project_id, {record.reference for id_, record in new.items() if id_ not in about})
    taken = []
    for event_id, record in new.items():
        if event_id not in about:
            if room[record.reference] <= 0:
                continue
            room[record.reference] -= 1
        taken.append(record)
    return taken


def _room(project_id: int, keys: set[bytes]) -> dict[bytes, int]:
    """How many more may wait under each key; each count ends at the limit."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sent.reference, waiting.n
            FROM unnest(%s::bytea[]) AS sent (reference)
            CROSS JOIN LATERAL (
                SELECT count(*) AS n FROM (
                    SELECT 1 FROM queues_feedback
                    WHERE project_id = %s AND reference = sent.reference AND prediction_id IS NULL
                    LIMIT %s
                ) first
            ) waiting
            """,
            [list(keys), project_id, limits.WAITING_PER_PREDICTION],
        )
        return {bytes(key): limits.WAITING_PER_PREDICTION - count for key, count in cursor.fetchall()}


_COLUMNS = (
    "id",
    "project_id",
    "event_id",
    "content_hash",
    "prediction_id",
    "reference",
    "actor_kind",
    "actor",
    "kind",
    "name",
    "number",
    "label",
    "is_negative",
    "record",
    "occurred_at",
    "is_owed",
)


def _write(
    project_id: int, taken: Sequence[CheckedFeedback], known: dict[str, _Known], *, owed: bool
) -> None:
    # In the order of the key: two batches that share ids wait for each other, they never deadlock.
    ordered = sorted(taken, key=lambda record: record.event_id)
    there = [known[record.event_id] for record in ordered]
    pairs = list(zip(ordered, there, strict=True))
    write_rows(Feedback, _COLUMNS, (_row(project_id, record, row, owed=owed) for record, row in pairs))
    ratings.count(_rated(record, row) for record, row in pairs if row.prediction is not None)


def _rated(record: CheckedFeedback, there: _Known) -> ratings.Event:
    return ratings.Event(
        prediction_id=there.prediction or 0,
        actor=record.actor,
        name=record.name,
        feedback_id=there.id,
        number=record.number,
        label=record.label,
        occurred_at=record.occurred_at,
    )


def _row(project_id: int, record: CheckedFeedback, there: _Known, *, owed: bool) -> tuple[Value, ...]:
    return (
        there.id,
        project_id,
        record.event_id,
        record.content_hash,
        there.prediction,
        record.reference,
        record.actor_kind,
        record.actor,
        record.kind,
        record.name,
        record.number,
        record.label,
        record.is_negative,
        record.json.decode(),
        record.occurred_at,
        owed or there.prediction is None,
    )


def _record_event(project_id: int, ids: Sequence[int], by: Actor) -> None:
    events.record(
        project_id=project_id,
        kind="feedback.received",
        by=by,
        subject_kind="feedback",
        subject_id=ids[0],
        after={"created": len(ids), "first": ids[0], "last": ids[-1]},
    )


def _statuses(
    records: Sequence[CheckedFeedback], known: dict[str, _Known], new: set[str]
) -> Iterator[StoredFeedback]:
    for record in records:
        there = known.get(record.event_id)
        if there is None:
            yield StoredFeedback(0, "too_many", None)
            continue
        status: Status = "duplicate" if record.content_hash == there.content_hash else "conflict"
        if record.event_id in new:
            new.discard(record.event_id)
            status = "created"
        yield StoredFeedback(there.id, status, there.prediction)
