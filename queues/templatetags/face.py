"""Small words of the page language: icons, times, and where a person can go."""

from datetime import datetime, timedelta

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import shortcuts
from queues.web import navigation
from queues.web import text as texts

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of static/icons.svg; always beside a word, so hidden from readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("icons.svg"), name
    )


@register.simple_tag
def when(at: datetime | None) -> SafeString | str:
    """A moment as people say it ("in 3 h"), with the absolute time of the reader's zone in the title."""
    if at is None:
        return "–"
    local = timezone.localtime(at)
    away = at - timezone.now()
    said = date_format(local, "DATE_FORMAT") if abs(away) > timedelta(days=30) else _said(away)
    title = f"{date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, said)


def _said(away: timedelta) -> str:
    """A distance in time in its largest unit: "in 3 h", "4 min ago", "now"."""
    minutes = round(abs(away).total_seconds() / 60)
    is_past = away < timedelta()
    if minutes < 1:
        return _("now")
    if minutes < 90:
        return (_("%(n)s min ago") if is_past else _("in %(n)s min")) % {"n": minutes}
    if minutes < 36 * 60:
        return (_("%(n)s h ago") if is_past else _("in %(n)s h")) % {"n": round(minutes / 60)}
    return (_("%(n)s days ago") if is_past else _("in %(n)s days")) % {"n": round(minutes / 1440)}


@register.simple_tag(takes_context=True)
def key_of(context: Context, action: str) -> str:
    """The key that presses an action of the review screen for who is signed in, in lower case."""
    request = context.get("request")
    return getattr(getattr(request, "user", None), "keys", shortcuts.USUAL)[action]


@register.simple_tag(takes_context=True)
def way_of(context: Context, letter: str) -> str:
    """The two keys that open a place, G and its letter; none for somebody who has given G to an action."""
    request = context.get("request")
    keys = getattr(getattr(request, "user", None), "keys", shortcuts.USUAL)
    return "" if "g" in keys.values() else f"g {letter}"


@register.simple_tag(takes_context=True)
def kbd_of(context: Context, action: str) -> SafeString:
    """That key as it stands on a button."""
    return format_html("<kbd>{}</kbd>", key_of(context, action).upper())


@register.simple_tag(takes_context=True)
def places(context: Context) -> list[navigation.Place]:
    """Where the caller can go in the current project; nothing outside a project."""
    request = context.get("request")
    return navigation.places(request) if request is not None else []


@register.filter
def exact(text: str) -> SafeString:
    """Text escaped so that a browser keeps every code point: HTML would turn a bare CR into LF."""
    return SafeString(escape(text).replace("\r", "&#13;"))


@register.filter
def revealed(text: str) -> SafeString:
    """Text in which what cannot be seen stands as its number, in the look that the review desk gives it."""
    return format_html_join("", "{}{}", ((piece, _mark(name)) for piece, name in texts.revealed(text)))


def _mark(name: str) -> SafeString | str:
    return format_html('<span class="invisible-mark">{}</span>', name) if name else ""
