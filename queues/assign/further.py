"""The long way: past slots that are not for a person, a bounded number of them at a time.

Somebody who refuses some content, or has done 50,000 items that wait for a second person, has very many
slots in front that they may not have. A claim looks at the first few (queues.assign.claim) and then comes
here. What is passed over is passed once: a bookmark says how far the person has come on each track, which is
one index in its own order, and the next claim goes on from there. At the end of a track it begins again at
the top.

What comes to lie before a bookmark afterwards (given back by somebody, raised in priority, a profile that
changed) is not lost: the head of each index is looked at by every claim, and a second bookmark follows the
first from the top, some slots at each look.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from queues.assign.bookmarks import Bookmarks, Key
from queues.assign.claim import NOT_MINE, NOT_REFUSED, STARTED, UNTOUCHED, of_person
from queues.assign.orders import Walk
from queues.assign.policy import Fit
from queues.models import Bookmark

WINDOWS = (64, 512, *[4096] * 5)  # slots looked at, one window after the other until one is found
BEHIND = 64  # slots that the second bookmark passes at each look
CANDIDATES = 16  # slots found at once: others may be taking the first of them
_TOP = 32_767  # above every priority


@dataclass(frozen=True, slots=True)
class Track:
    """One index of slots in its order. which: its rows; by: its second column.

    is_new: all its items are untouched, so none is this person's own.
    """

    name: str
    which: str
    by: str
    lane: str = ""
    is_new: bool = False

    @property
    def behind(self) -> str:
        """The name of the bookmark that follows this track's from the top."""
        return f"{self.name}:behind"


@dataclass(frozen=True, slots=True)
class Found:
    """Slots that this person may have, best first. is_all: nothing was found because there is nothing.

    marks: how far the search came, for the caller to store.
    """

    marks: Bookmarks
    slots: Sequence[int] = ()
    is_all: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """One window. fitting: what the person may have; passed: the last slot before it, or of the window."""

    fitting: Sequence[Key]
    passed: Key | None
    is_end: bool


def find(queue_id: int, *, walk: Walk, fit: Fit, person_id: int) -> Found:
    """The next slots for this person past those that are not for them."""
    arguments = of_person(queue_id, fit, person_id)
    marks = Bookmarks(queue_id, person_id)
    found = Found(marks)
    for level in _levels(walk, fit):
        looks = [_along(track, arguments, marks, refuses=bool(fit.refused)) for track in level]
        fitting = sorted((key for look in looks for key in look.fitting), key=_order)
        found = Found(marks, [key[2] for key in fitting], found.is_all and all(look.is_end for look in looks))
        if found.slots:
            break
    if found.is_all and not found.slots:
        marks.remove()
    return found


def is_under_way(queue_id: int, *, person_id: int) -> bool:
    """Whether a search for this person that found nothing was not at its end: there is more to look at.

    Not in a closed queue: nobody searches there, and what bookmarks are left of it says nothing.
    """
    return Bookmark.objects.filter(queue=queue_id, person=person_id, queue__archived_at=None).exists()


def _order(key: Key) -> tuple[int, Any, int]:
    return -key[0], key[1], key[2]


def _levels(walk: Walk, fit: Fit) -> Iterator[list[Track]]:
    """What is walked one after the other: new items before started ones; lanes side by side."""
    if walk is Walk.LANE:
        for name, which, is_new in (("untouched", UNTOUCHED, True), ("started", STARTED, False)):
            yield [
                Track(f"lane:{name}:{lane}", f"{which} AND lane = %(lane)s", "due_at", lane, is_new=is_new)
                for lane in fit.lanes
            ]
        return
    if walk is Walk.PLACE:
        yield [Track("place:untouched", f"{UNTOUCHED} AND place > 0", "place", is_new=True)]
        yield [Track("place:started", f"{STARTED} AND place > 0", "place")]
    yield [Track("due:untouched", UNTOUCHED, "due_at", is_new=True)]
    yield [Track("due:started", STARTED, "due_at")]


def _along(track: Track, arguments: Mapping[str, Any], marks: Bookmarks, *, refuses: bool) -> Look:
    """The slots past the bookmark, or before it where the one behind finds some; one statement mostly."""
    began, first = marks.of(track.name), None
    if began is not None:
        wanted = [(BEHIND, marks.of(track.behind)), (WINDOWS[0], began)]
        from_top, first = _looks(track, wanted, arguments, refuses=refuses)
        if from_top.fitting and _order(from_top.fitting[0]) <= _order(began):
            return from_top
        has_caught_up = from_top.fitting or from_top.is_end
        marks.put(track.behind, None if has_caught_up else from_top.passed)
    return _onward(track, first, arguments, marks, refuses=refuses)


def _onward(
    track: Track, first: Look | None, arguments: Mapping[str, Any], marks: Bookmarks, *, refuses: bool
) -> Look:
    """Windows from the bookmark on, then from the top; is_end: it came to the end of the track.

    first: the first of them, where it was looked at already.
    """
    began = mark = marks.of(track.name)
    has_turned = False
    for size in WINDOWS:
        look, first = first or _looks(track, [(size, mark)], arguments, refuses=refuses)[0], None
        if look.passed is not None:
            mark = look.passed
            marks.put(track.name, mark)
        if look.fitting:
            return look
        if look.is_end and (began is None or has_turned):
            return look
        if look.is_end:
            has_turned, mark = True, None
            marks.put(track.name, None)
    return Look((), mark, is_end=has_turned)


def _looks(
    track: Track, wanted: Sequence[tuple[int, Key | None]], arguments: Mapping[str, Any], *, refuses: bool
) -> list[Look]:
    """Of each size and place: so many slots of the track past it, and which the person may have."""
    asked = {**arguments, "lane": track.lane}
    for n, (_size, after) in enumerate(wanted):
        asked[f"priority_{n}"], asked[f"by_{n}"], asked[f"slot_{n}"] = after or (_TOP, None, None)
    sizes = tuple(size for size, _after in wanted)
    with connection.cursor() as cursor:
        cursor.execute(_looks_sql(track, sizes, refuses=refuses), asked)
        rows = cursor.fetchall()
    return [_look([row[1:] for row in rows if row[0] == n], size) for n, size in enumerate(sizes)]


def _look(rows: Sequence[Any], size: int) -> Look:
    seen = rows[0][4] if rows else 0
    return Look(
        fitting=[row[:3] for row in rows if row[3]],
        passed=next((row[:3] for row in rows if not row[3]), None),
        is_end=seen < size,
    )


@lru_cache(maxsize=256)
def _looks_sql(track: Track, sizes: Sequence[int], *, refuses: bool) -> str:
    """One row for each slot that fits, and one for the last that was passed; which window it is of first."""
    windows = (
        f"(SELECT {n} AS window_, * FROM ({_window_sql(track, size, n, refuses=refuses)}) told)"
        for n, size in enumerate(sizes)
    )
    return f"{' UNION ALL '.join(windows)} ORDER BY window_, n"


def _window_sql(track: Track, size: int, number: int, *, refuses: bool) -> str:
    """In two parts, so that each begins in the index where the bookmark stands.

    Gives the slots that fit, and the last one passed before the first of them. Looked at one by one in their
    order, and no more of them than are wanted: to ask whether a slot fits costs more than to read it.
    """
    columns = f"id, item_id, priority, {track.by} AS by_"
    order = f"ORDER BY priority DESC, {track.by}, id LIMIT {size}"
    fits = f"{'true' if track.is_new else NOT_MINE} {NOT_REFUSED if refuses else ''}"
    kind = "bigint" if track.by == "place" else "timestamptz"
    priority, by, slot = (f"%({name}_{number})s" for name in ("priority", "by", "slot"))
    return f"""
WITH seen AS MATERIALIZED (
  SELECT *, row_number() OVER (ORDER BY priority DESC, by_, id) AS n FROM (
    SELECT * FROM (
      (SELECT {columns} FROM queues_slot WHERE {track.which}
         AND priority = {priority} AND ({track.by}, id) > ({by}::{kind}, {slot}::bigint) {order})
      UNION ALL
      (SELECT {columns} FROM queues_slot WHERE {track.which} AND priority < {priority} {order})
    ) both_parts ORDER BY priority DESC, by_, id LIMIT {size}
  ) first_ones
), fitting AS MATERIALIZED (
  SELECT * FROM (SELECT * FROM seen ORDER BY n OFFSET 0) s WHERE {fits} LIMIT {CANDIDATES}
), passed AS (
  SELECT * FROM seen WHERE n = COALESCE((SELECT min(n) FROM fitting) - 1, (SELECT max(n) FROM seen))
)
SELECT priority, by_, id, fits, (SELECT count(*) FROM seen), n
FROM (SELECT *, true AS fits FROM fitting UNION ALL SELECT *, false FROM passed) both_kinds
"""


def forget(*, person_id: int, project_id: int) -> None:
    """What the person may have has changed: everything is looked at again from the top."""
    Bookmark.objects.filter(person=person_id, queue__project=project_id).delete()
