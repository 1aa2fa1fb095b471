"""Kendall's W of rankings: 1 when all rank alike; with m people who rank by chance 1/m is expected.

Source: Kendall & Babington Smith 1939. An answer is the tuple of all options, best first.
"""

from typing import Any

import numpy as np

from queues.agree.jackknife import with_interval
from queues.agree.metric import FEW_UNITS, NO_PAIRS, Figure, metrics, undefined
from queues.agree.patterns import Answers


@metrics.register("kendall_w")
def kendall_w(answers: Answers) -> Figure:
    """The mean over units of their W, 0..1, with the jackknife's interval over units."""
    pairable = answers.pairable()
    n = pairable.n_units
    if not n:
        return undefined(NO_PAIRS)
    ranks = np.array([_ranks(value) for value in answers.values])
    k = ranks.shape[1]
    sizes = pairable.sizes
    sums = pairable.counts @ ranks
    spread = ((sums - sums.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    concordance = 12.0 * spread / (sizes**2 * (k**3 - k))
    total = pairable.units @ concordance
    if n == 1:
        return Figure(float(total), 1, why=FEW_UNITS)
    left_out = (total - concordance) / (n - 1.0)
    return with_interval(total / n, left_out, pairable.units, n_units=n, floor=0.0)


def _ranks(ranking: Any) -> list[int]:
    """The rank of each option, options in alphabetical order."""
    places = {option: rank for rank, option in enumerate(ranking, start=1)}
    return [places[option] for option in sorted(places)]
