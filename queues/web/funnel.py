"""Where things stand in a funnel plot that the server draws: groups over how much each has done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from queues.numbers import localized, percent
from queues.statistics.funnel import Funnel
from queues.statistics.proportions import Z_95
from queues.web.charts import Mark, Tick, top_of

WIDTH, HEIGHT = 600, 220
_STEPS = 60  # of the curves
_Z_998 = 3.0902  # all but 0.2 %


@dataclass(frozen=True, slots=True)
class Dot:
    """One group to be drawn: `rate` of `n`, and how to read it."""

    n: int
    rate: float
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FunnelPlot:
    """Everything in place. pooled: the height of the common rate; limits: `points` of each curve."""

    marks: Sequence[Mark]
    pooled: float
    limits: Sequence[str]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def view_box(self) -> str:
        return f"-58 -14 {self.width + 80} {self.height + 54}"


def funnel_plot(found: Funnel, dots: Sequence[Dot]) -> FunnelPlot:
    """The groups against the pooled rate, with limits that hold 95 % and 99.8 % of what chance does.

    The limits are wider by the root of the overdispersion: what all groups vary beyond chance.
    """
    most = max(dot.n for dot in dots)
    top = top_of([found.pooled * 2.0, *(dot.rate for dot in dots)])

    def across(n: float) -> float:
        return round(WIDTH * n / (1.05 * most), 1)

    def up(rate: float) -> float:
        return round(HEIGHT * (1.0 - min(max(rate, 0.0), top) / top), 1)

    marks = [
        Mark(across(dot.n), up(dot.rate), up(dot.rate), up(dot.rate), dot.label, dot.url) for dot in dots
    ]
    spread = sqrt(found.overdispersion * found.pooled * (1.0 - found.pooled))
    limits = [
        _curve(found.pooled, side * z * spread, most, across, up)
        for z in (Z_95, _Z_998)
        for side in (1.0, -1.0)
    ]
    return FunnelPlot(
        marks=marks,
        pooled=up(found.pooled),
        limits=limits,
        x_ticks=[Tick(across(most * part / 4.0), localized(most * part // 4)) for part in range(5)],
        y_ticks=[Tick(up(share), percent(share, ".3g")) for share in (0.0, top / 2.0, top)],
    )


def _curve(
    pooled: float, spread: float, most: int, across: Callable[[float], float], up: Callable[[float], float]
) -> str:
    sizes = [max(1.0, 1.05 * most * step / _STEPS) for step in range(1, _STEPS + 1)]
    return " ".join(f"{across(n)},{up(pooled + spread / sqrt(n))}" for n in sizes)
