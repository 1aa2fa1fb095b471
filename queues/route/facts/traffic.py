"""How many predictions a day a project receives just now: what "the top 200 of a day" is a share of."""

import time
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from django.db import connection
from django.utils import timezone

from queues.route.fact import Arrival, facts

LOOK_AT = 5_000  # newest predictions; the time in which they came says how many come in a day
ENOUGH = 50  # below this the pace is a guess
STALE_AFTER_SECONDS = 60.0

# Two index reads, and as many heap reads, whatever the size of the table.
_PACE = """
SELECT count(*), min(received_at) FROM (
  SELECT received_at FROM queues_prediction WHERE project_id = %s ORDER BY id DESC LIMIT %s) newest
"""

_known: dict[int, tuple[float, float | None]] = {}
_lock = Lock()


@facts.register("traffic")
def traffic_of(project_id: int, arrivals: Sequence[Arrival], /) -> dict[int, float | None]:
    """Predictions a day, the same for all; None while there are too few to tell."""
    return dict.fromkeys((arrival.id for arrival in arrivals), _cached(project_id))


def per_day(seen: int, since: datetime | None, now: datetime) -> float | None:
    """The pace at which `seen` predictions came since `since`; None when that says nothing yet."""
    if since is None or seen < ENOUGH or now <= since:
        return None
    return seen * 86_400.0 / (now - since).total_seconds()


def forget() -> None:
    """Read the pace again at the next use."""
    with _lock:
        _known.clear()


def _cached(project_id: int) -> float | None:
    now = time.monotonic()
    with _lock:
        read_at, pace = _known.get(project_id, (0.0, None))
        if project_id in _known and now - read_at <= STALE_AFTER_SECONDS:
            return pace
    pace = _read(project_id)
    with _lock:
        _known[project_id] = (now, pace)
    return pace


def _read(project_id: int) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(_PACE, [project_id, LOOK_AT])
        seen, since = cursor.fetchone()
    return per_day(seen, since, timezone.now())
