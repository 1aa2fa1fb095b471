"""Gwet's AC1: agreement beyond chance that stays meaningful where nearly all answers are the same.

Source: Gwet 2008. Units with one answer count for how common each value is.
"""

import numpy as np

from queues.agree.jackknife import with_interval
from queues.agree.metric import FEW_UNITS, NO_PAIRS, ONE_VALUE, Figure, metrics, undefined
from queues.agree.metrics.percent import agreeing_pairs
from queues.agree.patterns import Answers


@metrics.register("gwet_ac1")
def gwet_ac1(answers: Answers) -> Figure:
    """-1..1. Needs two possible values or more: `answers.values` holds all that the question offers."""
    has_pair = answers.sizes >= 2
    n_pairable = float(answers.units[has_pair].sum())
    if not n_pairable:
        return undefined(NO_PAIRS)
    if len(answers.values) < 2:
        return undefined(ONE_VALUE, int(n_pairable))
    agreeing = np.zeros(len(answers.units))
    agreeing[has_pair] = agreeing_pairs(answers.pairable())
    shares = answers.counts / answers.sizes[:, None]
    total, used = answers.units @ agreeing, answers.units @ shares
    value = _ac1(total / n_pairable, used / answers.n_units)
    if n_pairable == 1:
        return Figure(float(value), 1, why=FEW_UNITS)
    left_out = _ac1((total - agreeing) / (n_pairable - has_pair), (used - shares) / (answers.n_units - 1.0))
    return with_interval(float(value), left_out, answers.units, n_units=int(n_pairable))


def _ac1(observed: np.ndarray, shares: np.ndarray) -> np.ndarray:
    by_chance = (shares * (1.0 - shares)).sum(axis=-1) / (shares.shape[-1] - 1.0)
    return (observed - by_chance) / (1.0 - by_chance)
