"""The sweeper: finds the work that no message announced. Runs every 15 s and as `manage.py sweep`."""

import logging
from datetime import timedelta

from django.db.models.functions import Now

from accounts.models import StoredAnswer
from queues import pipeline
from queues.assign import actions as assign
from queues.doorbell import ring
from queues.models import Heartbeat, Job

log = logging.getLogger(__name__)

SETTLING = timedelta(seconds=5)  # a request that just stored predictions is about to route them itself


def sweep() -> None:
    """Free ended leases, finish arrivals, ring again for jobs that are owed; then say "swept"."""
    while assign.free_ended():
        pass
    finish_arrivals()
    Job.objects.give_up()
    for job_id in Job.objects.owed().order_by("id").values_list("id", flat=True)[:100]:
        ring("queues.tasks.run_job", job_id)
    StoredAnswer.objects.forget_old()
    beat_heart("sweeper")


def finish_arrivals() -> int:
    """Score and route what was stored and left; how many."""
    finished = 0
    while prediction_ids := pipeline.owed_arrivals(older_than=SETTLING):
        pipeline.after_arrival(prediction_ids)
        finished += len(prediction_ids)
        if pipeline.owed_arrivals(older_than=SETTLING, at_most=1)[:1] == prediction_ids[:1]:
            log.error("prediction %d stays owed: its routing changes nothing", prediction_ids[0])
            break
    return finished


def beat_heart(name: str) -> None:
    """Say that this process lives, by the database's clock."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now()}, create_defaults={"at": Now()})
