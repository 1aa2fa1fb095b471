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
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from queues.assign.claim import NOT_MINE, NOT_REFUSED, STARTED, UNTOUCHED, of_person
from queues.assign.orders import Walk
from queues.assign.policy import Fit
from queues.models import Bookmark

WINDOWS = (64, 512, *[4096] * 5)  # slots looked at, one window after the other until one is found
BEHIND = 64  # slots that the second bookmark passes at each look
CANDIDATES = 16  # slots found at once: others may be taking the first of them
_TOP = 32_767  # above every priority

Key = tuple[int, Any, int]  # priority, due time or place, id of the slot


@dataclass(frozen=True, slots=True)
class Track:
    """One index of slots in its order. which: its rows; by: its second column."""

    name: str
    which: str
    by: str
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Slots that this person may have, best first. is_all: nothing was found because there is nothing."""

    slots: Sequence[int] = ()
    is_all: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """One window. fitting: what the person may have; passed: the last slot before it, or of the window."""

    fitting: Sequence[Key]
    passed: Key | None
    is_end: bool


def find(queue_id: int, *, walk: Walk, fit: Fit, person_id: int) -> Found:
    """The next slots for this person past those that are not for them, and bookmarks of how far it came."""
    arguments = of_person(queue_id, fit, person_id)
    marks = _Bookmarks(queue_id, person_id)
    found = Found()
    for level in _levels(walk, fit):
        looks = [_along(track, arguments, marks, refuses=bool(fit.refused)) for track in level]
        fitting = sorted((key for look in looks for key in look.fitting), key=_order)
        found = Found([key[2] for key in fitting], found.is_all and all(look.is_end for look in looks))
        if found.slots:
            break
    if found.is_all and not found.slots:
        marks.remove()
    marks.store()
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
        for name, which in (("untouched", UNTOUCHED), ("started", STARTED)):
            yield [
                Track(f"lane:{name}:{lane}", f"{which} AND lane = %(lane)s", "due_at", lane)
                for lane in fit.lanes
            ]
        return
    if walk is Walk.PLACE:
        yield [Track("place:untouched", f"{UNTOUCHED} AND place > 0", "place")]
        yield [Track("place:started", f"{STARTED} AND place > 0", "place")]
    yield [Track("due:untouched", UNTOUCHED, "due_at")]
    yield [Track("due:started", STARTED, "due_at")]


def _along(track: Track, arguments: Mapping[str, Any], marks: "_Bookmarks", *, refuses: bool) -> Look:
    """Windows from the bookmark on, then from the top; is_end: it came to the end of the track."""
    behind = replace(track, name=f"{track.name}:behind")
    began = mark = marks.of(track)
    if began is not None:
        look = _look(track, BEHIND, marks.of(behind), arguments, refuses=refuses)
        if look.fitting and _order(look.fitting[0]) <= _order(began):
            return look
        has_caught_up = look.fitting or look.is_end
        marks.put(behind, None if has_caught_up else look.passed)
    has_turned = False
    for size in WINDOWS:
        look = _look(track, size, mark, arguments, refuses=refuses)
        if look.passed is not None:
            mark = look.passed
            marks.put(track, mark)
        if look.fitting:
            return look
        if look.is_end and (began is None or has_turned):
            return look
        if look.is_end:
            has_turned, mark = True, None
            marks.put(track, None)
    return Look((), mark, is_end=has_turned)


def _look(track: Track, size: int, after: Key | None, arguments: Mapping[str, Any], *, refuses: bool) -> Look:
    """The first `size` slots of the track past `after`, and which of them the person may have."""
    priority, by, slot_id = after or (_TOP, None, None)
    asked = {**arguments, "lane": track.lane, "priority": priority, "by": by, "slot": slot_id}
    with connection.cursor() as cursor:
        cursor.execute(window_sql(track, size, refuses=refuses), asked)
        rows = cursor.fetchall()
    seen = rows[0][4] if rows else 0
    return Look(
        fitting=[(row[0], row[1], row[2]) for row in rows if row[3]],
        passed=next(((row[0], row[1], row[2]) for row in rows if not row[3]), None),
        is_end=seen < size,
    )


def window_sql(track: Track, size: int, *, refuses: bool) -> str:
    """In two parts, so that each begins in the index where the bookmark stands.

    Gives the slots that fit, and the last one passed before the first of them.
    """
    columns = f"id, item_id, priority, {track.by} AS by_"
    order = f"ORDER BY priority DESC, {track.by}, id LIMIT {size}"
    fits = f"{NOT_MINE} {NOT_REFUSED if refuses else ''}"
    kind = "bigint" if track.by == "place" else "timestamptz"
    return f"""
WITH seen AS MATERIALIZED (
  SELECT *, row_number() OVER (ORDER BY priority DESC, by_, id) AS n FROM (
    SELECT * FROM (
      (SELECT {columns} FROM queues_slot WHERE {track.which}
         AND priority = %(priority)s AND ({track.by}, id) > (%(by)s::{kind}, %(slot)s::bigint) {order})
      UNION ALL
      (SELECT {columns} FROM queues_slot WHERE {track.which} AND priority < %(priority)s {order})
    ) both_parts ORDER BY priority DESC, by_, id LIMIT {size}
  ) first_ones
), judged AS MATERIALIZED (
  SELECT s.*, {fits} AS fits FROM seen s
), fitting AS (
  SELECT * FROM judged WHERE fits ORDER BY n LIMIT {CANDIDATES}
), passed AS (
  SELECT * FROM judged WHERE n < COALESCE((SELECT min(n) FROM fitting), {size} + 1) ORDER BY n DESC LIMIT 1
)
SELECT priority, by_, id, fits, (SELECT count(*) FROM seen)
FROM (SELECT * FROM fitting UNION ALL SELECT * FROM passed) told ORDER BY n
"""


class _Bookmarks:
    """A person's bookmarks in a queue: read once, stored at the end if they moved."""

    def __init__(self, queue_id: int, person_id: int) -> None:
        self._where = {"queue_id": queue_id, "person_id": person_id}
        self._stored: dict[str, Key | None] = {
            mark.track: (mark.priority, mark.due_at if mark.place is None else mark.place, mark.slot_id)
            for mark in Bookmark.objects.filter(**self._where)
        }
        self._moved: dict[str, Key | None] = {}

    def of(self, track: Track) -> Key | None:
        return self._moved.get(track.name, self._stored.get(track.name))

    def put(self, track: Track, key: Key | None) -> None:
        self._moved[track.name] = key

    def remove(self) -> None:
        """Everything was looked at, so there is nothing to remember."""
        self._moved = dict.fromkeys([*self._stored, *self._moved])

    def store(self) -> None:
        moved = {name: key for name, key in self._moved.items() if self._stored.get(name) != key}
        if gone := [name for name, key in moved.items() if key is None]:
            Bookmark.objects.filter(**self._where, track__in=gone).delete()
        Bookmark.objects.bulk_create(
            [self._row(name, key) for name, key in sorted(moved.items()) if key is not None],
            update_conflicts=True,
            unique_fields=["queue", "person", "track"],
            update_fields=["priority", "due_at", "place", "slot_id"],
        )

    def _row(self, name: str, key: Key) -> Bookmark:
        priority, by, slot_id = key
        due_at, place = (by, None) if isinstance(by, datetime) else (None, by)
        return Bookmark(
            **self._where, track=name, priority=priority, due_at=due_at, place=place, slot_id=slot_id
        )


def forget(*, person_id: int, project_id: int) -> None:
    """What the person may have has changed: everything is looked at again from the top."""
    Bookmark.objects.filter(person=person_id, queue__project=project_id).delete()
