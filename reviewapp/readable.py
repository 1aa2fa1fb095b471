"""Turns away what no view could read: text in another charset than UTF-8, and NUL in an address.

Stands before everything that looks at the query, the form or the address: some codecs give no text (rot13,
hex), others let through what no database keeps (utf-7). See also `reviewapp.utf8_request`.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

from queues.api.problems import problem

_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})  # ASCII is a part of it


class Readable:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset")
        if charset is not None and charset.lower() not in _UTF_8:
            text = _("Only text in UTF-8 is read here. Send it so, and say charset=utf-8 or no charset.")
            return _refusal(request, 415, "wrong_media_type", _("This is not in UTF-8"), text)
        if "\0" in request.path_info:
            text = _("There is nothing at this address. Check it against the API reference.")
            return _refusal(request, 404, "not_found", _("There is no such page"), text)
        return self.get_response(request)


def _refusal(request: HttpRequest, status: int, code: str, title: str, text: str) -> HttpResponse:
    """Rendered without the request, since nothing in it may be read."""
    if request.path_info.startswith("/api/"):
        return problem(request, status, code, text)
    context = {"status": status, "title": title, "text": text, "request_id": getattr(request, "id", "")}
    return HttpResponse(loader.get_template("500.html").render(context), status=status)
