"""Which event of an actor counts: their latest of each name on each prediction, kept as one narrow row."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection


class Event(NamedTuple):
    """One event that is about a prediction that is here, as far as rules read it."""

    prediction_id: int
    actor: bytes
    name: str
    feedback_id: int
    number: float | None
    label: str
    occurred_at: datetime


# The later time counts; of equal times what arrived later.
_COUNT = """
    INSERT INTO queues_rating AS r
        (prediction_id, actor, name, feedback_id, number, label, occurred_at)
    SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::text[], %s::bigint[], %s::float8[], %s::text[],
                         %s::timestamptz[])
    ON CONFLICT (prediction_id, actor, name) DO UPDATE
    SET feedback_id = EXCLUDED.feedback_id, number = EXCLUDED.number, label = EXCLUDED.label,
        occurred_at = EXCLUDED.occurred_at
    WHERE (EXCLUDED.occurred_at, EXCLUDED.feedback_id) > (r.occurred_at, r.feedback_id)
"""


def count(events: Iterable[Event]) -> None:
    """Let these events count where they are their actor's latest, in the caller's transaction."""
    latest: dict[tuple[int, bytes, str], Event] = {}
    for event in events:
        key = event[:3]
        there = latest.get(key)
        if there is None or _age(event) > _age(there):
            latest[key] = event
    if not latest:
        return
    # In the order of the key: two batches about the same predictions never deadlock.
    columns = zip(*(latest[key] for key in sorted(latest)), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(column) for column in columns])


def _age(event: Event) -> tuple[datetime, int]:
    return event.occurred_at, event.feedback_id
