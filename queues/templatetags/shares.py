"""How shares are written."""

from django import template

from queues.web.sentences.words import percent

register = template.Library()


@register.filter
def share(value: float | None) -> str:
    """A share of 0 to 1 as a percentage; a dash where there is none."""
    return "–" if value is None else percent(value)
