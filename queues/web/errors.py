"""One place that turns refusals into pages: 403, 404, 409 and 422, as a page or as a fragment for htmx.

`Refusals` is middleware; the four `handler…` functions are named by the URL configuration.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.errors import Fault, Malformed, ReviewappError
from accounts.middleware.own_language import speak_to
from accounts.models import Project

View = Callable[[HttpRequest], HttpResponse]


class Refusals:
    """Answers the exceptions of `queues.errors` and `accounts.errors` that a view lets through."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """None (Django goes on) for anything that is not a refusal: that is our fault, not the caller's.

        What a program asked for is answered by `queues.api.problems`.
        """
        if not isinstance(exception, ReviewappError) or request.path.startswith("/api/"):
            return None
        faults, title = getattr(exception, "faults", ()), str(getattr(exception, "title", ""))
        return refusal(request, exception.status, str(exception), faults, title=title)


def refusal(
    request: Any, status: int, text: str, faults: Sequence[Fault] = (), *, title: str = ""
) -> HttpResponse:
    """The page of one refusal, or its fragment when htmx (or our own script) asked."""
    project = getattr(request, "project", None)
    back_url, back_label = _way_back(request, project, status)
    context = {
        "status": status,
        "title": title or _title(status),
        "text": text,
        "faults": faults,
        "back_url": back_url,
        "back_label": back_label,
    }
    template = "errors/_fragment.html" if getattr(request, "htmx", False) else "errors/page.html"
    return render(request, template, context, status=status)


def _way_back(request: Any, project: Project | None, status: int) -> tuple[str, str]:
    """To the page without what it was asked, where that is what was refused; else to the project."""
    if project is None:
        return "/", _("To my projects")
    if status == Malformed.status and request.method == "GET" and request.path.endswith("/"):
        return request.path, _("The page without it")
    return f"/projects/{project.slug}/", _("Back to the project")


def _title(status: int) -> str:
    return {
        400: _("This request cannot be read"),
        401: _("You are not signed in"),
        403: _("This is not yours to do"),
        404: _("There is no such page"),
        405: _("This address takes another method"),
        409: _("Somebody was faster"),
        422: _("Something in it is wrong"),
        429: _("Too many requests"),
    }.get(status, _("This was refused"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    return refusal(
        request, 400, _("The server could not read what was sent. Go back, reload the page and retry.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    return refusal(
        request, 403, str(exception or "") or _("Ask an owner of the project for a role that may.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404. The exception is not shown: it would say which addresses exist."""
    speak_to(request)
    return refusal(
        request, 404, _("It does not exist, or it is not yours. Check the address, or start from home.")
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW. Our own script gets a token that holds: a sign-in in another tab has changed it.

    Another site can make a browser send such a request, but cannot read what it is answered.
    """
    response = refusal(
        request,
        403,
        _("The form was too old or came from another site, so nothing was done. Reload it and retry."),
    )
    if getattr(request, "htmx", False):
        response.headers["X-CSRFToken"] = get_token(request)
    return response
