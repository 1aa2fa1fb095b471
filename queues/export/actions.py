"""Datasets are defined, releases asked for, built and published. What leaves is whole or absent."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.storable import is_storable
from queues.doorbell import ring
from queues.errors import Fault, Invalid, WrongState
from queues.export import accepting
from queues.export.accepting import Said
from queues.export.build import build
from queues.export.defining import create_dataset, newest_version, redefine
from queues.models import Dataset, DatasetVersion, Job, JobState, Release, ReleaseFile, ReleaseState

__all__ = [
    "build",
    "cancel",
    "create_dataset",
    "note_download",
    "note_link",
    "note_reading",
    "publish",
    "redefine",
]

NOTES_MAX = 5_000
_NOTHING = Said({})


def publish(
    dataset: Dataset,
    *,
    notes: str = "",
    said: Said = _NOTHING,
    definition: DatasetVersion | None = None,
    instead_of: Release | None = None,
    by: Actor,
) -> tuple[Release, Job]:
    """Ask for a new release; the worker builds it. One at a time: each is compared with the one before.

    said: why guards need not stop this release; kept in its manifest and in the audit log.
    definition: the version to build it by; None: the newest. instead_of: the release whose acceptances it
    takes over, where nobody can be asked.
    """
    if len(notes) > NOTES_MAX or not is_storable(notes):
        fault = Fault("/notes", "notes.text", _("Give at most %(max)d characters.") % {"max": NOTES_MAX})
        raise Invalid(_("The release was not asked for: shorten the notes."), [fault])
    if faults := list(accepting.faults_in(said, dataset)):
        raise Invalid(_("The release was not asked for: correct what is marked."), faults)
    with transaction.atomic():
        Dataset.objects.select_for_update().get(pk=dataset.pk)
        _give_up_dead(dataset)
        if Release.objects.filter(dataset=dataset, state__in=["draft", "building"]).exists():
            raise WrongState(_("A release of this dataset is being built. Wait for it, and ask again."))
        release = Release(
            dataset=dataset,
            definition=definition or newest_version(dataset),
            notes=notes,
            accepted=accepting.reasons_of(instead_of) if instead_of else dict(said.why),
            asked_by_id=by.person_id,
        )
        release.save(force_insert=True)
        if instead_of:
            accepting.take_over(release, instead_of)
        else:
            accepting.accept(release, said, by=by)
        job = Job.objects.ask(
            project_id=dataset.project_id,
            kind="build_release",
            subject_id=release.pk,
            unique_key=job_key(release),
            asked_by=by.person_id,
        )
        asked = {"release": release.pk, "job": job.pk, "accepted": release.accepted}
        _record(dataset, "release.asked", by, asked | _findings_of(release))
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


def _findings_of(release: Release) -> dict[str, object]:
    """Of which releases the findings were accepted, where any were."""
    shown = release.acceptances.order_by("shown__release").values_list("shown__release", flat=True)
    return {"findings_of": found} if (found := list(dict.fromkeys(shown))) else {}


def _record(dataset: Dataset, kind: str, by: Actor, after: dict[str, object] | None) -> None:
    events.record(
        project_id=dataset.project_id,
        kind=kind,
        by=by,
        subject_kind="dataset",
        subject_id=dataset.pk,
        after=after,
    )
