"""What is still owed after arrival: how much, since when, what failed, and where one prediction stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from queues.models import ATTEMPTS_MAX, Enrichment, EnrichmentKind
from queues.newest import COUNT_LIMIT

FAILED_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Owed:
    """What one kind of enrichment is behind in a project. n: counted to COUNT_LIMIT + 1."""

    kind: EnrichmentKind
    n: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where one prediction stands with one kind: it is done when it owes nothing.

    before: how many are done first, counted to COUNT_LIMIT + 1. error: of the last attempt.
    """

    is_owed: bool = False
    is_given_up: bool = False
    before: int = 0
    error: str = ""


_OWED = f"""
    SELECT counted.kind, counted.n, p.received_at
    FROM unnest(%(kinds)s::text[]) AS asked (kind)
    CROSS JOIN LATERAL (
        SELECT asked.kind, count(*) AS n, min(prediction_id) AS oldest FROM (
            SELECT prediction_id FROM queues_enrichment
            WHERE project_id = %(project)s AND kind = asked.kind AND attempts < {ATTEMPTS_MAX}
            ORDER BY prediction_id LIMIT %(limit)s) owed
    ) counted
    JOIN queues_prediction p ON p.id = counted.oldest
"""
_BEFORE = """
    SELECT count(*) FROM (
        SELECT 1 FROM queues_enrichment
        WHERE kind = %(kind)s AND attempts = 0 AND (is_routed, prediction_id) > (%(routed)s, %(prediction)s)
        LIMIT %(limit)s) first
"""


def owed(project_id: int) -> list[Owed]:
    """What the project waits for, by kind; kinds that are up to date are left out."""
    names: dict[str, Any] = {"project": project_id, "kinds": EnrichmentKind.values, "limit": COUNT_LIMIT + 1}
    with connection.cursor() as cursor:
        cursor.execute(_OWED, names)
        return [Owed(EnrichmentKind(kind), n, at) for kind, n, at in cursor.fetchall()]


def how_many_given_up(project_id: int) -> int:
    """Counted to COUNT_LIMIT + 1."""
    return _given_up(project_id).values("prediction_id")[: COUNT_LIMIT + 1].count()


def given_up(project_id: int) -> Sequence[Enrichment]:
    """What failed for good in the project, newest first."""
    failed = _given_up(project_id).select_related("prediction")
    return list(failed.order_by("-prediction_id", "kind")[:FAILED_SHOWN])


def _given_up(project_id: int) -> QuerySet[Enrichment]:
    return Enrichment.objects.filter(project=project_id, attempts=ATTEMPTS_MAX, retry_at__lte=Now())


def place_of(project_id: int, prediction_id: int, kind: EnrichmentKind) -> Place:
    """Where this prediction stands. Who comes first is counted over the whole house: workers serve all."""
    row = Enrichment.objects.filter(project=project_id, kind=kind, prediction=prediction_id).first()
    if row is None:
        return Place()
    if row.attempts == ATTEMPTS_MAX:
        return Place(is_given_up=True, error=row.error)
    names: dict[str, Any] = {
        "kind": kind,
        "routed": row.is_routed,
        "prediction": prediction_id,
        "limit": COUNT_LIMIT + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, names)
        return Place(is_owed=True, before=cursor.fetchone()[0], error=row.error)
