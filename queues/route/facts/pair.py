"""The other model versions' answers to exactly the same input: what pairs are made of."""

from collections.abc import Mapping, Sequence

from django.db import connection

from queues.ingest.input_key import input_key
from queues.route.fact import Arrival, facts

MOST = 20  # newest predictions on the same input that are looked at

Others = Mapping[str, int]
"""Model version → the newest prediction of that version on the same input, by our number."""

_OTHERS = f"""
SELECT asked.id, found.model_version, found.id
FROM unnest(%(ids)s::bigint[], %(keys)s::bigint[], %(environments)s::text[]) AS asked(id, key, environment)
CROSS JOIN LATERAL (
  SELECT id, model_version, environment FROM queues_prediction
  WHERE project_id = %(project)s AND input_key = asked.key AND id < asked.id
    AND NOT EXISTS (SELECT 1 FROM queues_recall c WHERE c.prediction_id = queues_prediction.id)
  ORDER BY id DESC LIMIT {MOST}) found
WHERE found.environment = asked.environment
ORDER BY asked.id, found.id
"""


@facts.register("pair")
def others_of(project_id: int, arrivals: Sequence[Arrival], /) -> Mapping[int, Others]:
    """What stands in the database of each arrival's input. Two of one batch find each other as well."""
    others: dict[int, dict[str, int]] = {arrival.id: {} for arrival in arrivals}
    keys = {arrival.id: input_key(arrival.record) for arrival in arrivals}
    with connection.cursor() as cursor:
        cursor.execute(
            _OTHERS,
            {
                "project": project_id,
                "ids": list(keys),
                "keys": list(keys.values()),
                "environments": [arrival.environment for arrival in arrivals],
            },
        )
        for id_, model_version, other in cursor.fetchall():
            others[id_][model_version] = other
    _add_of_same_batch(others, keys, arrivals)
    return others


def _add_of_same_batch(
    others: dict[int, dict[str, int]], keys: Mapping[int, int], arrivals: Sequence[Arrival]
) -> None:
    """Earlier ones of the same batch, which are not in the table yet."""
    seen: dict[tuple[int, str], dict[str, int]] = {}
    for arrival in sorted(arrivals):
        same = seen.setdefault((keys[arrival.id], arrival.environment), {})
        others[arrival.id] |= {version: id_ for version, id_ in same.items() if id_ != arrival.id}
        same[arrival.model_version] = arrival.id
