"""Fleiss' kappa: agreement beyond chance where every unit has the same number of answers.

Source: Fleiss 1971, checked against its example of 30 patients.
"""

import numpy as np

from queues.agree.jackknife import with_interval
from queues.agree.metric import FEW_UNITS, NO_PAIRS, ONE_VALUE, UNEQUAL_RATERS, Figure, metrics, undefined
from queues.agree.metrics.percent import agreeing_pairs
from queues.agree.patterns import Answers
from queues.statistics.arrays import Floats


@metrics.register("fleiss_kappa")
def fleiss_kappa(answers: Answers) -> Figure:
    """-1..1; not defined when some units have more answers than others."""
    pairable = answers.pairable()
    if not len(pairable.units):
        return undefined(NO_PAIRS)
    if len(np.unique(answers.sizes)) > 1:
        return undefined(UNEQUAL_RATERS, pairable.n_units)
    shares = pairable.counts / pairable.sizes[:, None]
    used, agreeing = pairable.units @ shares, agreeing_pairs(pairable)
    total, n = pairable.units @ agreeing, float(pairable.n_units)
    value = _kappa(np.array([total / n]), np.array([used / n]))[0]
    if np.isnan(value):
        return undefined(ONE_VALUE, pairable.n_units)
    if n == 1:
        return Figure(float(value), 1, why=FEW_UNITS)
    left_out = _kappa((total - agreeing) / (n - 1.0), (used - shares) / (n - 1.0))
    return with_interval(value, left_out, pairable.units, n_units=pairable.n_units)


def _kappa(observed: Floats, shares: Floats) -> Floats:
    by_chance = (shares**2).sum(axis=-1)
    missing = np.full_like(by_chance, np.nan)
    is_defined = by_chance < 1.0 - 1e-12
    return np.divide(observed - by_chance, 1.0 - by_chance, out=missing, where=is_defined)
