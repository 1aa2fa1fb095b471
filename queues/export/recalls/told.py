"""What requests have withdrawn, for people: some predictions of each, and the releases that have them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from queues.models import RecallRequest

NAMED = 5  # predictions of a request
LOOKED_AT = 200  # predictions of a request whose releases are looked for

_PREDICTIONS = """
SELECT q.id, p.id, p.prediction_id
FROM unnest(%s::bigint[]) AS q(id) CROSS JOIN LATERAL (
  SELECT id, prediction_id FROM queues_recall WHERE request_id = q.id ORDER BY id LIMIT %s) c
JOIN queues_prediction p ON p.id = c.prediction_id
ORDER BY q.id, c.id
"""
_RELEASES = """
SELECT DISTINCT q.id, l.id, d.name, l.version
FROM unnest(%s::bigint[]) AS q(id) CROSS JOIN LATERAL (
  SELECT prediction_id FROM queues_recall WHERE request_id = q.id ORDER BY id LIMIT %s) c
JOIN queues_item i ON i.prediction_id = c.prediction_id
JOIN queues_releaserow r ON r.item_id = i.id
JOIN queues_release l ON l.id = r.release_id AND l.state IN ('published', 'superseded')
JOIN queues_dataset d ON d.id = l.dataset_id
ORDER BY q.id, d.name, l.id
"""


@dataclass(frozen=True, slots=True)
class ReleaseWithIt:
    """A release that is out and has a row that was withdrawn."""

    id: int
    dataset: str
    version: str


@dataclass(slots=True)
class Withdrawn:
    """Of one request. predictions: (our number, the client's id) of the first NAMED.

    releases: those that have one of its first LOOKED_AT predictions.
    """

    predictions: list[tuple[int, str]] = field(default_factory=list)
    releases: list[ReleaseWithIt] = field(default_factory=list)


def withdrawn_by(requests: Sequence[RecallRequest]) -> dict[int, Withdrawn]:
    """Request id → what it has withdrawn; two statements."""
    found = {one.pk: Withdrawn() for one in requests}
    if not found:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_PREDICTIONS, [list(found), NAMED])
        for request, number, name in cursor.fetchall():
            found[request].predictions.append((number, name))
        cursor.execute(_RELEASES, [list(found), LOOKED_AT])
        for request, release, dataset, version in cursor.fetchall():
            found[request].releases.append(ReleaseWithIt(release, dataset, version))
    return found
