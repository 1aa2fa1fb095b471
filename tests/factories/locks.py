"""Who waits for a lock, in this process's database: the processes of a run share a server."""

import time

from django.db import connection

_FRESH = "SELECT pg_stat_clear_snapshot()"  # else a transaction sees for good who was there at its first look
_WAIT = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
"""


def somebody_waits(*, people: int = 1) -> bool:
    """people: that many at once."""
    with connection.cursor() as cursor:
        cursor.execute(_FRESH)
        cursor.execute(_WAIT)
        return bool(cursor.fetchone()[0] >= people)


def until_somebody_waits(*, people: int = 1, seconds: float = 20) -> None:
    """Go on as soon as somebody waits for a lock; fail when nobody does. people: that many at once."""
    deadline = time.monotonic() + seconds
    while not somebody_waits(people=people):
        assert time.monotonic() < deadline, "nobody waits for a lock"
        time.sleep(0.01)
