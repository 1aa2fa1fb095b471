"""Query parameters: from an allow-list, each at most once, read by pattern and never cast by luck."""

import re
from collections.abc import Collection
from datetime import datetime
from urllib.parse import unquote_to_bytes

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.storable import storable
from queues.errors import Fault, Malformed

LONGEST = 2000
_WHOLE = re.compile(r"[0-9]{1,18}", re.ASCII)


def check(request: Request, allowed: Collection[str]) -> None:
    """Refuse what is unknown, repeated, or no text."""
    raw = request.META.get("QUERY_STRING", "")
    try:
        unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(_("The query is not UTF-8. Encode it again.")) from error
    faults = [
        *_unknown(request, allowed),
        *(
            _fault(name, "parameter.repeated", _("Give it once."))
            for name, values in _all(request)
            if len(values) > 1
        ),
        *(
            _fault(name, "parameter.not_text", _("Leave out NUL, and text over 2,000 characters."))
            for name, values in _all(request)
            if any(storable(v) != v or len(v) > LONGEST for v in values)
        ),
    ]
    if faults:
        raise Malformed(_("The query cannot be read. See “errors”."), faults)


def whole(request: Request, name: str, *, low: int, high: int) -> int | None:
    """A whole number in ASCII digits; None when it is not given."""
    text = request.GET.get(name)
    if text is None:
        return None
    if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
        raise _wrong(name, _("Give a whole number from %(low)d to %(high)d.") % {"low": low, "high": high})
    return int(text)


def choice(request: Request, name: str, allowed: Collection[str]) -> str | None:
    """One of the allowed words; None when it is not given."""
    text = request.GET.get(name)
    if text is not None and text not in allowed:
        raise _wrong(name, _("Give one of: %(allowed)s.") % {"allowed": ", ".join(sorted(allowed))})
    return text


def moment(request: Request, name: str) -> datetime | None:
    """An RFC 3339 time with its offset; None when it is not given."""
    text = request.GET.get(name)
    if text is None:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _wrong(name, _("Give a time with its offset, as in 2026-11-21T09:30:00Z."))
    return found


def _all(request: Request) -> list[tuple[str, list[str]]]:
    return list(request.GET.lists())


def _unknown(request: Request, allowed: Collection[str]) -> list[Fault]:
    known = ", ".join(sorted(allowed)) or _("none")
    detail = _("There is no such parameter here. Known: %(known)s.") % {"known": known}
    return [_fault(name, "parameter.unknown", detail) for name in request.GET if name not in allowed]


def _wrong(name: str, detail: str) -> Malformed:
    return Malformed(_("The query cannot be read. See “errors”."), [_fault(name, "parameter.wrong", detail)])


def _fault(name: str, code: str, detail: str) -> Fault:
    """Faults of the query point at `?name`; a hostile name is not repeated in full."""
    return Fault(f"?{storable(name[:60])}", code, detail)
