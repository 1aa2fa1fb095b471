"""Labels: what standing verdicts say of predictions whose pi is known, with their scores."""

from collections.abc import Mapping
from typing import NamedTuple

import orjson
from django.db import connection

from queues.monitor.picked import IS_AUDIT, IS_JUDGED, PI

LOOK_AT = 20_000  # newest standing verdicts of a project

_LABELS = f"""
WITH newest AS (
  SELECT verdict.* FROM queues_queue queue
  CROSS JOIN LATERAL (
    SELECT id, item_id, decision FROM queues_verdict
    WHERE queue_id = queue.id AND withdrawn_at IS NULL ORDER BY id DESC LIMIT %(look)s
  ) verdict
  WHERE queue.project_id = %(project)s ORDER BY verdict.id DESC LIMIT %(look)s
)
SELECT newest.id, prediction.model_version, prediction.locale, prediction.segment,
  newest.decision <> 'approve', {PI}, {IS_AUDIT}, scores."values"::text
FROM newest
JOIN queues_item item ON item.id = newest.item_id
JOIN queues_prediction prediction ON prediction.id = item.prediction_id
JOIN queues_routing routing ON routing.prediction_id = item.prediction_id
LEFT JOIN queues_scores scores ON scores.prediction_id = item.prediction_id
WHERE {PI} > 0 AND {IS_JUDGED}
ORDER BY newest.id
"""


class Label(NamedTuple):
    """One verdict. is_error: people decided anything but "approve". is_audit: it was drawn at random."""

    verdict_id: int
    model_version: str
    locale: str
    segment: str
    is_error: bool
    pi: float
    is_audit: bool
    values: Mapping[str, float]


def newest_labels(project_id: int, *, at_most: int = LOOK_AT) -> list[Label]:
    """The newest labels of a project, oldest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LABELS, {"project": project_id, "look": at_most})
        return [Label._make((*row[:-1], orjson.loads(row[-1] or "{}"))) for row in cursor.fetchall()]
