"""The sweeper: finds the work that no message announced. Runs every 15 s and as `manage.py sweep`."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db.models.functions import Now

from accounts.models import StoredAnswer
from queues import pipeline
from queues.assign import actions as assign
from queues.doorbell import ring
from queues.ingest.feedback import waiting as feedback
from queues.models import Heartbeat, Job

log = logging.getLogger(__name__)

SETTLING = timedelta(seconds=5)  # a request that just stored predictions is about to route them itself


def sweep() -> None:
    """Free ended leases, finish arrivals, join or drop feedback, ring again for jobs; then say "swept".

    A step that fails is logged and keeps none of the others from being done.
    """
    steps: tuple[Callable[[], object], ...] = (
        _free_ended_leases,
        finish_arrivals,
        _join_late_feedback,
        _drop_old_feedback,
        Job.objects.give_up,
        _ring_for_jobs,
        StoredAnswer.objects.forget_old,
    )
    for step in steps:
        try:
            step()
        except Exception:
            log.exception("a step of the sweep failed; the others go on")
    beat_heart("sweeper")


def _free_ended_leases() -> None:
    while assign.free_ended():
        pass


def _ring_for_jobs() -> None:
    for job_id in Job.objects.owed().order_by("id").values_list("id", flat=True)[:100]:
        ring("queues.tasks.run_job", job_id)


def _join_late_feedback() -> None:
    while pipeline.join_late_feedback():
        pass


def _drop_old_feedback() -> None:
    while feedback.drop_old():
        pass


def finish_arrivals() -> int:
    """Score and route what was stored and left; how many were tried. What fails is logged and passed by."""
    last = seen = 0
    while prediction_ids := pipeline.owed_arrivals(older_than=SETTLING, after=last):
        try:
            pipeline.after_arrival(prediction_ids)
        except Exception:
            log.exception("a batch of %d arrivals failed; each is tried by itself", len(prediction_ids))
            _finish_one_by_one(prediction_ids)
        last, seen = prediction_ids[-1], seen + len(prediction_ids)
    return seen


def _finish_one_by_one(prediction_ids: Sequence[int]) -> None:
    for prediction_id in prediction_ids:
        try:
            pipeline.after_arrival([prediction_id])
        except Exception:
            log.exception("prediction %d stays owed", prediction_id)


def beat_heart(name: str) -> None:
    """Say that this process lives, by the database's clock."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now()}, create_defaults={"at": Now()})
