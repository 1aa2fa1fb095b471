"""The sweeper: finds the work that no message announced. Runs every 15 s and as `manage.py sweep`."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from django.db.models.functions import Now

from accounts.chain import sealing
from accounts.models import StoredAnswer
from queues import pipeline
from queues.agree import checking, units
from queues.assign import actions as assign
from queues.audit import verification
from queues.doorbell import ring
from queues.export import stopped
from queues.export.recalls import failing, previewing
from queues.export.recalls import run as recall
from queues.export.webhooks import delivering
from queues.ingest import queries as ingest
from queues.ingest.feedback import waiting as feedback
from queues.models import Heartbeat, Job
from queues.monitor import actions as monitor
from queues.review import put_away
from queues.route import queries as routing
from queues.score import enrichment, questions, vectors
from queues.score.enrichments import embed
from queues.score.own_encoder import own_encoder

log = logging.getLogger(__name__)

ENRICHING = {"score": "queues.tasks.enrich_plain", "embed": "queues.tasks.enrich"}  # Celery queue → task
_WORKS_SECONDS = 20.0  # then the task rings itself, so that others are heard in between
_LINGERS_SECONDS = 1.2  # a process rings at most once a second: what it did not announce is found too
_NAP_SECONDS = 0.2
_COUNTS_SECONDS = 5.0  # of one sweep: the other steps are waited for
_REST_SECONDS = 1.0  # between batches while very much arrives: the processors are the requests' first
_at_work: dict[str, threading.Lock] = defaultdict(threading.Lock)

SETTLING = timedelta(seconds=5)  # a request that just stored predictions is about to route them itself


def sweep() -> None:
    """Free ended leases, finish arrivals and feedback, ask for refits, ring for jobs; then say "swept".

    A step that fails is logged and keeps none of the others from being done.
    """
    steps: tuple[Callable[[], object], ...] = (
        _free_ended_leases,
        finish_arrivals,
        finish_feedback,
        _drop_old_feedback,
        Job.objects.give_up,
        recall.empty_after_failures,
        failing.notice,
        monitor.ask_for_owed_refits,
        _count_agreement,
        checking.ask_for_owed,
        verification.ask_for_owed,
        _ring_for_jobs,
        _ring_for_deliveries,
        _ring_for_enrichment,
        StoredAnswer.objects.forget_old,
        questions.forget_old,
        previewing.forget_old,
        put_away.forget_old,
        delivering.forget_old,
        stopped.forget_old,
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


def _count_agreement() -> None:
    """What the counts do not contain yet, then what was reviewed before they existed; not for long."""
    until = time.monotonic() + _COUNTS_SECONDS
    while units.fold() or units.count_owed():
        if time.monotonic() > until:
            break


def seal_audit() -> None:
    """Seal the newest events of the audit log, and write the heads that are due; by one thread at a time.

    Runs every 5 s by itself: no message announces an event.
    """
    if not _at_work["seal"].acquire(blocking=False):
        return
    try:
        sealing.seal_all(seconds=_WORKS_SECONDS)
        verification.write_heads()
    finally:
        _at_work["seal"].release()


def _ring_for_jobs() -> None:
    for job_id in Job.objects.owed().order_by("id").values_list("id", flat=True)[:100]:
        ring("queues.tasks.run_job", job_id)


def _ring_for_deliveries() -> None:
    for webhook_id in delivering.owed():
        ring("queues.tasks.deliver", webhook_id)


def _drop_old_feedback() -> None:
    while feedback.drop_old():
        pass


def _ring_for_enrichment() -> None:
    for runs_in, task in ENRICHING.items():
        golden_is_owed = runs_in == "embed" and embed.golden_is_owed()
        if golden_is_owed or any(enrichment.is_owed(kind) for kind in enrichment.kinds_in(runs_in)):
            ring(task)
    if questions.are_waiting():
        ring("queues.tasks.answer")


def enrich(runs_in: str) -> None:
    """Do what is owed after arrival, batch after batch; in one thread of this process at a time."""
    if not _at_work[runs_in].acquire(blocking=False):
        return
    try:
        _enrich(runs_in)
    finally:
        _at_work[runs_in].release()


def _enrich(runs_in: str) -> None:
    began = idle_since = time.monotonic()
    while runs_in == "embed" and embed.encode_golden() and time.monotonic() - began < _WORKS_SECONDS:
        pass
    while time.monotonic() - began < _WORKS_SECONDS:
        worked = [
            enrichment.work_on(kind, then=pipeline.after_enrichment) for kind in enrichment.kinds_in(runs_in)
        ]
        if any(worked):
            idle_since = time.monotonic()
            if ingest.is_flooded():
                time.sleep(_REST_SECONDS)
        elif time.monotonic() - idle_since > _LINGERS_SECONDS:
            break
        else:
            time.sleep(_NAP_SECONDS)
    else:
        ring(ENRICHING[runs_in])
    _build_indexes(runs_in)


def _build_indexes(runs_in: str) -> None:
    encoder = own_encoder()
    if runs_in == "embed" and encoder and vectors.are_kept():
        vectors.build_indexes(encoder)


def finish_arrivals() -> int:
    """Score and route what was stored and left; how many were tried. What fails is logged and passed by."""
    return _finish(partial(routing.owed_arrivals, older_than=SETTLING), pipeline.after_arrival)


def finish_feedback() -> int:
    """Join feedback that missed its prediction, and look at what is owed a look; how many were tried."""
    return _finish(partial(feedback.owed, older_than=feedback.SETTLING), pipeline.finish_feedback)


def _finish(owed: Callable[..., list[int]], finish: Callable[[Sequence[int]], None]) -> int:
    """Batch by batch; one that fails is tried row by row, so that no row keeps another from being done."""
    last = seen = 0
    while ids := owed(after=last):
        try:
            finish(ids)
        except Exception:
            log.exception("a batch of %d failed; each is tried by itself", len(ids))
            _finish_one_by_one(ids, finish)
        last, seen = ids[-1], seen + len(ids)
    return seen


def _finish_one_by_one(ids: Sequence[int], finish: Callable[[Sequence[int]], None]) -> None:
    for id_ in ids:
        try:
            finish([id_])
        except Exception:
            log.exception("%d stays owed", id_)


def beat_heart(name: str) -> None:
    """Say that this process lives, by the database's clock."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now()}, create_defaults={"at": Now()})
