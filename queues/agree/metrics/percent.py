"""Percent agreement: how often two answers to the same unit are the same. Chance is not taken out."""

from queues.agree.jackknife import with_interval
from queues.agree.metric import FEW_UNITS, NO_PAIRS, Figure, metrics, undefined
from queues.agree.patterns import Answers
from queues.statistics.arrays import Floats


def agreeing_pairs(pairable: Answers) -> Floats:
    """(P,) The share of pairs of answers in a unit that are the same."""
    sizes = pairable.sizes
    return (pairable.counts * (pairable.counts - 1.0)).sum(axis=1) / (sizes * (sizes - 1.0))


@metrics.register("percent_agreement")
def percent_agreement(answers: Answers) -> Figure:
    """0..1; each unit counts once, however many people answered it."""
    pairable = answers.pairable()
    n = pairable.n_units
    if not n:
        return undefined(NO_PAIRS)
    shares = agreeing_pairs(pairable)
    total = float(pairable.units @ shares)
    if n == 1:
        return Figure(total, 1, why=FEW_UNITS)
    return with_interval(total / n, (total - shares) / (n - 1.0), pairable.units, n_units=n, floor=0.0)
