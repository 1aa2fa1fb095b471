"""Which rows of which releases were withdrawn; reads go from the recalls, which are few, to the rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from queues.errors import ReviewappError
from queues.export.row import Record
from queues.models import Job, Recall, RecallRequest, Release, ReleaseFile
from queues.models.release import OUT, ReleaseState

WITHOUT_TEXTS = ("provenance.", "findings.")  # these files hold ids, codes and pseudonyms

_ROWS = """
FROM queues_recall c JOIN queues_item i ON i.prediction_id = c.prediction_id
JOIN queues_releaserow r ON r.item_id = i.id
"""
# One line a row, that of its first recall, whatever came after it.
_OF_RELEASE = f"""
SELECT c.id, r.item_id, r.split, r.line, encode(r.record_sha256, 'hex'), c.reason,
  EXISTS (SELECT 1 FROM queues_recall e WHERE e.prediction_id = c.prediction_id AND e.erases), c.created_at
{_ROWS}
WHERE c.project_id = %s AND c.id >= %s AND (c.id, r.item_id) > (%s, %s) AND r.release_id = %s
  AND NOT EXISTS (SELECT 1 FROM queues_recall e WHERE e.prediction_id = c.prediction_id AND e.id < c.id)
ORDER BY c.id, r.item_id LIMIT %s
"""
_HAS_ERASED = f"""
SELECT EXISTS (SELECT 1 {_ROWS} WHERE c.project_id = %s AND c.erases AND r.release_id = %s)
"""
_COUNTS = f"""
SELECT r.release_id, count(DISTINCT r.item_id) {_ROWS}
WHERE c.project_id = %s AND r.release_id = ANY (%s) GROUP BY r.release_id
"""
_WITH_ERASED_ROWS = f"""
SELECT DISTINCT r.release_id {_ROWS} WHERE c.project_id = %s AND c.erases
"""
_ROWS_IN_RELEASES = """
SELECT r.release_id, count(*) FROM queues_item i JOIN queues_releaserow r ON r.item_id = i.id
JOIN queues_release l ON l.id = r.release_id AND l.state IN ('published', 'superseded')
WHERE i.prediction_id = ANY (%s) GROUP BY r.release_id
"""
_TOMBSTONES = f"""
SELECT encode(r.record_sha256, 'hex') record, min(c.created_at)::date, min(c.reason) {_ROWS}
JOIN queues_release l ON l.id = r.release_id AND l.state IN ('published', 'superseded')
WHERE c.project_id = %s AND l.dataset_id = %s GROUP BY record ORDER BY record
"""


class Recalled(ReviewappError):
    """It was withdrawn, and is not given out any more (410)."""

    status = 410
    code = "recalled"


Place = tuple[int, int]
"""A recall and an item: what the list of withdrawn rows is ordered by."""

BEGINNING: Place = (0, 0)


@dataclass(frozen=True, slots=True)
class RecalledRow:
    """One withdrawn row of a release: where it stood, and why it may not be used any more."""

    recall_id: int
    item: int
    split: str
    line: int
    record_sha256: str
    reason: str
    is_erased: bool
    at: datetime

    @property
    def place(self) -> Place:
        """Where a list goes on behind it."""
        return self.recall_id, self.item

    @property
    def record_id(self) -> str:
        return f"r-{self.item}"


def requests_of(project_id: int) -> QuerySet[RecallRequest]:
    """All requests of a project, newest first."""
    return RecallRequest.objects.filter(project=project_id).select_related("asked_by").order_by("-id")


def jobs_of(requests: Sequence[RecallRequest]) -> dict[int, Job]:
    """Request id → the job that does it."""
    keys = {job_key(one): one.pk for one in requests}
    return {keys[job.unique_key]: job for job in Job.objects.filter(unique_key__in=keys)}


def job_key(request: RecallRequest) -> str:
    """Under which the job of a request is found."""
    return f"recall:{request.pk}"


def rows_of(project_id: int, release: Release, *, after: Place = BEGINNING, limit: int) -> list[RecalledRow]:
    """The withdrawn rows of a release, oldest recall first."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_RELEASE, [project_id, after[0], *after, release.pk, limit])
        return [RecalledRow(*values) for values in cursor.fetchall()]


def counts_of(project_id: int, releases: Sequence[Release]) -> dict[int, int]:
    """Release id → how many of its rows were withdrawn; without those that have none."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [project_id, [release.pk for release in releases]])
        return dict(cursor.fetchall())


def rows_in_releases(prediction_ids: Sequence[int]) -> dict[int, int]:
    """Release that is out, current or not → how many of its rows are of these predictions."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS_IN_RELEASES, [list(prediction_ids)])
        return dict(cursor.fetchall())


def told_of(rows: Mapping[int, int]) -> list[Record]:
    """Release → how many of its rows, as the outside is told."""
    found = Release.objects.filter(pk__in=rows).select_related("dataset").order_by("pk")
    return [
        {"release": f"{one.dataset.name}@{one.version}", "release_id": one.pk, "rows": rows[one.pk]}
        for one in found
    ]


def tombstones(project_id: int, dataset_id: int) -> list[Record]:
    """For a manifest: every row that earlier releases of the dataset had and that was withdrawn."""
    with connection.cursor() as cursor:
        cursor.execute(_TOMBSTONES, [project_id, dataset_id])
        return [
            {"record_sha256": record, "date": day.isoformat(), "reason": reason}
            for record, day, reason in cursor.fetchall()
        ]


def recall_of(prediction_id: int) -> Recall | None:
    """The first recall of a prediction."""
    return Recall.objects.filter(prediction=prediction_id).order_by("pk").first()


def check_not_recalled(prediction_id: int) -> None:
    """Recalled when the row of this prediction was withdrawn."""
    recall = recall_of(prediction_id)
    if recall is not None:
        raise Recalled(
            _("This row was withdrawn on %(day)s: %(reason)s. Do not use it any more.")
            % {"day": recall.created_at.date().isoformat(), "reason": recall.get_reason_display()}
        )


def is_given_out(file: ReleaseFile, project_id: int) -> bool:
    """False for a file of rows whose release holds texts that were erased."""
    if not _has_texts(file):
        return True
    with connection.cursor() as cursor:
        cursor.execute(_HAS_ERASED, [project_id, file.release_id])
        return not cursor.fetchone()[0]


def check_given_out(file: ReleaseFile, project_id: int, name: str) -> None:
    """Recalled when the file is gone."""
    if not is_given_out(file, project_id):
        raise Recalled(
            _("Rows of this release were erased, so its files are gone. Take %(name)s@latest.")
            % {"name": name}
        )


def files_with_erased_rows(project_id: int) -> Iterator[ReleaseFile]:
    """All files that hold a text that was erased."""
    releases = _with_erased_rows(project_id)
    for file in ReleaseFile.objects.filter(release__in=releases, release__state__in=OUT):
        if _has_texts(file):
            yield file


def current_with_recalled_rows(project_id: int) -> QuerySet[Release]:
    """The current releases that still have withdrawn rows."""
    current = Release.objects.filter(dataset__project=project_id, state=ReleaseState.PUBLISHED)
    found = counts_of(project_id, list(current.only("pk")))
    return (
        Release.objects.filter(pk__in=found).select_related("dataset__project", "definition").order_by("pk")
    )


def _has_texts(file: ReleaseFile) -> bool:
    return file.rows is not None and not file.path.startswith(WITHOUT_TEXTS)


def _with_erased_rows(project_id: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_WITH_ERASED_ROWS, [project_id])
        return {release for (release,) in cursor.fetchall()}
