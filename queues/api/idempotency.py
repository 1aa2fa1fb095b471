"""Idempotency-Key: a POST that is sent again gets the same answer, and is done once.

A row per caller, route and key. The request that works on it holds the row's lock in the transaction of its
work, and stores its answer in the same: either both are there, or neither. Whoever finds the row locked has a
twin still running (409); whoever finds it free and without an answer takes over from one that died. Only
successes are kept: a refused request may be corrected and sent again under the same key.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.models import StoredAnswer
from queues.api.rate_limit import caller_of
from queues.errors import Fault, Invalid, Malformed, ReviewappError, Taken


class AnswerErased(ReviewappError):
    """The request was done, but its answer is not kept any more (410)."""

    status = 410
    code = "answer_erased"


_SHAPE = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_KEPT_HEADERS = ("Location", "ETag", "Content-Type")

_NOTHING = Exception()

Work = Callable[[], HttpResponse]


def once(request: Any, work: Work) -> HttpResponse:
    """The answer of `work`, or the one it gave when this key was first used; plain work without a key."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return work()
    if not _SHAPE.fullmatch(key):
        raise Malformed(
            _("Idempotency-Key takes 1 to 255 visible ASCII characters, such as a UUID. Send another one.")
        )
    name = {"caller": caller_of(request), "route": request.path[:500], "key": key}
    digest = hashlib.sha256(
        request.META.get("CONTENT_TYPE", "").encode() + b"\n" + request._request.body
    ).digest()
    StoredAnswer.objects.bulk_create([StoredAnswer(**name, request_sha256=digest)], ignore_conflicts=True)
    with transaction.atomic():
        row = _lock(name, digest)
        if row.status is not None:
            return _replay(row)
        response, refusal = _attempt(work)
        if response is None or response.status_code >= 400 or response.streaming:
            row.delete()
        else:
            _keep(row, response)
    if response is None:
        raise refusal
    return response


def _lock(name: dict[str, str], digest: bytes) -> StoredAnswer:
    row = StoredAnswer.objects.select_for_update(skip_locked=True).filter(**name).first()
    if row is None:
        raise Taken(
            _("A request with this Idempotency-Key is still running. Ask again in a second for its answer.")
        )
    if bytes(row.request_sha256) != digest:
        detail = _("This Idempotency-Key was used with another body. Use a new key for another request.")
        raise Invalid(detail, [Fault("", "idempotency_key.other_body", detail)])
    return row


def _attempt(work: Work) -> tuple[HttpResponse | None, Exception]:
    """The answer, or why there is none; what refused work had written is undone."""
    try:
        with transaction.atomic():
            return work(), _NOTHING
    except Exception as refusal:  # noqa: BLE001 - raised again by `once`, after the row is let go
        return None, refusal


def _keep(row: StoredAnswer, response: HttpResponse) -> None:
    row.status = response.status_code
    row.headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    row.body = response.content
    row.save(update_fields=["status", "headers", "body"])


def _replay(row: StoredAnswer) -> HttpResponse:
    if row.body is None:
        raise AnswerErased(
            _("It was done. Its answer went when texts of the project were erased; read the record.")
        )
    return HttpResponse(
        bytes(row.body), status=row.status, headers={**row.headers, "Idempotency-Replayed": "true"}
    )
