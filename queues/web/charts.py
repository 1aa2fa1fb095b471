"""Where things stand in a chart that the server draws. Coordinates of the viewBox; templates only write them.

One shape serves trends, reliability diagrams and curves: points with their intervals over two axes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from queues.numbers import percent

_TOPS = (0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # their halves are round too


@dataclass(frozen=True, slots=True)
class Point:
    """What is to be drawn: x and value in units of the axes; value None leaves a gap. label: for readers."""

    x: float
    value: float | None
    low: float | None
    high: float | None
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One point in place: its dot, and its interval from top to bottom."""

    x: float
    y: float
    top: float
    bottom: float
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Tick:
    """One label of an axis, at its place along it."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything in place. lines, bands: `points` of a polyline and of a polygon, one for each stretch."""

    width: int
    height: int
    marks: Sequence[Mark]
    lines: Sequence[str]
    bands: Sequence[str]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]

    @property
    def view_box(self) -> str:
        return f"-58 -14 {self.width + 80} {self.height + 54}"

    @property
    def diagonal(self) -> str:
        """From 0, 0 to the upper right corner: what is stated happens, or what chance finds."""
        return f"M0 {self.height}L{self.width} 0"


def plot(
    points: Sequence[Point],
    *,
    x_range: tuple[float, float],
    x_ticks: Sequence[tuple[float, str]],
    top: float,
    width: int = 600,
    height: int = 140,
) -> Plot:
    """Points over x_range and 0..top; the y axis is a share, in percent."""
    first, last = x_range
    span = (last - first) or 1.0

    def across(x: float) -> float:
        return round(width * (x - first) / span, 1)

    def up(value: float) -> float:
        return round(height * (1.0 - min(value, top) / top), 1)

    stretches = [
        [_placed(point, across(point.x), up) for point in stretch]
        for has_value, stretch in groupby(points, key=lambda point: point.value is not None)
        if has_value
    ]
    return Plot(
        width=width,
        height=height,
        marks=[mark for stretch in stretches for mark in stretch],
        lines=[" ".join(f"{mark.x},{mark.y}" for mark in stretch) for stretch in stretches],
        bands=[_band(stretch) for stretch in stretches if len(stretch) > 1],
        x_ticks=[Tick(across(x), label) for x, label in x_ticks],
        y_ticks=[Tick(up(share), _percent(share)) for share in (0.0, top / 2.0, top)],
    )


def line_of(
    points: Sequence[Point],
    *,
    x_range: tuple[float, float],
    x_ticks: Sequence[tuple[float, str]],
    top: float,
) -> Plot | None:
    """The same where there is something to compare: from two points with a value on."""
    shown = [point for point in points if point.value is not None]
    return plot(points, x_range=x_range, x_ticks=x_ticks, top=top) if len(shown) > 1 else None


def top_of(values: Sequence[float | None]) -> float:
    """The lowest round share that holds them all."""
    largest = max((value for value in values if value is not None), default=1.0)
    return next((top for top in _TOPS if largest <= top), 1.0)


def spread(labels: Sequence[str], at_most: int = 8) -> list[tuple[float, str]]:
    """Ticks for an axis of equal steps 0, 1, 2, …: as many of the labels as are readable."""
    step = max(1, -(-len(labels) // at_most))
    return [(float(place), label) for place, label in enumerate(labels) if place % step == 0]


def percent_ticks(top: float) -> list[tuple[float, str]]:
    """Five ticks of an axis of shares from 0 to `top`."""
    return [(top * step / 4.0, _percent(top * step / 4.0)) for step in range(5)]


def _placed(point: Point, x: float, up: Callable[[float], float]) -> Mark:
    value = point.value or 0.0
    low, high = point.low, point.high
    return Mark(
        x=x,
        y=up(value),
        top=up(value if high is None else high),
        bottom=up(value if low is None else low),
        label=point.label,
        url=point.url,
    )


def _band(stretch: Sequence[Mark]) -> str:
    there = [f"{mark.x},{mark.top}" for mark in stretch]
    back = [f"{mark.x},{mark.bottom}" for mark in reversed(stretch)]
    return " ".join(there + back)


def _percent(share: float) -> str:
    return percent(share, ".3g")
