"""How steeply something rises with a number, and whether somebody follows it less than the others do.

Sources: MacKinnon & White 1985 (HC3, which holds where the spread is not the same everywhere, as that of
yes and no never is); Long & Ervin 2000 (HC3 with t from 25 observations on).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtr, stdtrit

from queues.statistics.arrays import Floats, Numbers, dot, floats

_LEVEL = 1e-12  # a spread or a rest below this is rounding


@dataclass(frozen=True, slots=True)
class Slope:
    """The least-squares line through n points. low, high: the 95 % interval of the slope, None where all
    points lie on the line or one of them alone carries it; se with them.
    """

    value: float
    at_zero: float
    n: int
    se: float | None = None
    low: float | None = None
    high: float | None = None


def slope(x: Numbers, y: Numbers) -> Slope | None:
    """None below three points, or where x is everywhere the same."""
    across, up = floats(x), floats(y)
    n, from_middle, spread = _spread(across)
    if n < 3 or spread <= _LEVEL:
        return None
    value = dot(from_middle, up) / spread
    line = Slope(value, float(up.mean()) - value * float(across.mean()), n)
    room = 1.0 - 1.0 / n - from_middle**2 / spread  # 1 - leverage
    rests = up - line.at_zero - value * across
    if room.min() <= 1e-9 or not np.abs(rests).max() > 1e-9:
        return line
    se = sqrt(float(np.sum((from_middle * rests / room) ** 2))) / spread
    reach = float(stdtrit(n - 2, 0.975)) * se
    return Slope(value, line.at_zero, n, se, value - reach, value + reach)


def flatter_p(x: Numbers, own: Slope, rest: Slope) -> float:
    """Two-sided p of "this person decides as the line of the others says", from the slope of yes and no.

    x: of the person's own points. The spread is the one to expect on that line, so it holds for who always
    says the same too, whose own answers have none. rest: with its standard error.
    """
    across = floats(x)
    _n, from_middle, spread = _spread(across)
    chance = np.clip(rest.at_zero + rest.value * across, 0.0, 1.0)
    expected = float(np.sum(from_middle**2 * chance * (1.0 - chance))) / spread**2
    variance = expected + (rest.se or 0.0) ** 2
    if variance <= _LEVEL:
        return 1.0
    z = (own.value - rest.value) / sqrt(variance)
    return 2.0 * float(ndtr(-abs(z)))


def _spread(across: Floats) -> tuple[int, Floats, float]:
    from_middle = across - (across.mean() if across.size else 0.0)
    return len(across), from_middle, dot(from_middle, from_middle)
