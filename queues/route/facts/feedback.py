"""What end users said and did, as far as it counts: the latest of each actor, however many events came."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from queues.route.fact import Arrival, facts
from queues.score.ratings import NOTHING_SAID, Rated, Summary, summary_of

MOST = 1_000  # ratings of one prediction that are read: those of its first actors, in the order of their keys

_RATINGS = f"""
SELECT asked.id, rated.name, rated.number, rated.label
FROM unnest(%s::bigint[]) AS asked(id)
CROSS JOIN LATERAL (
  SELECT name, number, label FROM queues_rating
  WHERE prediction_id = asked.id ORDER BY prediction_id, actor, name LIMIT {MOST}) rated
"""


@facts.register("feedback")
def ratings_of(_project_id: int, arrivals: Sequence[Arrival], /) -> dict[int, Summary]:
    """What counts of each; also of one that is just arriving, when feedback waited for it."""
    rated: dict[int, list[Rated]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_RATINGS, [[arrival.id for arrival in arrivals]])
        for id_, *row in cursor.fetchall():
            rated[id_].append(Rated(*row))
    return {
        arrival.id: summary_of(rated[arrival.id]) if arrival.id in rated else NOTHING_SAID
        for arrival in arrivals
    }
