"""The demo's predictions and what customers said of them, pushed the way a client pushes them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Project
from fixtures.feedback import EARLY
from queues import pipeline
from queues.ingest.feedback import record as feedback
from queues.ingest.record import check
from queues.management.demo import sources
from queues.models import Feedback, Prediction

NEWEST_AGE = timedelta(minutes=20)  # the demo looks as if it had been running until just now


def push(project: Project, *, by: Actor) -> Counter[str]:
    """Send what the project does not have yet; how many predictions were created, as one batch.

    One batch, because ranks need company: among the first 50 of a model version nothing has a rank. Some
    feedback comes before its prediction, as it does in production, and waits for it.
    """
    records, events = list(sources.records("predictions.jsonl")), list(sources.records("feedback.jsonl"))
    newest = max(datetime.fromisoformat(record["occurred_at"]) for record in records)
    shift = timezone.now() - NEWEST_AGE - newest
    _push_feedback(project, events[:EARLY], shift, by)
    known = set(Prediction.objects.filter(project=project).values_list("prediction_id", flat=True))
    missing = [check(record) for record in _missing(records, "prediction_id", known, shift)]
    stored = pipeline.receive(project, missing, by=by) if missing else []
    _push_feedback(project, events[EARLY:], shift, by)
    return Counter(one.status for one in stored)


def _push_feedback(project: Project, events: list[dict[str, Any]], shift: timedelta, by: Actor) -> None:
    known = set(Feedback.objects.filter(project=project).values_list("event_id", flat=True))
    missing = [feedback.check(event) for event in _missing(events, "event_id", known, shift)]
    if missing:
        pipeline.receive_feedback(project, missing, by=by)


def _missing(
    records: Iterable[dict[str, Any]], id_field: str, known: set[str], shift: timedelta
) -> Iterator[dict[str, Any]]:
    """Those that are not known, some days later. Repeats are told by id: each run would give other times."""
    for record in records:
        if record[id_field] not in known:
            at = datetime.fromisoformat(record["occurred_at"]) + shift
            yield record | {"occurred_at": at.isoformat(timespec="milliseconds")}
