"""Recalls whose job has failed for good: their project is told, and somebody may have them tried again."""

from collections import Counter
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import SYSTEM, Actor
from queues.doorbell import ring
from queues.errors import NotFound, WrongState
from queues.export.recalls import queries
from queues.export.webhooks import outbox
from queues.models import Job, JobState, Recall, RecallRequest, WebhookEvent

_LOOKED_AT = 1_000  # predictions whose releases are looked for at once


def failed_of(project_id: int) -> QuerySet[RecallRequest]:
    """What was asked for, and is not done, and will not be unless somebody has it tried again."""
    undone = RecallRequest.objects.filter(project=project_id, finished_at=None)
    return undone.filter(failed_at__isnull=False).order_by("pk")


def notice() -> int:
    """Note the recalls that failed since, and tell who subscribed; how many."""
    running = RecallRequest.objects.filter(finished_at=None, failed_at=None).select_related("project")
    by_key = {queries.job_key(request): request for request in running}
    failed = Job.objects.filter(unique_key__in=by_key, state=JobState.FAILED)
    return sum(_note(by_key[job.unique_key], job) for job in failed)


@transaction.atomic
def _note(request: RecallRequest, job: Job) -> bool:
    """Once, whoever looks: what was withdrawn up to then stays withdrawn, so it is told."""
    running = RecallRequest.objects.filter(pk=request.pk, finished_at=None, failed_at=None)
    if not running.update(failed_at=Now()):
        return False
    events.record(
        project_id=request.project_id,
        kind="recall.failed",
        by=SYSTEM,
        subject_kind="recall",
        subject_id=request.pk,
        after={"job": job.pk, "attempts": job.attempts},
    )
    facts = {"recall": request.pk, "reason": request.reason, "erases": request.erases}
    outbox.announce(
        request.project, WebhookEvent.RECALL_FAILED, subject="recalls", facts=facts | _withdrawn_by(request)
    )
    return True


def _withdrawn_by(request: RecallRequest) -> dict[str, object]:
    """What its attempts did withdraw, as `recall.made` says it of one that is done."""
    ids = Recall.objects.filter(request=request).order_by("pk").values_list("prediction_id", flat=True)
    rows: Counter[int] = Counter()
    withdrawn = ids.iterator()
    while some := list(islice(withdrawn, _LOOKED_AT)):
        rows.update(queries.rows_in_releases(some))
    return {"predictions": ids.count(), "releases": queries.told_of(rows)}


@transaction.atomic
def try_again(request: RecallRequest, *, by: Actor) -> Job:
    """From the beginning; what is withdrawn already stays so."""
    key = queries.job_key(request)
    failed = RecallRequest.objects.filter(pk=request.pk, finished_at=None)
    if not failed.exists() or not Job.objects.again(key):
        raise WrongState(_("This recall has not failed. Look at the page of recalls."))
    failed.update(failed_at=None)
    job = Job.objects.get(unique_key=key)
    events.record(
        project_id=request.project_id,
        kind="recall.tried_again",
        by=by,
        subject_kind="recall",
        subject_id=request.pk,
        after={"job": job.pk},
    )
    ring("queues.tasks.run_job", job.pk)
    return job


def find(project_id: int, number: int) -> RecallRequest:
    """One request; NotFound for any other project's."""
    request = queries.requests_of(project_id).filter(pk=number).first()
    if request is None:
        raise NotFound(_("There is no such recall in this project. Look at the list of recalls."))
    return request
