"""The answer when something broke: 503 when only the database is away, else 500; never a trace."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

RETRY_SECONDS = 2


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    is_pause = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if is_pause else 500
    title = _("The database is away for a moment") if is_pause else _("Something broke on our side")
    text = (
        _("Nothing was lost: what was answered is stored. Try again in a few seconds.")
        if is_pause
        else _("It is noted in the log. Try again; if it stays, give the operator the number below.")
    )
    response = (
        _problem(request, status, title, text)
        if request.path.startswith("/api/")
        else _page(request, status, title, text)
    )
    if is_pause:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _problem(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": text,
        "instance": getattr(request, "id", ""),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Rendered without the request: its person and project would need the database again."""
    context = {"status": status, "title": title, "text": text, "request_id": getattr(request, "id", "")}
    return HttpResponse(loader.get_template("500.html").render(context), status=status)
