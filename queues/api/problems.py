"""Every refusal of the API as RFC 9457 problem JSON: what was tried, why not, what to do next.

`type` is stable and documented (docs/api.md); `instance` is the request's id, under which the log knows
it; `errors` lists each fault by JSON pointer. Nothing of the server's inside is shown.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import pydantic
from django.core.exceptions import BadRequest as DjangoBadRequest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout
from rest_framework import exceptions as drf

from accounts.json_pointer import pointer
from queues.errors import Fault, ReviewappError

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
_BUSY_SECONDS = 2


class Stale(ReviewappError):
    """It was changed since it was read (412)."""

    status = 412
    code = "stale"


class TooLarge(ReviewappError):
    """More bytes than this takes (413)."""

    status = 413
    code = "too_large"


class WrongMediaType(ReviewappError):
    """Sent in a form that this does not take (415)."""

    status = 415
    code = "wrong_media_type"


class VersionMissing(ReviewappError):
    """Changing this needs If-Match (428)."""

    status = 428
    code = "version_missing"


class TooMany(ReviewappError):
    """Too many requests in a short time (429)."""

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": str(retry_after_seconds)}


def problem(
    request: Any,
    status: int,
    code: str,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer itself."""
    body: dict[str, object] = {
        "type": f"urn:reviewapp:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": getattr(request, "id", ""),
    }
    if faults:
        body["errors"] = [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults]
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def of_exception(error: Exception, request: Any) -> HttpResponse | None:
    """The problem for a refusal; None for our own mistakes, which the log and a plain 500 are for."""
    if isinstance(error, ReviewappError):
        faults = getattr(error, "faults", ())
        headers = getattr(error, "headers", None)
        return problem(request, error.status, error.code, str(error), faults=faults, headers=headers)
    if isinstance(error, pydantic.ValidationError):
        detail = _("The body was read, but something in it is wrong. See “errors”.")
        return problem(request, 422, "invalid", detail, faults=list(faults_of(error)))
    if isinstance(error, drf.APIException):
        return _of_rest_framework(error, request)
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        log.warning("database away or busy: %s", type(error).__name__)
        return busy(request)
    for kind, (status, code, detail) in _DJANGO.items():
        if isinstance(error, kind):
            return problem(request, status, code, _(detail))
    return None


def busy(request: Any) -> HttpResponse:
    detail = _("The database is away or has no room right now. Nothing was done; try again shortly.")
    return problem(request, 503, "busy", detail, headers={"Retry-After": str(_BUSY_SECONDS)})


_DJANGO: dict[type[Exception], tuple[int, str, str]] = {
    Http404: (404, "not_found", "There is no such thing, or it is not yours. Check the address."),
    PermissionDenied: (403, "not_allowed", "You may not do this. Ask an owner of the project."),
    RequestDataTooBig: (413, "too_large", "The body is too large. Send it in smaller parts."),
    UnreadablePostError: (400, "malformed", "The body ended too early. Send it again."),
    SuspiciousOperation: (400, "malformed", "The request cannot be read. Check its address and headers."),
    DjangoBadRequest: (400, "malformed", "The request cannot be read. Check its address and headers."),
}

_REST_FRAMEWORK_CODES = {
    400: "malformed",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "wrong_media_type",
    429: "too_many_requests",
}


def _of_rest_framework(error: drf.APIException, request: Any) -> HttpResponse:
    if isinstance(error, drf.ValidationError):
        detail = _("The body was read, but something in it is wrong. See “errors”.")
        return problem(request, 422, "invalid", detail, faults=list(_serializer_faults(error.detail, "")))
    status = error.status_code
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait_seconds := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait_seconds))
    return problem(
        request, status, _REST_FRAMEWORK_CODES.get(status, "refused"), str(error.detail), headers=headers
    )


def faults_of(error: pydantic.ValidationError) -> Iterator[Fault]:
    """All faults of a pydantic model, by JSON pointer; never the value that was sent."""
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        yield Fault(pointer(fault["loc"]), fault["type"], fault["msg"])


def _serializer_faults(detail: Any, at: str) -> Iterator[Fault]:
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from _serializer_faults(inner, at if key == "non_field_errors" else at + pointer([key]))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            here = at + pointer([index]) if isinstance(inner, (Mapping, list)) else at
            yield from _serializer_faults(inner, here)
    else:
        yield Fault(at, getattr(detail, "code", "invalid"), str(detail))


class ProblemsOnly:
    """Middleware: below /api/ every refusal is problem JSON, also those that no view of ours made.

    (an unknown address, a wrong Host header, a body over the limit, a mistake of ours)
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_ours = response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)
        if response.status_code < 400 or is_ours or not request.path.startswith("/api/"):
            return response
        return _translated(request, response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Refusals of views that are not Django REST framework's, such as signed links."""
        is_ours = isinstance(exception, ReviewappError) and request.path.startswith("/api/")
        return of_exception(exception, request) if is_ours else None


def _translated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
    details = {
        400: _("The request cannot be read. Check its address and headers."),
        403: _("You may not do this. Ask an owner of the project."),
        404: _("There is nothing at this address. Check it against the API reference."),
        405: _("This address takes another method; see the header Allow."),
        413: _("The body is too large. Send it in smaller parts."),
        503: _("The service is busy. Nothing was done; try again shortly."),
    }
    status = response.status_code
    code = {413: "too_large", 500: "internal", 503: "busy"}.get(status) or _REST_FRAMEWORK_CODES.get(
        status, "refused"
    )
    own_mistake = _(
        "This is our mistake. It was noted under the id in “instance”; try again, and tell us if it stays."
    )
    return problem(request, status, code, details.get(status, own_mistake), headers=kept)
