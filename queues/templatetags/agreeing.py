"""Figures of agreement in cells, with their intervals or what is missing in them.

Written here and not as parts of templates: a page has hundreds of them.
"""

from collections.abc import Callable

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from queues import numbers
from queues.agree.metric import Figure
from queues.web import figure_words

register = template.Library()
_NOTHING = SafeString("")
_DASH = SafeString('<span class="muted">–</span>')


@register.simple_tag
def coefficient(figure: Figure, *, is_told: bool = False) -> SafeString:
    """A coefficient. is_told: what is missing is said elsewhere."""
    if figure.value is None:
        written = _DASH if is_told else _NOTHING
    else:
        written = _with_interval(figure, lambda value: str(floatformat(value, 2)))
    return written if is_told else _and_why(written, figure)


@register.simple_tag
def same(figure: Figure) -> SafeString:
    """How often two answers are the same, in percent."""
    return _and_why(_NOTHING if figure.value is None else _with_interval(figure, numbers.percent), figure)


def _with_interval(figure: Figure, write: Callable[[float], str]) -> SafeString:
    """Without an interval it is no claim, and grey."""
    value = write(figure.value or 0.0)
    if figure.low is None or figure.high is None:
        return format_html('<span class="muted">{}</span>', value)
    ends = write(figure.low), write(figure.high)
    return format_html('{} <span class="note nowrap">[{}–{}]</span>', value, *ends)


def _and_why(written: SafeString, figure: Figure) -> SafeString:
    """Why there is no value or no interval, in a few words."""
    if not figure.why:
        return written
    return format_html('{} <span class="note">{}</span>', written, figure_words.shortly(figure))
