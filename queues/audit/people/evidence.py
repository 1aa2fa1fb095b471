"""How probable an error was on each item, as far as the scores of its output and the labels so far say."""

from collections.abc import Mapping, Sequence

from django.db import connection

from queues.models import Calibration
from queues.statistics.calibrator import Calibrator

# Of comparisons no probability speaks: two outputs stand there.
_SCORED = """
SELECT item.id, scores.model_version, (scores.values ->> best.measure)::float8
FROM queues_item item
JOIN queues_scores scores ON scores.prediction_id = item.prediction_id
JOIN unnest(%s::text[], %s::text[]) best(model_version, measure) ON best.model_version = scores.model_version
WHERE item.id = ANY(%s) AND item.other_id IS NULL AND scores.values ? best.measure
"""


def p_errors_of(project_id: int, item_ids: Sequence[int]) -> Mapping[int, float]:
    """Item → P(a reviewer finds an error) by the best calibrated measure of its model version.

    The best: whose curve in force has the lowest Brier score on the newest labels. Two statements at most.
    """
    best = _best(project_id)
    if not best or not item_ids:
        return {}
    with connection.cursor() as cursor:
        measures = [measure for measure, _curve in best.values()]
        cursor.execute(_SCORED, [list(best), measures, list(set(item_ids))])
        rows = cursor.fetchall()
    found: dict[int, float] = {}
    for version, (_measure, curve) in best.items():
        own = [(item_id, score) for item_id, of, score in rows if of == version]
        if own:
            probabilities = curve.probabilities([score for _item_id, score in own])
            found |= zip((item_id for item_id, _score in own), map(float, probabilities), strict=True)
    return found


def _best(project_id: int) -> Mapping[str, tuple[str, Calibrator]]:
    """Model version → its best measure and the curve of that."""
    rows = (
        Calibration.objects.filter(project=project_id, is_current=True)
        .order_by("model_version", "brier_new", "measure")
        .distinct("model_version")
        .values_list("model_version", "measure", "method", "parameters")
    )
    return {version: (measure, Calibrator(method, curve)) for version, measure, method, curve in rows}
