"""What differs between two releases of a dataset, row by row; and how much, counted once at publication."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from queues.models import Release, ReleaseRow

KINDS = ("added", "removed", "changed", "moved")
WINDOW = 10_000  # records of each release that one statement compares
WINDOWS_MAX = 50  # that one page looks through: half a million records that may all be equal

_SIDE = """SELECT item_id, split, line, record_sha256 FROM queues_releaserow
  WHERE release_id = %({side})s AND item_id > %(after)s AND item_id <= %(until)s"""
_KIND = """CASE WHEN o.item_id IS NULL THEN 'added' WHEN n.item_id IS NULL THEN 'removed'
  WHEN o.record_sha256 <> n.record_sha256 THEN 'changed' WHEN o.split <> n.split THEN 'moved' END"""
_DIFFERENCES = f"""
SELECT coalesce(o.item_id, n.item_id) item, {_KIND} kind, o.split, o.line, encode(o.record_sha256, 'hex'),
  n.split, n.line, encode(n.record_sha256, 'hex')
FROM ({_SIDE.format(side="old")}) o FULL JOIN ({_SIDE.format(side="new")}) n ON n.item_id = o.item_id
WHERE {_KIND} = ANY (%(kinds)s) ORDER BY item
"""
_COUNTS = f"""
SELECT {_KIND} kind, count(*) FROM (SELECT * FROM queues_releaserow WHERE release_id = %(old)s) o
FULL JOIN (SELECT * FROM queues_releaserow WHERE release_id = %(new)s) n ON n.item_id = o.item_id
WHERE o.item_id IS NULL OR n.item_id IS NULL OR o.record_sha256 <> n.record_sha256 OR o.split <> n.split
GROUP BY kind
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in one of the releases. line: from 1, in the file of its split."""

    split: str
    line: int
    record_sha256: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that differs. before, after: None where it is not in that release.

    kind: moved when only its split differs; a changed one may have moved as well.
    """

    item: int
    kind: str
    before: Place | None
    after: Place | None

    @property
    def record_id(self) -> str:
        return f"r-{self.item}"


@dataclass(frozen=True, slots=True)
class Page:
    """Differences by record. go_on: where to look further, None at the end; a page that found few among many
    equal records may be short, or empty, and still go on."""

    rows: Sequence[Difference]
    go_on: int | None


def differences(
    old: Release, new: Release, *, kinds: Sequence[str] = KINDS, after: int = 0, limit: int
) -> Page:
    """What differs beyond the record `after`, at most `limit`. The work is bounded, whatever is equal."""
    found: list[Difference] = []
    for _turn in range(WINDOWS_MAX):
        until = _end_of_window(old, new, after)
        if until is None:
            return Page(found, None)
        found += _differing(old, new, kinds, after, until)
        if len(found) > limit:
            return Page(found[:limit], found[limit - 1].item)
        after = until
    return Page(found, after)


def counts(old: Release, new: Release) -> dict[str, int]:
    """How many records differ, by kind. Reads both releases whole."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"old": old.pk, "new": new.pk})
        found = dict(cursor.fetchall())
    return {kind: found.get(kind, 0) for kind in KINDS}


def _end_of_window(old: Release, new: Release, after: int) -> int | None:
    """The last record of the next window; None when there is none beyond `after`."""
    ends = [end for release in (old, new) for end in _ends(release, after)]
    whole = [item for is_whole, item in ends if is_whole]
    return min(whole) if whole else max((item for _whole, item in ends), default=None)


def _ends(release: Release, after: int) -> Iterator[tuple[bool, int]]:
    """Where WINDOW records of this release end (True), or all that are left of it."""
    rows = ReleaseRow.objects.filter(release=release, item__gt=after).order_by("item_id")
    items = list(rows.values_list("item_id", flat=True)[:WINDOW])
    if items:
        yield len(items) == WINDOW, items[-1]


def _differing(
    old: Release, new: Release, kinds: Sequence[str], after: int, until: int
) -> Iterator[Difference]:
    arguments: dict[str, Any] = {
        "old": old.pk,
        "new": new.pk,
        "kinds": list(kinds),
        "after": after,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, arguments)
        for item, kind, *places in cursor.fetchall():
            yield Difference(item, kind, _place(places[:3]), _place(places[3:]))


def _place(values: Sequence[Any]) -> Place | None:
    split, line, record_sha256 = values
    return None if split is None else Place(split, line, record_sha256)
