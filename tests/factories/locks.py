"""Whether somebody waits for a lock, in this process's database: the processes of a run share a server."""

import time

from django.db import connection

_WAITS = """
SELECT EXISTS (SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
               WHERE NOT granted AND datname = current_database())
"""


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITS)
        return bool(cursor.fetchone()[0])


def until_somebody_waits(*, seconds: float = 20) -> None:
    """Go on as soon as somebody waits for a lock; fail when nobody does."""
    deadline = time.monotonic() + seconds
    while not somebody_waits():
        assert time.monotonic() < deadline, "nobody waits for a lock"
        time.sleep(0.01)
