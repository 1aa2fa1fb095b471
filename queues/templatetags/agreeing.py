"""Figures of agreement in cells: what is missing in them."""

from django import template

from queues.agree.metric import Figure
from queues.web import figure_words

register = template.Library()


@register.filter
def shortly(figure: Figure) -> str:
    """Why there is no value or no interval, in a few words."""
    return figure_words.shortly(figure)
