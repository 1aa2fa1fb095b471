"""The curves in force that turn a score into the probability that a reviewer finds an error."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from queues.route.fact import Arrival, facts
from queues.score import calibrations
from queues.statistics.calibrator import Calibrator

Curves = Mapping[str, Calibrator]
"""Measure → its curve; a measure that is not calibrated is absent."""


@facts.register("calibration")
def calibration_of(project_id: int, arrivals: Sequence[Arrival], /) -> dict[int, Curves]:
    """The curves of each arrival's model version; one statement."""
    versions = sorted({arrival.model_version for arrival in arrivals})
    by_version: dict[str, dict[str, Calibrator]] = defaultdict(dict)
    for (version, measure), curve in calibrations.current(project_id, versions).items():
        by_version[version][measure] = curve
    return {arrival.id: by_version[arrival.model_version] for arrival in arrivals}
