"""The rows in which a guard found something, read from the file of the release that names them all.

A release that was stopped has this file too, and no other.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson
from django.utils.translation import gettext as _

from queues.errors import NotFound
from queues.export import accepting
from queues.export.batches import batched
from queues.export.files import store
from queues.export.files.contents import FINDINGS_FILE
from queues.export.guarding.stopping import Unaccepted
from queues.export.guarding.walk import EXAMPLES
from queues.export.guards import Effect
from queues.export.recalls import queries as recalls
from queues.models import GuardStop, Release, ReleaseFile, ReleaseState
from queues.models.release import OUT

TOLD = (*OUT, ReleaseState.FAILED)  # states in which nothing is found any more
AT_ONCE = 10_000
_JUDGED_AT_ONCE = 1_000
LOOKED_AT_BYTES = 32 * 1024 * 1024  # of the file for one page: about 150,000 findings


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row. detail: what the guard says of it, such as the id of the golden item; never a text.

    is_accepted: whether it was among those that somebody accepted for this release; None where it stops none.
    """

    record_id: str
    prediction_id: str
    environment: str
    detail: str
    is_accepted: bool | None = None

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


def rows_of(release: Release, code: str, *, after: int = 0, limit: int, only_new: bool = False) -> FoundPage:
    """The rows of one code. after: a place that a page gave; only_new: those that stop it and that nobody
    has accepted. NotFound without such a finding."""
    file = release.files.filter(path=FINDINGS_FILE).first()
    if file is None or code not in release.findings:
        raise NotFound(_("No guard found this in the release. Look at the page of its dataset."))
    recalls.check_given_out(file, release.dataset.project_id, release.dataset.name)
    told = release.findings[code]
    unaccepted = accepting.unaccepted_in(release, told["guard"]) if told["effect"] == Effect.STOPS else None
    return _page(file, code, min(after, file.bytes), limit, unaccepted, only_new=only_new)


def with_new_first(
    told: Mapping[str, Any], release: Release, file: ReleaseFile, stops: Iterable[GuardStop]
) -> dict[str, Any]:
    """What was found in an attempt; of what was accepted in part, the examples begin with what is new."""
    mixed = {
        stop.guard: accepting.unaccepted_of(release, stop)
        for stop in stops
        if 0 < stop.unaccepted < stop.rows
    }
    return {
        code: {**one, "examples": _new_first(one["examples"], file, code, mixed[one["guard"]])}
        if one["guard"] in mixed and one["effect"] == Effect.STOPS
        else one
        for code, one in told.items()
    }


def _new_first(
    examples: Sequence[dict[str, Any]], file: ReleaseFile, code: str, unaccepted: Unaccepted
) -> list[dict[str, Any]]:
    rows = _page(file, code, 0, EXAMPLES, unaccepted, only_new=True).rows
    new = [{"prediction_id": row.prediction_id, "detail": row.detail, "item": row.item} for row in rows]
    items = {row.item for row in rows}
    return [*new, *(one for one in examples if one["item"] not in items)][:EXAMPLES]


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


def every_row_of(release: Release, code: str, *, only_new: bool = False) -> Iterator[FoundRow]:
    """All rows of one code, some at a time, so that their number does not matter. NotFound at once."""
    page = rows_of(release, code, limit=AT_ONCE, only_new=only_new)

    def told(page: FoundPage) -> Iterator[FoundRow]:
        yield from page.rows
        while page.go_on is not None:
            page = rows_of(release, code, after=page.go_on, limit=AT_ONCE, only_new=only_new)
            yield from page.rows

    return told(page)


def _page(
    file: ReleaseFile, code: str, after: int, limit: int, unaccepted: Unaccepted | None, *, only_new: bool
) -> FoundPage:
    judged = partial(_judged, code=code, unaccepted=unaccepted)
    found, looked_at = list[FoundRow](), after
    with closing(_lines(file, after)) as lines:
        told = _of_code(lines, code, until=after + LOOKED_AT_BYTES)
        for some in batched(told, lambda _one: 0, most_rows=min(limit, _JUDGED_AT_ONCE)):
            for looked_at, row in judged(some):
                if row is not None and not (only_new and row.is_accepted is not False):
                    found.append(row)
                if len(found) == limit:
                    return FoundPage(found, looked_at if looked_at < file.bytes else None)
    return FoundPage(found, looked_at if looked_at < file.bytes else None)


def _of_code(
    lines: Iterable[tuple[int, bytes]], code: str, *, until: int
) -> Iterator[tuple[int, FoundRow | None]]:
    """The rows of one code with where each ends, then without a row where the look ended."""
    mark, end = b'"code":' + orjson.dumps(code), 0
    for end, line in lines:
        if mark in line and (told := orjson.loads(line))["code"] == code:
            yield end, _row(told)
        if end > until:
            break
    if end:
        yield end, None


def _judged(
    some: Sequence[tuple[int, FoundRow | None]], *, code: str, unaccepted: Unaccepted | None
) -> Iterator[tuple[int, FoundRow | None]]:
    if unaccepted is None:
        yield from some
        return
    new = iter(unaccepted.are(code, [(row.detail, row.item) for _end, row in some if row]))
    yield from ((end, replace(row, is_accepted=not next(new)) if row else None) for end, row in some)


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
