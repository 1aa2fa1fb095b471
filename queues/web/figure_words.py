"""Why a figure of agreement has no value or no interval: in a sentence, and shortly beside others."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.agree.metric import (
    AT_AN_END,
    FEW_UNITS,
    HINGES_ON_ONE,
    MIN_UNITS,
    NO_PAIRS,
    ONE_VALUE,
    PERFECT,
    UNEQUAL_RATERS,
    Figure,
)
from queues.numbers import percent

WHY_NOT: Mapping[str, Promise] = {
    NO_PAIRS: gettext_lazy("not defined: no item has two answers yet"),
    ONE_VALUE: gettext_lazy("not defined: only one value was used"),
    FEW_UNITS: gettext_lazy("no interval: fewer than 10 items have two answers"),
    HINGES_ON_ONE: gettext_lazy("no interval: without one certain item the figure is not defined"),
    AT_AN_END: gettext_lazy("no interval: the figure lies at the end of its range"),
    PERFECT: gettext_lazy("perfect on all of them"),
}
_SHORTLY: Mapping[str, Promise] = {
    NO_PAIRS: gettext_lazy("not defined: no pair"),
    ONE_VALUE: gettext_lazy("not defined: one value"),
    UNEQUAL_RATERS: gettext_lazy("not defined: unequal numbers of answers"),
    FEW_UNITS: gettext_lazy("too few for an interval"),
    HINGES_ON_ONE: gettext_lazy("too few for an interval"),
    AT_AN_END: gettext_lazy("no interval at the end of the range"),
}


def why_of(figure: Figure, words: Mapping[str, Promise] = WHY_NOT) -> str:
    """What is missing, value or interval, and why; "" where nothing is."""
    # One item of very few always carries the whole figure: that they are few is the better reason.
    is_few = figure.why == HINGES_ON_ONE and figure.n_units < MIN_UNITS
    said = str(words.get(FEW_UNITS if is_few else figure.why or "", ""))
    if figure.at_least is None:
        return said
    return _("%(why)s: at least %(share)s of such items agree") % {
        "why": said,
        "share": percent(figure.at_least),
    }


def shortly(figure: Figure) -> str:
    """The same for a cell that stands beside one with the sentence."""
    if figure.at_least is not None:
        return _("at least %(share)s") % {"share": percent(figure.at_least)}
    return str(_SHORTLY.get(figure.why or "", ""))
