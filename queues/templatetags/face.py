"""Small words of the page language: icons, times, and where a person can go."""

from datetime import datetime, timedelta

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..web import navigation

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of static/icons.svg; always beside a word, so hidden from readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("icons.svg"), name
    )


@register.simple_tag
def when(at: datetime | None) -> SafeString | str:
    """A moment as people say it ("in 3 hours"), with the absolute time of the reader's zone in the title."""
    if at is None:
        return "–"
    local = timezone.localtime(at)
    is_far = abs(timezone.now() - at) > timedelta(days=30)
    said = date_format(local, "DATE_FORMAT") if is_far else naturaltime(at)
    title = f"{date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, said)


@register.simple_tag(takes_context=True)
def places(context: Context) -> list[navigation.Place]:
    """Where the caller can go in the current project; nothing outside a project."""
    request = context.get("request")
    return navigation.places(request) if request is not None else []
