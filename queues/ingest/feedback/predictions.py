"""Which prediction an event is about; and the other names of predictions, kept for that."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from queues.bulk import write_rows
from queues.ingest.feedback.record import CheckedFeedback
from queues.ingest.feedback.references import other_names
from queues.models import PredictionAlias

# Lateral, so that no plan can read the tables. Of several predictions of one response the newest is meant.
_FIND = """
    SELECT sent.event_id, coalesce(named.id, other.id)
    FROM unnest(%(events)s::text[], %(environments)s::text[], %(ids)s::text[], %(keys)s::bytea[])
        AS sent (event_id, environment, prediction_id, key)
    LEFT JOIN LATERAL (
        SELECT id FROM queues_prediction
        WHERE project_id = %(project)s AND environment = sent.environment
          AND prediction_id = sent.prediction_id
        LIMIT 1
    ) named ON true
    LEFT JOIN LATERAL (
        SELECT prediction_id AS id FROM queues_predictionalias
        WHERE project_id = %(project)s AND key = sent.key AND sent.prediction_id IS NULL
        ORDER BY prediction_id DESC LIMIT 1
    ) other ON true
    WHERE coalesce(named.id, other.id) IS NOT NULL
"""


def found_for(project_id: int, records: Sequence[CheckedFeedback]) -> dict[str, int]:
    """event_id → our number of the prediction that it is about, of those whose prediction is here."""
    if not records:
        return {}
    sent: dict[str, Any] = {
        "project": project_id,
        "events": [record.event_id for record in records],
        "environments": [record.environment for record in records],
        "ids": [record.prediction_id for record in records],
        "keys": [record.reference for record in records],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND, sent)
        return dict(cursor.fetchall())


def keep_other_names(project_id: int, records: Mapping[int, Mapping[str, Any]]) -> None:
    """The aliases of new predictions, by our numbers; nothing is written for those that carry none."""
    rows = [(project_id, key, id_) for id_, record in records.items() for key in other_names(record)]
    if rows:
        write_rows(PredictionAlias, ("project_id", "key", "prediction_id"), rows)
