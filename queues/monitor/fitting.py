"""Fitting a measure to its labels, and whether the new curve may replace the one in force. Pure."""

from dataclasses import dataclass

import numpy as np

from queues.monitor.columns import Column
from queues.statistics import calibrator
from queues.statistics.calibration_error import brier, stated
from queues.statistics.calibrator import Calibrator

LABELS_NEEDED = 50
LABELS_FOR_ISOTONIC = 500
ERRORS_FOR_ISOTONIC = 50
FITTED_SHARE = 0.8  # the older part; the newest part tests


@dataclass(frozen=True, slots=True)
class Fit:
    """A new curve, tested on the newest labels beside the one in force. brier_old: None without one."""

    curve: Calibrator
    labels: int
    errors: int
    brier_new: float
    brier_old: float | None

    @property
    def is_worse(self) -> bool:
        return self.brier_old is not None and self.brier_new > self.brier_old


def fit(column: Column, in_force: Calibrator | None) -> Fit | None:
    """None below LABELS_NEEDED labels, or when all that is to be fitted is right or all is wrong."""
    labels, errors = len(column), int(column.errors.sum())
    if labels < LABELS_NEEDED:
        return None
    older, newest = parts(column)
    if older.errors.all() or not older.errors.any():
        return None
    is_rich = labels >= LABELS_FOR_ISOTONIC and errors >= ERRORS_FOR_ISOTONIC
    curve = calibrator.fitted(
        older.scores,
        older.errors,
        older.weights,
        method=calibrator.ISOTONIC if is_rich else calibrator.PLATT,
    )
    before = None if in_force is None else tested(in_force, newest)
    return Fit(curve, labels, errors, tested(curve, newest), before)


def parts(column: Column) -> tuple[Column, Column]:
    """The older labels, and the newest ones."""
    cut = int(len(column) * FITTED_SHARE)
    places = np.arange(len(column))
    return column.part(places[:cut]), column.part(places[cut:])


def tested(curve: Calibrator, column: Column) -> float:
    """The Brier score of a curve on labels that it has not seen."""
    return brier(stated(curve.probabilities(column.scores), column.errors, column.weights))
