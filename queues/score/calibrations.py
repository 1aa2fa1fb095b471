"""The calibrations in force, for whoever turns a score into the probability of an error."""

from collections.abc import Sequence

from queues.models import Calibration
from queues.statistics.calibrator import Calibrator

Curves = dict[tuple[str, str], Calibrator]


def current(project_id: int, model_versions: Sequence[str]) -> Curves:
    """(model version, measure) → the curve in force, of these model versions; one statement."""
    rows = Calibration.objects.filter(
        project=project_id, model_version__in=list(model_versions), is_current=True
    ).values_list("model_version", "measure", "method", "parameters")
    return {
        (model_version, measure): Calibrator(method, parameters)
        for model_version, measure, method, parameters in rows
    }
