"""How long something lasts, as people say it."""

from django import template
from django.utils.translation import ngettext

from queues.numbers import localized

register = template.Library()

MINUTES_A_DAY = 24 * 60


@register.filter
def lasting(days: float) -> str:
    """Days in the largest unit of which there are about two or more: "20 minutes", "3 hours", "4 days"."""
    minutes = days * MINUTES_A_DAY
    if minutes < 90:
        n = max(1, round(minutes))
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": localized(n)}
    if minutes < 36 * 60:
        n = round(minutes / 60)
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": localized(n)}
    n = round(days)
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": localized(n)}
