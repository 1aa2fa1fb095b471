"""What a metric of agreement gives: a figure with its interval and n, or why there is none."""

from collections.abc import Callable
from dataclasses import dataclass

from queues.agree.patterns import Answers
from queues.registry import Registry

# Why there is no value.
NO_PAIRS = "no_pairs"  # no unit has two answers
ONE_VALUE = "one_value"  # everybody always said the same one thing: there is no chance to compare with
UNEQUAL_RATERS = "unequal_raters"  # the coefficient needs the same number of answers for each unit
# Why there is a value and no interval.
FEW_UNITS = "few_units"  # fewer than MIN_UNITS units with two answers
HINGES_ON_ONE = "hinges_on_one"  # without a certain unit the coefficient is not defined
PERFECT = "perfect"  # no disagreement at all: see `at_least`
AT_AN_END = "at_an_end"  # the value lies at the end of its range

MIN_UNITS = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A coefficient over `n_units` units with two answers or more; 1 is full agreement.

    low, high: ends of its 95 % interval. why: what is missing, value or interval, and the cause. se: the
    jackknife's standard error. at_least: for perfect agreement, the share of units that agree is at least
    this with 95 % confidence.
    """

    value: float | None
    n_units: int
    low: float | None = None
    high: float | None = None
    why: str | None = None
    se: float | None = None
    at_least: float | None = None


def undefined(why: str, n_units: int = 0) -> Figure:
    """No value; never 0 or 1 in its place."""
    return Figure(None, n_units, why=why)


def share_ends(share: Figure) -> tuple[float, float] | None:
    """The ends between which a share of equal answers lies; None where nothing is known of them.

    Of perfect agreement on enough units: from what it proves to 1.
    """
    if share.why == PERFECT and share.n_units >= MIN_UNITS and share.at_least is not None:
        return share.at_least, 1.0
    return None if share.low is None or share.high is None else (share.low, share.high)


Metric = Callable[[Answers], Figure]

metrics: Registry[Metric] = Registry("metric")
