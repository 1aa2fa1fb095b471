"""The last step of a build, in one transaction: rows, version, manifest, files, published."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts import events
from accounts.actor import Actor
from queues.export import accepting, diff, versions
from queues.export.files import store
from queues.export.files.contents import Contents
from queues.export.files.hashing import canonical, sha256_of_sorted
from queues.export.files.written import Written
from queues.export.papers.agreement import agreement_of
from queues.export.papers.manifest import manifest_of
from queues.export.papers.writing import write_papers
from queues.export.queries import CHUNK
from queues.export.recalls import queries as recalls
from queues.export.row import Record
from queues.export.webhooks import outbox
from queues.models import Dataset, GuardStop, Release, ReleaseFile, ReleaseRow, ReleaseState, WebhookEvent

_COLUMNS = "line, item_id, verdict_id, split, record_sha256, group_key, release_id"
_COPY = f"COPY queues_releaserow ({_COLUMNS}) FROM STDIN"
_KEEP_GROUPS = """
INSERT INTO queues_splitgroup (dataset_id, group_key, split, release_id)
SELECT %(dataset)s, group_key, min(split), %(release)s FROM queues_releaserow WHERE release_id = %(release)s
GROUP BY group_key ON CONFLICT DO NOTHING
"""
_TORN = """
SELECT count(DISTINCT r.group_key) FROM queues_releaserow r
JOIN queues_splitgroup g ON g.dataset_id = %(dataset)s AND g.group_key = r.group_key
WHERE r.release_id = %(release)s AND r.split <> g.split
"""
_HASHES = (
    "SELECT encode(record_sha256, 'hex') FROM queues_releaserow WHERE release_id = %s ORDER BY record_sha256"
)
_ONLY_IN = """
SELECT count(*) FROM (
  SELECT record_sha256, split FROM queues_releaserow WHERE release_id = %s
  EXCEPT ALL
  SELECT record_sha256, split FROM queues_releaserow WHERE release_id = %s) only_here
"""


class Replaced(Exception):
    """Another attempt took this release over, or finished it."""


class Withdrawn(Exception):
    """An answer was taken back while the release was built."""


class TornGroupError(Exception):
    """A group is in two splits, or in another one than before: our mistake, so it is never published."""


def publish_built(release: Release, folder: UUID, contents: Contents, stored: Mapping[str, str]) -> None:
    """Publish what an attempt built. stored: file name → storage name. Raises Replaced when it comes
    late, Withdrawn when one of its verdicts no longer stands."""
    with transaction.atomic():
        dataset = (
            Dataset.objects.select_for_update(of=("self",))
            .select_related("project")
            .get(pk=release.dataset_id)
        )
        release = _still_ours(release, folder)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        _copy_lineage(release, contents.lineage)
        _check_all_stand(release)
        _keep_groups(release, dataset)
        before = Release.objects.filter(dataset=dataset, state=ReleaseState.PUBLISHED).first()
        version = _version_after(before, release)
        started = manifest_of(
            release,
            dataset,
            version=version,
            parents=[f"{dataset.name}@{before.version}"] if before else [],
            records=contents.records,
            dataset_sha256=sha256_of_sorted(_sorted_hashes(release)),
            counts=contents.counts,
            guarded=contents.guarded,
            encoder=contents.encoder,
            agreement=agreement_of(dataset.project_id, contents.counts.queues),
            changes=diff.counts(before, release) if before else None,
            tombstones=recalls.tombstones(dataset.project_id, dataset.pk),
        )
        manifest, papers = write_papers(contents.provenance.path.parent, dataset, started, contents)
        names = {**stored, **{paper.name: store.put(folder, paper.path) for paper in papers}}
        _save_files(release, [*contents.files, *papers], names)
        release.findings = dict(contents.guarded.as_document(with_items=True))
        GuardStop.objects.bulk_create(accepting.stops_of(release, contents.stops))
        _publish(release, before, version, manifest)
        _record(release, dataset)
        _announce(release, dataset)


def _still_ours(release: Release, folder: UUID) -> Release:
    """The row, locked; its folder says whose attempt counts."""
    locked = Release.objects.select_for_update().get(pk=release.pk)
    if locked.state != ReleaseState.BUILDING or locked.folder != folder:
        raise Replaced
    return locked


def _copy_lineage(release: Release, lineage: Written) -> None:
    """A thousand lines at a time: each write is a turn of the event loop."""
    end = f"\t{release.pk}\n".encode()
    with (
        lineage.path.open("rb") as lines,
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(_COPY) as copy,
    ):
        while block := list(islice(lines, 1_000)):
            copy.write(b"".join(line[:-1] + end for line in block))


def _check_all_stand(release: Release) -> None:
    """A verdict may have been taken back since the snapshot, or a row; the next attempt takes a new one."""
    rows = ReleaseRow.objects.filter(release=release)
    if rows.filter(verdict__withdrawn_at__isnull=False).exists():
        raise Withdrawn("An answer was taken back while this was built; the next attempt leaves it out.")
    if rows.filter(item__prediction__recalls__isnull=False).exists():
        raise Withdrawn("A row was withdrawn while this was built; the next attempt leaves it out.")


def _keep_groups(release: Release, dataset: Dataset) -> None:
    """Where each group is from now on; one that is in two splits, now or with what was before, stops us."""
    arguments = {"dataset": dataset.pk, "release": release.pk}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_GROUPS, arguments)
        # What was just written is in no statistics: the planner takes both sides for one row, and would go
        # through all rows once for each group.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_TORN, arguments)
        torn = cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        if torn:
            raise TornGroupError(f"split.group_torn: {torn} groups of {dataset.name} are in two splits")


def _version_after(before: Release | None, release: Release) -> str:
    if before is None or before.version is None:
        return versions.FIRST
    bump = versions.bump_of(removed=_count_only_in(before, release), added=_count_only_in(release, before))
    return versions.following(before.version, bump)


def _count_only_in(one: Release, other: Release) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ONLY_IN, [one.pk, other.pk])
        return cursor.fetchone()[0]


def _sorted_hashes(release: Release) -> Iterator[str]:
    with connection.wrap_database_errors, connection.cursor() as cursor:
        for (record_hash,) in cursor.stream(_HASHES, [release.pk], size=CHUNK):
            yield record_hash


def _save_files(release: Release, files: Sequence[Written], names: Mapping[str, str]) -> None:
    ReleaseFile.objects.bulk_create(
        ReleaseFile(
            release=release,
            path=file.name,
            bytes=file.bytes,
            sha256=file.sha256,
            rows=file.rows,
            storage_name=names[file.name],
        )
        for file in files
    )


def _publish(release: Release, before: Release | None, version: str, manifest: Record) -> None:
    if before is not None:
        Release.objects.filter(pk=before.pk).update(state=ReleaseState.SUPERSEDED)
    release.state, release.version = ReleaseState.PUBLISHED, version
    release.manifest = manifest
    release.manifest_sha256 = sha256(canonical(manifest)).hexdigest()
    release.dataset_sha256, release.rows = manifest["dataset_sha256"], manifest["records"]
    release.published_at = timezone.now()
    release.save()


def _record(release: Release, dataset: Dataset) -> None:
    events.record(
        project_id=dataset.project_id,
        kind="release.published",
        by=Actor(release.asked_by_id),
        subject_kind="release",
        subject_id=release.pk,
        after={"dataset": dataset.pk, "version": release.version, "dataset_sha256": release.dataset_sha256},
    )


def _announce(release: Release, dataset: Dataset) -> None:
    outbox.announce(
        dataset.project,
        WebhookEvent.RELEASE_PUBLISHED,
        subject=f"dataset:{dataset.pk}",
        facts={
            "release": f"{dataset.name}@{release.version}",
            "release_id": release.pk,
            "format": dataset.format,
            "rows": release.rows,
            "dataset_sha256": release.dataset_sha256,
            "manifest_sha256": release.manifest_sha256,
        },
    )
