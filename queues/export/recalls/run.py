"""The job of a recall: finds what is named, withdraws it, erases, and asks for releases without it.

Killed at any moment, the next attempt goes on: what is withdrawn stays so, and each step may be done twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.events import EventRow, record_many
from accounts.models import StoredAnswer
from queues.errors import WrongState
from queues.export import actions as export
from queues.export.files import store
from queues.export.recalls import closing, erasing, queries, selection
from queues.export.webhooks import outbox
from queues.models import (
    Dataset,
    Job,
    JobState,
    Prediction,
    Recall,
    RecallBy,
    RecallRequest,
    ReleaseState,
    WebhookEvent,
)
from queues.progress import Progress

_LOOKED_AFTER = timedelta(minutes=10)  # a request that ran when the job ended is over long before


def run(job: Job) -> None:
    """Do what the request of the job asks; nothing happens when that is done."""
    request = RecallRequest.objects.filter(pk=job.subject_id, finished_at=None).first()
    if request is None:
        return
    concerned: Counter[int] = Counter()  # rows of each release; of every batch, whoever withdrew it
    with Progress(job) as progress:
        done = 0
        for ids in selection.batches_of(request):
            _withdraw(request, ids)
            _empty_answers(request)
            concerned.update(queries.rows_in_releases(ids))
            done += len(ids)
            progress.report(done)
    if request.erases and request.by == RecallBy.PERSON:
        erasing.erase_feedback_of(request.project_id, request.named[0])
        _empty_answers(request)
    if request.erases:
        _remove_files(request)
    if request.publishes:
        _publish_without(request)
    _finish(request, concerned)


@transaction.atomic
def _finish(request: RecallRequest, concerned: Mapping[int, int]) -> None:
    """Done, and whoever subscribed is owed the news; once, however many attempts come so far."""
    found = request.recalls.count()
    unfinished = RecallRequest.objects.filter(pk=request.pk, finished_at=None)
    if not unfinished.update(named=[], found=found, finished_at=timezone.now(), failed_at=None):
        return
    facts = {"recall": request.pk, "reason": request.reason, "erases": request.erases, "predictions": found}
    told = {**facts, "releases": queries.told_of(concerned)}
    outbox.announce(request.project, WebhookEvent.RECALL_MADE, subject="recalls", facts=told)


@transaction.atomic
def _withdraw(request: RecallRequest, ids: Sequence[int]) -> None:
    """A tombstone each; a release that is publishing now either sees it, or is seen by `_publish_without`.

    The predictions are locked before slots and items: who opens an item for one of them sees its tombstone.
    """
    list(Dataset.objects.select_for_update().filter(project=request.project_id).order_by("pk"))
    list(Prediction.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    stones = Recall.objects.filter(prediction__in=ids, erases=request.erases)
    known = {stone.prediction_id for stone in stones.only("prediction")}
    new = [pk for pk in ids if pk not in known]
    Recall.objects.bulk_create(
        Recall(
            project_id=request.project_id,
            request=request,
            prediction_id=pk,
            reason=request.reason,
            erases=request.erases,
        )
        for pk in new
    )
    closing.close_items(request, ids)
    if request.erases:
        erasing.erase(ids)
    kind = "prediction.erased" if request.erases else "prediction.recalled"
    after = {"recall": request.pk, "reason": request.reason}
    record_many(
        [
            EventRow(
                project_id=request.project_id,
                kind=kind,
                by=Actor(request.asked_by_id),
                subject_kind="prediction",
                subject_id=pk,
                after=after,
            )
            for pk in new
        ]
    )


def _empty_answers(request: RecallRequest) -> None:
    """After each commit, so that an attempt that dies leaves no answer behind that says what is erased."""
    if request.erases:
        StoredAnswer.objects.empty_of(request.project.slug)


def empty_after_failures() -> None:
    """Where the worker of the last attempt died between a commit and the answers, the sweeper sees to them.

    For a while after the end only: what begins later reads nothing that is erased.
    """
    unfinished = RecallRequest.objects.filter(erases=True, finished_at=None).select_related("project")
    by_key = {queries.job_key(request): request for request in unfinished}
    failed = Job.objects.filter(
        unique_key__in=by_key, state=JobState.FAILED, finished_at__gt=Now() - _LOOKED_AFTER
    )
    for job in failed:
        _empty_answers(by_key[job.unique_key])


def _remove_files(request: RecallRequest) -> None:
    """The files of rows of all releases that hold an erased text; their manifests and sums stay."""
    for file in queries.files_with_erased_rows(request.project_id):
        store.remove(file.storage_name)


def _publish_without(request: RecallRequest) -> None:
    """By the definition of the release that is replaced: rows leave, and nothing else changes.

    One that fails all the same leaves the old one current; the pages of recalls go on naming it.
    """
    for release in queries.current_with_recalled_rows(request.project_id):
        if release.state == ReleaseState.PUBLISHED:
            with suppress(WrongState):  # one is being built: it leaves them out already
                export.publish(
                    release.dataset,
                    notes=_("Without rows that were withdrawn."),
                    definition=release.definition,
                    instead_of=release,
                    by=Actor(request.asked_by_id),
                )
