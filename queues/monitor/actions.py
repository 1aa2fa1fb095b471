"""Writes of monitoring: curves fitted anew from the labels, and what each measure is worth."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import events
from accounts.actor import SYSTEM, Actor
from queues.doorbell import ring
from queues.models import Because, Calibration, Job, JobState, Worth
from queues.monitor import labels as label_queries
from queues.monitor import refits, worth
from queues.monitor.columns import columns_of
from queues.monitor.fitting import Fit, fit
from queues.monitor.labels import Label
from queues.score import calibrations
from queues.statistics.calibrator import Calibrator

REFIT = refits.KIND
VERSIONS_AT_MOST = 50  # model versions with the newest labels


def ask_for_refit(project_id: int, *, by: Actor, now: datetime | None = None) -> Job:
    """A job that fits every measure anew; while one is under way, that one."""
    with transaction.atomic():
        under_way = Job.objects.filter(
            project=project_id, kind=REFIT, state__in=[JobState.QUEUED, JobState.RUNNING]
        ).first()
        if under_way is not None:
            return under_way
        newest, minute = refits.newest_verdict(project_id), (now or timezone.now()).strftime("%Y%m%d%H%M")
        job = Job.objects.ask(
            project_id=project_id,
            kind=REFIT,
            subject_id=newest,
            unique_key=f"{REFIT}:{project_id}:{newest}:{minute}",
            asked_by=by.person_id,
        )
        events.record(
            project_id=project_id,
            kind="calibration.asked",
            by=by,
            subject_kind="job",
            subject_id=job.pk,
            after={"newest_verdict": newest},
        )
        ring("queues.tasks.run_job", job.pk)
    return job


def ask_for_owed_refits() -> int:
    """Ask where enough labels came since the last time; how many were asked for."""
    owed = refits.owed()
    for project_id in owed:
        ask_for_refit(project_id, by=SYSTEM)
    return len(owed)


def refit(job: Job) -> None:
    """Fit, test and weigh every measure of every model version that the newest labels speak of."""
    found = label_queries.newest_labels(job.project_id)
    by_version = _by_version(found)
    done = 0
    Job.objects.report(job.pk, attempt=job.attempts, progress=0, total=len(found))
    for model_version, labels in by_version.items():
        _refit_version(job, model_version, labels, done)
        done += len(labels)
        Job.objects.report(job.pk, attempt=job.attempts, progress=done)


def _by_version(labels: Sequence[Label]) -> dict[str, list[Label]]:
    """Model version → its labels, oldest first; the versions with the newest labels."""
    by_name = sorted(labels, key=lambda label: label.model_version)
    found = {name: list(rows) for name, rows in groupby(by_name, key=lambda label: label.model_version)}
    newest_first = sorted(found, key=lambda name: -found[name][-1].verdict_id)
    return {name: found[name] for name in newest_first[:VERSIONS_AT_MOST]}


def _refit_version(job: Job, model_version: str, labels: Sequence[Label], done: int) -> None:
    """Compute first, then store in one short transaction: the job's lease is renewed in between."""

    def is_alive() -> None:
        Job.objects.report(job.pk, attempt=job.attempts, progress=done)

    in_force = _in_force(job.project_id, model_version)
    fits = {
        name: found
        for name, column in columns_of(labels).items()
        if (found := fit(column, in_force.get(name))) and found.curve != in_force.get(name)
    }
    curves = in_force | {name: found.curve for name, found in fits.items() if not found.is_worse}
    worths = worth.worth_of(labels, curves, seen=is_alive)
    with transaction.atomic():
        _store_fits(job.project_id, model_version, fits)
        _store_worths(job.project_id, model_version, worths, newest=labels[-1].verdict_id)
        _record(job, model_version, labels, fits)


def _in_force(project_id: int, model_version: str) -> dict[str, Calibrator]:
    curves = calibrations.current(project_id, [model_version])
    return {measure: curve for (_version, measure), curve in curves.items()}


def _store_fits(project_id: int, model_version: str, fits: Mapping[str, Fit]) -> None:
    taken = [name for name, found in fits.items() if not found.is_worse]
    Calibration.objects.filter(
        project=project_id, model_version=model_version, measure__in=taken, is_current=True
    ).update(is_current=False)
    Calibration.objects.bulk_create(
        Calibration(
            project_id=project_id,
            model_version=model_version,
            measure=name,
            method=found.curve.method,
            parameters=dict(found.curve.parameters),
            n_labels=found.labels,
            n_errors=found.errors,
            brier_new=found.brier_new,
            brier_old=found.brier_old,
            because=_because(found),
            is_current=not found.is_worse,
        )
        for name, found in fits.items()
    )


def _because(found: Fit) -> Because:
    if found.brier_old is None:
        return Because.FIRST
    return Because.WORSE if found.is_worse else Because.NOT_WORSE


def _store_worths(project_id: int, model_version: str, worths: Sequence[worth.Worth], *, newest: int) -> None:
    """The figures of this version, instead of those before."""
    before = Worth.objects.filter(project=project_id, model_version=model_version)
    before.exclude(measure__in=[found.measure for found in worths]).delete()
    Worth.objects.bulk_create(
        (
            Worth(
                project_id=project_id,
                model_version=model_version,
                measure=found.measure,
                figures=worth.as_json(found),
                newest_verdict=newest,
                computed_at=Now(),
            )
            for found in worths
        ),
        update_conflicts=True,
        unique_fields=["project", "model_version", "measure"],
        update_fields=["figures", "newest_verdict", "computed_at"],
    )


def _record(job: Job, model_version: str, labels: Sequence[Label], fits: Mapping[str, Fit]) -> None:
    events.record(
        project_id=job.project_id,
        kind="calibration.refitted",
        by=SYSTEM,
        subject_kind="job",
        subject_id=job.pk,
        after={
            "model_version": model_version,
            "labels": len(labels),
            "in_force": sorted(name for name, found in fits.items() if not found.is_worse),
            "worse": sorted(name for name, found in fits.items() if found.is_worse),
        },
    )
