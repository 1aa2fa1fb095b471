"""How numbers are written: thousands separated, and honest about where a count stopped."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from queues import numbers
from queues.newest import COUNT_LIMIT
from queues.numbers import localized

register = template.Library()
ROUGH_FROM = 10


@register.filter
def bounded(count: int | None) -> str:
    """A count that went no further than COUNT_LIMIT + 1: "12", or "1,000+"."""
    if count is None:
        return "–"
    return f"{intcomma(COUNT_LIMIT)}+" if count > COUNT_LIMIT else str(intcomma(count))


@register.filter
def roughly(count: int | None) -> str:
    """A count that a single item does not change for the reader: "a few", "about 30", or "1,000+"."""
    if not count or count > COUNT_LIMIT:
        return bounded(count)
    if count < ROUGH_FROM:
        return _("a few")
    step = 10 if count < 100 else 100
    return _("about %(n)s") % {"n": localized(max(step, round(count / step) * step))}


@register.filter
def figure(value: object) -> str:
    """A score: four significant figures; a dash where there is none."""
    return localized(value, ",.4g") if isinstance(value, int | float) else "–"


@register.filter
def share(value: float | None) -> str:
    """A share as sentences say it, with three figures: "0.25%"; a dash where there is none."""
    return "–" if value is None else numbers.percent(value, ".3g")


@register.filter
def percent(share: object) -> str:
    """A share of a whole: "7.1%"; a dash where there is none."""
    return numbers.percent(share) if isinstance(share, int | float) else "–"
