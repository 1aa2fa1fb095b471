"""Jobs: what does each kind of them, and how one is done."""

import logging
from collections.abc import Callable, Mapping
from functools import partial

from queues.agree import checking, units
from queues.assign import reordering
from queues.assign.bulk import run as bulk_change
from queues.audit import verification
from queues.export import actions as export
from queues.export.recalls import previewing
from queues.export.recalls import run as recall
from queues.models import Job
from queues.monitor import actions as monitor
from queues.route.dry_run import run as dry_run
from queues.route.selection import run as selection

log = logging.getLogger(__name__)

JOBS: Mapping[str, Callable[[Job], object]] = {
    "build_release": export.build,
    "recall": recall.run,
    previewing.KIND: previewing.run,
    "dry_run": dry_run.run,
    "selection": selection.run,
    monitor.REFIT: monitor.refit,
    reordering.KIND: reordering.run,
    checking.KIND: checking.check,
    verification.KIND: verification.run,
    bulk_change.KIND: partial(bulk_change.run, then=units.recount),
}


def run_job(job_id: int) -> None:
    """Do one job if it is owed; a job that is done, failed or in other hands is left alone."""
    attempt = Job.objects.start(job_id)
    if attempt is None:
        return
    job = Job.objects.get(pk=job_id)
    try:
        JOBS[job.kind](job)
    except Exception as error:
        log.exception("job %d (%s) failed", job_id, job.kind)
        Job.objects.fail(job_id, f"{type(error).__name__}: {error}", attempt=attempt)
    else:
        Job.objects.finish(job_id, attempt=attempt)
