"""The rows in which a guard found something, read from the file of the release that names them all.

A release that was stopped has this file too, and no other.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import orjson
from django.utils.translation import gettext as _

from queues.errors import NotFound
from queues.export.files import store
from queues.export.files.contents import FINDINGS_FILE
from queues.export.recalls import queries as recalls
from queues.models import Release, ReleaseFile, ReleaseState
from queues.models.release import OUT

TOLD = (*OUT, ReleaseState.FAILED)  # states in which nothing is found any more
AT_ONCE = 10_000
LOOKED_AT_BYTES = 32 * 1024 * 1024  # of the file for one page: about 150,000 findings


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row. detail: what the guard says of it, such as the id of the golden item; never a text."""

    record_id: str
    prediction_id: str
    environment: str
    detail: str

    @property
    def item(self) -> int:
        return int(self.record_id.removeprefix("r-"))


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Rows in the order of the release. go_on: where in the file to look further, None at its end.

    A page that found few among many other findings may be short, or empty, and still go on.
    """

    rows: Sequence[FoundRow]
    go_on: int | None


def rows_of(release: Release, code: str, *, after: int = 0, limit: int) -> FoundPage:
    """The rows of one code. after: a place that a page gave. NotFound without such a finding."""
    file = release.files.filter(path=FINDINGS_FILE).first()
    if file is None or code not in release.findings:
        raise NotFound(_("No guard found this in the release. Look at the page of its dataset."))
    recalls.check_given_out(file, release.dataset.project_id, release.dataset.name)
    return _page(file, code, min(after, file.bytes), limit)


def has_rows(release: Release) -> bool:
    """Whether there is a file that names them: there is none where nothing was found, or it was cancelled."""
    return release.state in TOLD and release.files.filter(path=FINDINGS_FILE).exists()


def release_told(project_id: int, release_id: int) -> Release:
    """A release whose findings may be looked at, out or stopped, or NotFound."""
    told = Release.objects.filter(dataset__project=project_id, pk=release_id, state__in=TOLD)
    release = told.select_related("dataset").defer("manifest").first()
    if release is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    return release


def every_row_of(release: Release, code: str) -> Iterator[FoundRow]:
    """All rows of one code, some at a time, so that their number does not matter. NotFound at once."""
    page = rows_of(release, code, limit=AT_ONCE)

    def told(page: FoundPage) -> Iterator[FoundRow]:
        yield from page.rows
        while page.go_on is not None:
            page = rows_of(release, code, after=page.go_on, limit=AT_ONCE)
            yield from page.rows

    return told(page)


def _page(file: ReleaseFile, code: str, after: int, limit: int) -> FoundPage:
    mark, found = b'"code":' + orjson.dumps(code), list[FoundRow]()
    with closing(_lines(file, after)) as lines:
        for end, line in lines:
            if mark in line and (told := orjson.loads(line))["code"] == code:
                found.append(_row(told))
            if end < file.bytes and (len(found) == limit or end - after > LOOKED_AT_BYTES):
                return FoundPage(found, end)
    return FoundPage(found, None)


def _lines(file: ReleaseFile, start: int) -> Generator[tuple[int, bytes], None, None]:
    """Each whole line from this place on, with where it ends; a place inside a line is none of ours."""
    end, rest, is_ours = max(0, start - 1), b"", start == 0
    for piece in store.read(file.storage_name, start=end):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            end += len(line) + 1
            if is_ours:
                yield end, line
            is_ours = True


def _row(told: dict[str, str]) -> FoundRow:
    return FoundRow(told["record_id"], told["prediction_id"], told["environment"], told["detail"])
