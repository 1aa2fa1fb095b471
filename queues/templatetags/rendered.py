"""Markdown in pages: guidelines, helps, and outputs on request."""

from django import template
from django.utils.safestring import SafeString

from queues.web import markdown as rendering

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as HTML in which nothing acts by itself; see queues/web/markdown.py."""
    return rendering.rendered(text)
