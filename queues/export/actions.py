"""Datasets are defined, releases asked for, built and published. What leaves is whole or absent."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from accounts.storable import is_storable
from queues.doorbell import ring
from queues.errors import Fault, Invalid, WrongState
from queues.export.build import build
from queues.export.filters import Filter, parse
from queues.export.formats import formats
from queues.models import DATASET_NAME, Dataset, Job, JobState, Queue, Release, ReleaseFile, ReleaseState

__all__ = ["build", "create_dataset", "note_download", "note_link", "note_reading", "publish"]

NOTES_MAX = 5_000
TITLE_MAX = 120
_NAME = re.compile(rf"{DATASET_NAME}\Z")
_RESERVED = frozenset({"latest", "new", "con", "nul", "aux", "prn"})


def create_dataset(
    project: Project, *, name: str, title: str = "", format_name: str, wanted: object = None, by: Actor
) -> Dataset:
    """A new standing definition. Invalid with every fault; a name is taken once per project."""
    filter_, faults = parse({} if wanted is None else wanted)
    faults = [*_faults(name, title, format_name), *faults, *_unknown_queues(project, filter_)]
    if faults:
        raise Invalid(_("The dataset was not created: correct what is marked and send it again."), faults)
    dataset = Dataset(
        project=project,
        name=name,
        title=title.strip() or name,
        format=format_name,
        filter=filter_.as_document(),
        created_by_id=by.person_id,
    )
    try:
        with transaction.atomic():
            dataset.save(force_insert=True)
            _record(dataset, "dataset.created", by, {"format": format_name, "filter": dataset.filter})
    except IntegrityError as error:
        fault = Fault("/name", "name.taken", _("There is a dataset of this name already."))
        raise Invalid(_("The dataset was not created: choose another name."), [fault]) from error
    return dataset


def publish(dataset: Dataset, *, notes: str = "", by: Actor) -> tuple[Release, Job]:
    """Ask for a new release; the worker builds it. One at a time: each is compared with the one before."""
    if len(notes) > NOTES_MAX or not is_storable(notes):
        fault = Fault("/notes", "notes.text", _("Give at most %(max)d characters.") % {"max": NOTES_MAX})
        raise Invalid(_("The release was not asked for: shorten the notes."), [fault])
    with transaction.atomic():
        Dataset.objects.select_for_update().get(pk=dataset.pk)
        _give_up_dead(dataset)
        if Release.objects.filter(dataset=dataset, state__in=["draft", "building"]).exists():
            raise WrongState(_("A release of this dataset is being built. Wait for it, and ask again."))
        release = Release(dataset=dataset, notes=notes, asked_by_id=by.person_id)
        release.save(force_insert=True)
        job = Job.objects.ask(
            project_id=dataset.project_id,
            kind="build_release",
            subject_id=release.pk,
            unique_key=job_key(release),
            asked_by=by.person_id,
        )
        _record(dataset, "release.asked", by, {"release": release.pk, "job": job.pk})
        ring("queues.tasks.run_job", job.pk)
    return release, job


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
