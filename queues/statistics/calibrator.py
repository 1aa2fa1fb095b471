"""The reading side of a calibration: from a score to the probability that a reviewer finds an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from queues.statistics import isotonic, platt
from queues.statistics.arrays import Flags, Floats, Numbers

PLATT, ISOTONIC = "platt", "isotonic"


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A fitted curve, as it is stored: parameters are JSON.

    platt: {"intercept", "slope"}. isotonic: {"scores": [...], "fitted": [...]}, both rising.
    """

    method: str
    parameters: Mapping[str, Any]

    def probability(self, score: float) -> float:
        """P(a reviewer finds an error) at this score, 0..1."""
        return float(self.probabilities([score])[0])

    def probabilities(self, scores: Numbers) -> Floats:
        """The same for many."""
        if self.method == PLATT:
            return platt.predict(platt.Platt(**self.parameters), scores)
        if self.method == ISOTONIC:
            columns = (np.asarray(self.parameters[name], dtype=np.float64) for name in ("scores", "fitted"))
            return isotonic.predict(isotonic.Isotonic(*columns), scores)
        raise ValueError(f"there is no calibration method {self.method!r}")


def from_platt(fit: platt.Platt) -> Calibrator:
    """A curve that turns the score round (a falling one) says that the score fails: then it is level."""
    return Calibrator(PLATT, fit._asdict())


def from_isotonic(fit: isotonic.Isotonic) -> Calibrator:
    kept = isotonic.corners(fit)
    return Calibrator(ISOTONIC, {"scores": kept.scores.tolist(), "fitted": kept.fitted.tolist()})


def fitted(scores: Numbers, errors: Flags, weights: Numbers, *, method: str) -> Calibrator:
    """Fit by the named method; never a falling curve, which would send the surest outputs to people."""
    if method == ISOTONIC:
        return from_isotonic(isotonic.isotonic(scores, errors, weights))
    fit = platt.platt(scores, errors, weights)
    return from_platt(fit if fit.slope >= 0.0 else platt.platt(np.zeros(len(errors)), errors, weights))
