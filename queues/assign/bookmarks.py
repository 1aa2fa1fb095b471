"""A person's bookmarks in a queue, read once and stored once for each search (queues.assign.further)."""

from datetime import datetime
from typing import Any

from django.db import connection

Key = tuple[int, Any, int]  # priority, due time or place, id of the slot

_COLUMNS = ("tracks", "priorities", "due_ats", "places", "slots")

_READ = """
SELECT track, priority, due_at, place, slot_id FROM queues_bookmark
WHERE queue_id = %(queue)s AND person_id = %(me)s
"""
# Two parts of one statement. They are also parts of the claim that follows a search, which so needs neither a
# statement nor a commit more for them.
REMOVED = """
DELETE FROM queues_bookmark
WHERE queue_id = %(queue)s AND person_id = %(me)s AND track = ANY(%(ended)s::text[])
"""
_STORED = """
INSERT INTO queues_bookmark (queue_id, person_id, track, priority, due_at, place, slot_id)
SELECT %(queue)s, %(me)s, mark.* FROM unnest(
  %(tracks)s::text[], %(priorities)s::smallint[], %(due_ats)s::timestamptz[], %(places)s::bigint[],
  %(slots)s::bigint[]) mark
WHERE {unhurried}
ON CONFLICT (queue_id, person_id, track) DO UPDATE SET
  priority = excluded.priority, due_at = excluded.due_at, place = excluded.place, slot_id = excluded.slot_id
"""
STORED = _STORED.format(unhurried="true")
# Alone in its transaction it does not wait for the disk: a bookmark that a crash takes costs one look again.
# Inside another's it must not say so, for that would hold for all of it.
_UNHURRIED = _STORED.format(unhurried="set_config('synchronous_commit', 'off', true) IS NOT NULL")
_STORE_ALONE, _STORE_INSIDE = (f"WITH removed AS ({REMOVED}) {stored}" for stored in (_UNHURRIED, STORED))


class Bookmarks:
    """Track → how far the person has come on it; None: from the top."""

    def __init__(self, queue_id: int, person_id: int) -> None:
        self._where = {"queue": queue_id, "me": person_id}
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
        if self._changes():
            with connection.cursor() as cursor:
                statement = _STORE_INSIDE if connection.in_atomic_block else _STORE_ALONE
                cursor.execute(statement, self._where | self.arguments())

    def arguments(self) -> dict[str, Any]:
        """What has moved, as REMOVED and STORED ask for it beside the queue and the person."""
        changes = self._changes()
        # In one order, so that two tabs of a person do not wait for each other.
        rows = [(track, *_placed(key)) for track, key in sorted(changes.items()) if key is not None]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _name in _COLUMNS]
        ended = [track for track, key in changes.items() if key is None]
        return dict(zip(_COLUMNS, columns, strict=True)) | {"ended": ended}

    def _changes(self) -> dict[str, Key | None]:
        return {track: key for track, key in self._moved.items() if self._stored.get(track) != key}


def _placed(key: Key) -> tuple[int, datetime | None, int | None, int]:
    """Priority, due time, place and slot: one of the middle two."""
    priority, by, slot_id = key
    return (priority, by, None, slot_id) if isinstance(by, datetime) else (priority, None, by, slot_id)
