"""The demo's predictions, pushed the way a client pushes them."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Project
from queues import pipeline
from queues.ingest.record import CheckedRecord, check
from queues.management.demo import sources
from queues.models import Prediction

NEWEST_AGE = timedelta(minutes=20)  # the demo looks as if it had been running until just now


def push(project: Project, *, by: Actor) -> Counter[str]:
    """Send what the project does not have yet; how many were created, as one batch.

    One batch, because ranks need company: among the first 50 of a model version nothing has a rank.
    """
    missing = list(_missing(project))
    if not missing:
        return Counter()
    return Counter(stored.status for stored in pipeline.receive(project, missing, by=by))


def _missing(project: Project) -> Iterator[CheckedRecord]:
    records = list(sources.predictions())
    newest = max(datetime.fromisoformat(record["occurred_at"]) for record in records)
    shift = timezone.now() - NEWEST_AGE - newest
    known = set(Prediction.objects.filter(project=project).values_list("prediction_id", flat=True))
    for record in records:
        if record["prediction_id"] not in known:
            yield check(_moved(record, shift))


def _moved(record: dict[str, Any], shift: timedelta) -> dict[str, Any]:
    """The record some days later. Repeats are told by id: each run would give other times."""
    at = datetime.fromisoformat(record["occurred_at"]) + shift
    return record | {"occurred_at": at.isoformat(timespec="milliseconds")}
