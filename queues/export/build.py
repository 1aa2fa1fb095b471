"""Building a release: temporary files → storage → rows → published, in this order.

May be killed at any moment and started again: each attempt works in a folder of its own, whose name
is in the row of the release, and clears the one before. All rows are written in the transaction that
publishes; an attempt that finds another folder in the row has been replaced and leaves quietly.
"""

from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.export import accepting, findings, memory, queries
from queues.export.definition.understood import understood
from queues.export.files import store
from queues.export.files.checks import check_bytes, check_file
from queues.export.files.contents import Contents, write_contents
from queues.export.files.provenance import names_of
from queues.export.formats import formats
from queues.export.guarding.surroundings import walks
from queues.export.publishing import Replaced, publish_built
from queues.export.stopped import store_findings
from queues.models import GuardStop, Job, Release, ReleaseState
from queues.models.job import ATTEMPTS_MAX
from queues.progress import Progress


class NothingToPublish(Exception):
    """Every verdict was left out, or there is none; or a guard stops it."""


def build(job: Job) -> None:
    """Build and publish the release of the job; nothing happens when that is done or given up."""
    attempt = _begin(job)
    if attempt is None:
        return
    release, folder = attempt
    try:
        with Progress(job) as progress, store.workplace(folder) as place:
            contents = _write(release, place, progress)
            try:
                _check_may_leave(release, contents)
            except NothingToPublish as reason:
                if not _give_up(release, job, str(reason), contents):
                    store.clear(folder)
            else:
                _publish(release, folder, contents)
    except Replaced:
        store.clear(folder)
    except Exception:
        store.clear(folder)
        if job.attempts >= ATTEMPTS_MAX:
            _give_up(release, job, "")
        raise
    finally:
        memory.give_back()


def _begin(job: Job) -> tuple[Release, UUID] | None:
    """Give the release a fresh folder for this attempt, and clear what an earlier one left."""
    with transaction.atomic():
        release = (
            Release.objects.select_for_update(of=("self",))
            .select_related("dataset", "definition")
            .filter(pk=job.subject_id, state__in=[ReleaseState.DRAFT, ReleaseState.BUILDING])
            .first()
        )
        if release is None:
            return None
        before, folder = release.folder, uuid4()
        release.folder, release.state = folder, ReleaseState.BUILDING
        release.save(update_fields=["folder", "state"])
    if before is not None:
        store.clear(before)
    return release, folder


def _write(release: Release, place: Path, progress: Progress) -> Contents:
    dataset = release.dataset
    definition = understood(dataset, version=release.definition)
    progress.total = walks(definition) * queries.count_standing(dataset.project_id, definition.filter)

    def report(seen: int) -> None:
        if progress.is_replaced:
            raise Replaced
        progress.report(seen)

    return write_contents(place, definition, names=names_of(dataset.project_id), report=report)


def _check_may_leave(release: Release, contents: Contents) -> None:
    format_ = formats.get(release.dataset.format)
    main = contents.rows.get(format_.split)
    _check_enough(main.rows or 0 if main else 0, format_.rows_min)
    if stopped_by := accepting.stopped_by(accepting.stops_of(release, contents.stops)):
        raise NothingToPublish(stopped_by)


def _check_enough(rows: int, rows_min: int) -> None:
    if not rows:
        raise NothingToPublish(
            _("Nothing to publish: no verdict of this dataset gives a record in its format.")
        )
    if rows < rows_min:
        raise NothingToPublish(
            _("Nothing to publish: a file of this format has at least %(min)d rows, and there are %(n)d.")
            % {"min": rows_min, "n": rows}
        )


def _publish(release: Release, folder: UUID, contents: Contents) -> None:
    format_ = formats.get(release.dataset.format)
    stored, rows = {}, list(contents.rows.values())
    for written in contents.files:
        stored[written.name] = store.put(folder, written.path)
        bytes_ = store.read(stored[written.name])
        if written.name.endswith(".jsonl"):
            check_file(bytes_, written, format_ if written in rows else None)
        else:
            check_bytes(bytes_, written)
    publish_built(release, folder, contents, stored)


def _give_up(release: Release, job: Job, reason: str, contents: Contents | None = None) -> bool:
    """The release failed for good; without a reason of ours the job's error tells. contents: what was found
    in it stays, to be looked at. False: another attempt goes on with it."""
    told = contents.guarded.as_document(with_items=True) if contents else {}
    stops = accepting.stops_of(release, contents.stops) if contents else []
    found = store_findings(release, contents) if contents else None
    if found is not None:
        told = findings.with_new_first(told, release, found, stops)
    with transaction.atomic():
        if not Release.objects.filter(
            pk=release.pk, state=ReleaseState.BUILDING, folder=release.folder
        ).update(state=ReleaseState.FAILED, findings=told):
            return False
        if found is not None:
            found.save(force_insert=True)
        GuardStop.objects.bulk_create(stops)
        if reason:
            Job.objects.filter(pk=job.pk).update(
                state="failed", error=reason, finished_at=Now(), lease_until=None
            )
        events.record(
            project_id=release.dataset.project_id,
            kind="release.failed",
            by=Actor(release.asked_by_id),
            subject_kind="release",
            subject_id=release.pk,
            reason=reason,
        )
    return True
