"""Cursors and filters in the query string: every list has an address that restores it."""

import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from queues.newest import LOOK_AT, Page
from queues.numbers import localized
from queues.web.parameters import wrong

MOST = 2**63 - 1  # the largest bigint
_WHOLE = re.compile(r"[0-9]{1,19}", re.ASCII)


def number(request: HttpRequest, name: str) -> int | None:
    """A positive number of the query string, None when it is absent; what is none is refused by name."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not _WHOLE.fullmatch(text) or not 0 < int(text) <= MOST:
        raise wrong(name, _("Give a whole number from 1 on."))
    return int(text)


def address(request: HttpRequest, *, at: str = "", **changes: object) -> str:
    """This page's address with some parameters changed; None takes one away. at: another page's path."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    path = at or request.path
    return f"{path}?{query.urlencode()}" if query else path


def pager(request: HttpRequest, page: Page[Any]) -> dict[str, str]:
    """What `_components/pager.html` needs for a list that is read with `newest`."""
    first = address(request, before=None) if "before" in request.GET else ""
    following = address(request, before=page.next_before) if page.next_before else ""
    looked = _("%(n)s were looked through") % {"n": localized(LOOK_AT)}
    shown = looked if page.next_before and not page.has_more_matches else ""
    return {"previous_url": first, "next_url": following, "shown": shown}
