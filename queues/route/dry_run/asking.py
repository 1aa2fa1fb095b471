"""Asking for a dry run, asking no more, and how one stands."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.doorbell import ring
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import DryRun, Job, JobState, Policy
from queues.models.dry_run import MOST
from queues.numbers import localized
from queues.route import asked, policies, queries
from queues.route.dry_run.report import Report
from queues.route.policy_document import parse

KIND = "dry_run"
AT_ONCE = 3  # unfinished dry runs of a project: each keeps a worker busy for up to a minute
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Asked(asked.Asked[DryRun]):
    """A dry run with its job."""

    __slots__ = ()

    @property
    def run(self) -> DryRun:
        return self.row

    @property
    def report(self) -> Report | None:
        return Report.model_validate(self.run.result) if self.run.result else None


@transaction.atomic
def ask(
    project_id: int,
    *,
    last: int,
    by: Actor,
    version: int | None = None,
    document: Mapping[str, Any] | None = None,
) -> Asked:
    """Ask what a version, or a document that is none yet, would have sent of the `last` predictions.

    Invalid with the faults of the document; WrongState while AT_ONCE of this project are under way.
    """
    _check_last(last)
    policy = queries.version(project_id, version) if version is not None else None
    snapshot = _snapshot(policy, document)
    policies.lock(project_id)
    if unfinished(project_id).count() >= AT_ONCE:
        raise WrongState(
            _("%(n)s dry runs of this project are under way. Wait for one of them, or cancel one.")
            % {"n": AT_ONCE}
        )
    run = DryRun.objects.create(
        project_id=project_id,
        asked_by_id=by.person_id,
        document=snapshot,
        policy=policy,
        compared_with=Policy.objects.filter(project=project_id, is_active=True).first(),
        last=last,
    )
    run.refresh_from_db(fields=["created_at"])
    job = Job.objects.ask(
        project_id=project_id,
        kind=KIND,
        subject_id=run.pk,
        unique_key=_key(run.pk),
        asked_by=by.person_id,
    )
    _record(run, "dry_run.asked", by, {"version": version, "last": last})
    ring("queues.tasks.run_job", job.pk)
    return Asked(run, job)


@transaction.atomic
def cancel(project_id: int, number: int, *, by: Actor) -> Asked:
    """Ask no more: the worker stops at the next part. What is over already stays as it is."""
    found = asked_for(project_id, number)
    if not found.is_over and DryRun.objects.filter(pk=number, finished_at=None, cancelled_at=None).update(
        cancelled_at=Now()
    ):
        _record(found.run, "dry_run.cancelled", by, None)
    return asked_for(project_id, number)


def asked_for(project_id: int, number: int) -> Asked:
    """One dry run of this project, or NotFound."""
    run = dry_runs(project_id).filter(pk=number).first()
    if run is None:
        raise NotFound(_("There is no such dry run in this project. Look at the list of dry runs."))
    return Asked(run, Job.objects.filter(unique_key=_key(number)).first())


def dry_runs(project_id: int) -> QuerySet[DryRun]:
    """All dry runs of a project, newest first."""
    runs = DryRun.objects.filter(project=project_id).select_related("asked_by", "policy", "compared_with")
    return runs.defer("policy__salt", "policy__document", "compared_with__salt").order_by("-id")


def unfinished(project_id: int) -> QuerySet[DryRun]:
    """Those that a worker has still to do."""
    owed = Job.objects.filter(project=project_id, kind=KIND, state__in=UNFINISHED).values("subject_id")
    return dry_runs(project_id).filter(finished_at=None, cancelled_at=None, pk__in=owed)


def newest(project_id: int, how_many: int) -> list[Asked]:
    """The last dry runs, each with how it stands."""
    return with_jobs(dry_runs(project_id).defer("document", "result")[:how_many])


def with_jobs(runs: Iterable[DryRun]) -> list[Asked]:
    """Dry runs, each with how it stands."""
    runs = list(runs)
    jobs = {job.subject_id: job for job in Job.objects.filter(unique_key__in=[_key(run.pk) for run in runs])}
    return [Asked(run, jobs.get(run.pk)) for run in runs]


def _snapshot(policy: Policy | None, document: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        parsed = parse(policy.document if policy else document or {})
    except Invalid as error:
        if policy is None:
            raise
        raise WrongState(
            _("Version %(n)s is not valid any more. Edit it as a draft, and ask about the draft.")
            % {"n": policy.version}
        ) from error
    return parsed.model_dump(mode="json", by_alias=True)


def _check_last(last: int) -> None:
    if not 1 <= last <= MOST:
        detail = _("Give a whole number from 1 to %(most)s.") % {"most": localized(MOST)}
        raise Invalid(
            _("The dry run was not asked for: say over how many predictions."),
            [Fault("/last", "dry_run.last", detail)],
        )


def _key(number: int) -> str:
    return f"{KIND}:{number}"


def _record(run: DryRun, kind: str, by: Actor, after: dict[str, object] | None) -> None:
    events.record(
        project_id=run.project_id, kind=kind, by=by, subject_kind="dry_run", subject_id=run.pk, after=after
    )
