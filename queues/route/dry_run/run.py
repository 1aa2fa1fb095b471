"""The job of a dry run: decides on past predictions as routing would have, and stores nothing but its report.

Scores, flags and ranks are those of the moment of arrival: windows are read as they stood before a batch, and
allowances counted by the time at which it came. Facts are what their sources know now. May be killed at any
moment: the next attempt begins again.
"""

import secrets
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from queues.models import DryRun, Job, Policy
from queues.progress import Progress
from queues.route.dry_run import walk
from queues.route.dry_run.counting import Counting
from queues.route.dry_run.pace import paces
from queues.route.dry_run.past import Past
from queues.route.dry_run.report import Report
from queues.route.dry_run.walk import Span
from queues.route.policy_document import parse


def run(job: Job) -> None:
    """Answer the dry run of the job; nothing happens when that is done, cancelled or gone."""
    dry_run = _asked().filter(pk=job.subject_id).first()
    if dry_run is None:
        return
    with Progress(job) as progress:
        span = walk.span_of(dry_run.project_id, dry_run.last)
        progress.total = span.total
        report = _report(dry_run, span, progress)
    if report is not None:
        _asked().filter(pk=dry_run.pk).update(
            result=report.model_dump(mode="json", by_alias=True), finished_at=Now()
        )


def _asked() -> Any:
    return DryRun.objects.filter(finished_at=None, cancelled_at=None)


def _report(dry_run: DryRun, span: Span, progress: Progress) -> Report | None:
    """None: it was cancelled meanwhile."""
    before = dry_run.compared_with
    counting = Counting(
        parse(dry_run.document), parse(before.document) if before else None, before.version if before else 0
    )
    past = Past(span, counting.asked, _salt(dry_run))
    seen = 0
    for part in past.parts():
        for received_at, batch in part:
            counting.add(received_at, batch, past.cases(batch))
            seen += len(batch)
        progress.report(seen)
        if not _asked().filter(pk=dry_run.pk).exists():
            return None
    return counting.report(past, paces(dry_run.project_id, now=timezone.now()))


def _salt(dry_run: DryRun) -> str:
    """The salt that the next version would have."""
    newest = Policy.objects.filter(project=dry_run.project_id).order_by("-version").first()
    salt = dry_run.policy.salt if dry_run.policy else newest.salt if newest else None
    return salt or secrets.token_hex(32)
