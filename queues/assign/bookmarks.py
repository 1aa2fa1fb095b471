"""A person's bookmarks in a queue, read once and stored once for each search (queues.assign.further)."""

from datetime import datetime
from typing import Any

from django.db import connection

from queues.models import Bookmark

Key = tuple[int, Any, int]  # priority, due time or place, id of the slot

_READ = """
SELECT track, priority, due_at, place, slot_id FROM queues_bookmark
WHERE queue_id = %(queue)s AND person_id = %(person)s
"""
# Alone in its transaction it does not wait for the disk: a bookmark that a crash takes costs one look again.
# Inside another's it must not say so, for that would hold for all of it.
_UNHURRIED = "set_config('synchronous_commit', 'off', true) IS NOT NULL"
_STORE = """
INSERT INTO queues_bookmark (queue_id, person_id, track, priority, due_at, place, slot_id)
SELECT %(queue)s, %(person)s, told.* FROM unnest(
  %(tracks)s::text[], %(priorities)s::smallint[], %(due_ats)s::timestamptz[], %(places)s::bigint[],
  %(slots)s::bigint[]) told
WHERE {unhurried}
ON CONFLICT (queue_id, person_id, track) DO UPDATE SET
  priority = excluded.priority, due_at = excluded.due_at, place = excluded.place, slot_id = excluded.slot_id
"""
_STORE_ALONE, _STORE_INSIDE = _STORE.format(unhurried=_UNHURRIED), _STORE.format(unhurried="true")


class Bookmarks:
    """Track → how far the person has come on it; None: from the top."""

    def __init__(self, queue_id: int, person_id: int) -> None:
        self._where = {"queue": queue_id, "person": person_id}
        with connection.cursor() as cursor:
            cursor.execute(_READ, self._where)
            rows = cursor.fetchall()
        self._stored: dict[str, Key | None] = {
            track: (priority, due_at if place is None else place, slot_id)
            for track, priority, due_at, place, slot_id in rows
        }
        self._moved: dict[str, Key | None] = {}

    def of(self, track: str) -> Key | None:
        return self._moved.get(track, self._stored.get(track))

    def put(self, track: str, key: Key | None) -> None:
        self._moved[track] = key

    def remove(self) -> None:
        """Everything was looked at, so there is nothing to remember."""
        self._moved = dict.fromkeys([*self._stored, *self._moved])

    def store(self) -> None:
        """What has moved; nothing is written when nothing has."""
        moved = {track: key for track, key in self._moved.items() if self._stored.get(track) != key}
        if gone := [track for track, key in moved.items() if key is None]:
            Bookmark.objects.filter(**self._where, track__in=gone).delete()
        # In one order, so that two tabs of a person do not wait for each other.
        if rows := [(track, *_placed(key)) for track, key in sorted(moved.items()) if key is not None]:
            tracks, priorities, due_ats, places, slots = map(list, zip(*rows, strict=True))
            told = {"tracks": tracks, "priorities": priorities, "due_ats": due_ats, "places": places}
            with connection.cursor() as cursor:
                statement = _STORE_INSIDE if connection.in_atomic_block else _STORE_ALONE
                cursor.execute(statement, {**self._where, **told, "slots": slots})


def _placed(key: Key) -> tuple[int, datetime | None, int | None, int]:
    """Priority, due time, place and slot: one of the middle two."""
    priority, by, slot_id = key
    return (priority, by, None, slot_id) if isinstance(by, datetime) else (priority, None, by, slot_id)
