"""Datasets are defined, releases asked for, built and published. What leaves is whole or absent."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from accounts.storable import is_storable
from queues.doorbell import ring
from queues.errors import Fault, Invalid, WrongState
from queues.export.build import build
from queues.export.definition import rules, splits
from queues.export.definition.filters import Filter, parse
from queues.export.formats import formats
from queues.export.guards import guards
from queues.models import DATASET_NAME, Dataset, Job, JobState, Queue, Release, ReleaseFile, ReleaseState

__all__ = ["build", "cancel", "create_dataset", "note_download", "note_link", "note_reading", "publish"]

NOTES_MAX = 5_000
REASON_MAX = 1_000
_NONE: Mapping[str, str] = MappingProxyType({})
TITLE_MAX = 120
_NAME = re.compile(rf"{DATASET_NAME}\Z")
_RESERVED = frozenset({"latest", "new", "con", "nul", "aux", "prn"})


def create_dataset(
    project: Project,
    *,
    name: str,
    title: str = "",
    format_name: str,
    wanted: object = None,
    demanded: object = None,
    shared: object = None,
    by: Actor,
) -> Dataset:
    """A new standing definition. Invalid with every fault; a name is taken once per project.

    wanted: a filter/1 document; demanded: the rules of its guards; shared: the shares of its splits, drawn
    from the project's name when they name no seed (queues.export.definition).
    """
    filter_, faults = parse({} if wanted is None else wanted)
    _rules, more = rules.parse({} if demanded is None else demanded)
    shares = _with_seed(shared, project)
    faults = [*_faults(name, title, format_name), *faults, *more, *_unknown_queues(project, filter_)]
    faults += _faults_in_splits(shares, format_name)
    if faults:
        raise Invalid(_("The dataset was not created: correct what is marked and send it again."), faults)
    dataset = Dataset(
        project=project,
        name=name,
        title=title.strip() or name,
        format=format_name,
        filter=filter_.as_document(),
        rules=demanded or {},
        splits=shares,
        created_by_id=by.person_id,
    )
    try:
        with transaction.atomic():
            dataset.save(force_insert=True)
            _record(
                dataset,
                "dataset.created",
                by,
                {
                    "format": format_name,
                    "filter": dataset.filter,
                    "rules": dataset.rules,
                    "splits": dataset.splits,
                },
            )
    except IntegrityError as error:
        fault = Fault("/name", "name.taken", _("There is a dataset of this name already."))
        raise Invalid(_("The dataset was not created: choose another name."), [fault]) from error
    return dataset


def publish(
    dataset: Dataset, *, notes: str = "", accepted: Mapping[str, str] = _NONE, by: Actor
) -> tuple[Release, Job]:
    """Ask for a new release; the worker builds it. One at a time: each is compared with the one before.

    accepted: guard → why it need not stop this release; kept in its manifest and in the audit log.
    """
    if len(notes) > NOTES_MAX or not is_storable(notes):
        fault = Fault("/notes", "notes.text", _("Give at most %(max)d characters.") % {"max": NOTES_MAX})
        raise Invalid(_("The release was not asked for: shorten the notes."), [fault])
    if faults := list(_faults_in_accepted(accepted)):
        raise Invalid(_("The release was not asked for: correct what is marked."), faults)
    with transaction.atomic():
        Dataset.objects.select_for_update().get(pk=dataset.pk)
        _give_up_dead(dataset)
        if Release.objects.filter(dataset=dataset, state__in=["draft", "building"]).exists():
            raise WrongState(_("A release of this dataset is being built. Wait for it, and ask again."))
        release = Release(dataset=dataset, notes=notes, accepted=dict(accepted), asked_by_id=by.person_id)
        release.save(force_insert=True)
        job = Job.objects.ask(
            project_id=dataset.project_id,
            kind="build_release",
            subject_id=release.pk,
            unique_key=job_key(release),
            asked_by=by.person_id,
        )
        _record(
            dataset, "release.asked", by, {"release": release.pk, "job": job.pk, "accepted": dict(accepted)}
        )
        ring("queues.tasks.run_job", job.pk)
    return release, job


def cancel(release: Release, *, by: Actor) -> None:
    """Give up a release that is not published yet; its worker notices within a second or two and clears."""
    with transaction.atomic():
        under_way = Release.objects.filter(
            pk=release.pk, state__in=[ReleaseState.DRAFT, ReleaseState.BUILDING]
        )
        if not under_way.update(state=ReleaseState.FAILED):
            raise WrongState(_("This release is not being built any more. Look at the page again."))
        Job.objects.filter(unique_key=job_key(release), state__in=["queued", "running"]).update(
            state=JobState.FAILED, error=_("Cancelled."), finished_at=Now(), lease_until=None
        )
        _record(release.dataset, "release.cancelled", by, {"release": release.pk})


def job_key(release: Release) -> str:
    """Under which the job of a release is found."""
    return f"release:{release.pk}"


def note_download(
    file: ReleaseFile, *, dataset: Dataset, by: Actor, part: str = "", is_link: bool = False
) -> None:
    """Who took what: a recall must reach them. part: the Content-Range of a download that goes on.

    is_link: through a signed link that this person or key had asked for.
    """
    events.record(
        project_id=dataset.project_id,
        kind="release.downloaded",
        by=by,
        subject_kind="release",
        subject_id=file.release_id,
        after={"path": file.path, "sha256": file.sha256, "part": part, "link": is_link},
    )


def note_link(file: ReleaseFile, *, project_id: int, by: Actor, until: datetime) -> None:
    """Somebody may hand this file on, until then."""
    events.record(
        project_id=project_id,
        kind="release.link_made",
        by=by,
        subject_kind="release",
        subject_id=file.release_id,
        after={"path": file.path, "until": until.isoformat()},
    )


def note_reading(dataset: Dataset, *, by: Actor) -> None:
    """Rows were read without a release."""
    _record(dataset, "dataset.rows_read", by, None)


def _give_up_dead(dataset: Dataset) -> None:
    """Releases whose job was given up (its worker died each time) must not block the next."""
    for release in Release.objects.filter(dataset=dataset, state__in=["draft", "building"]):
        if Job.objects.filter(unique_key=job_key(release), state=JobState.FAILED).exists():
            Release.objects.filter(pk=release.pk).update(state=ReleaseState.FAILED)


def _faults(name: str, title: str, format_name: str) -> list[Fault]:
    found = []
    if not _NAME.match(name) or name in _RESERVED:
        rule = _("Use small letters a-z, digits and hyphens, at most 60; “latest” and “new” are reserved.")
        found.append(Fault("/name", "name.shape", rule))
    if len(title) > TITLE_MAX or not is_storable(title):
        found.append(
            Fault("/title", "title.text", _("Give at most %(max)d characters.") % {"max": TITLE_MAX})
        )
    if format_name not in formats:
        known = ", ".join(sorted(name for name, _format in formats))
        found.append(Fault("/format", "format.unknown", _("Use one of: %(known)s.") % {"known": known}))
    return found


def _with_seed(shared: object, project: Project) -> Any:
    """One seed for a project: a question is in the same split in all datasets that have the same shares."""
    if isinstance(shared, Mapping) and "shares" in shared and "seed" not in shared:
        return {**shared, "seed": project.slug}
    return {} if shared is None else shared


def _faults_in_splits(document: object, format_name: str) -> Iterator[Fault]:
    shared, faults = splits.parse(document)
    yield from faults
    if shared.shares and format_name in formats and formats.get(format_name).scope != "train":
        detail = _("Golden answers are all there to test with: leave the splits out.")
        yield Fault("/splits", "splits.golden", detail)


def _faults_in_accepted(accepted: Mapping[str, str]) -> Iterator[Fault]:
    for name, reason in accepted.items():
        if name not in guards:
            known = ", ".join(sorted(name for name, _guard in guards))
            at = "/accepted/" + name.replace("~", "~0").replace("/", "~1")[:100]
            yield Fault(at, "guard.unknown", _("Use one of: %(known)s.") % {"known": known})
        elif not reason.strip() or len(reason) > REASON_MAX or not is_storable(reason):
            detail = _("Say why, in at most %(max)d characters.") % {"max": REASON_MAX}
            yield Fault(f"/accepted/{name}", "accepted.reason", detail)


def _unknown_queues(project: Project, wanted: Filter) -> list[Fault]:
    known = set(Queue.objects.filter(project=project, slug__in=wanted.queues).values_list("slug", flat=True))
    return [
        Fault(f"/filter/queues/{index}", "queue.unknown", _("There is no such queue in this project."))
        for index, slug in enumerate(wanted.queues)
        if slug not in known
    ]


def _record(dataset: Dataset, kind: str, by: Actor, after: dict[str, object] | None) -> None:
    events.record(
        project_id=dataset.project_id,
        kind=kind,
        by=by,
        subject_kind="dataset",
        subject_id=dataset.pk,
        after=after,
    )
