"""Every request gets an id, which its answer and each error carry, and leaves one line in the log.

The line holds no body, no query, no key and no name: only what happened, to which route, for which ids.
"""

import json
import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.models import ApiKey

log = logging.getLogger("reviewapp.requests")

Answer = Callable[[HttpRequest], HttpResponse]
_LONGEST_PATH = 300


class RequestLog:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Never taken from the client: an id that a stranger chooses could be made to look like another's.
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        started = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        log.info("%s", _line(request, response, time.perf_counter() - started))
        return response


def _line(request: HttpRequest, response: HttpResponse, seconds: float) -> str:
    """One JSON object on one line, ASCII only: nothing in a path can end the line or colour a terminal."""
    actor = getattr(request, "actor", None)
    key = getattr(request, "key", None)
    return json.dumps(
        {
            "request": getattr(request, "id", ""),
            "method": (request.method or "")[:16],
            "path": request.path[:_LONGEST_PATH],
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "person": actor.person_id if actor else None,
            "key": key.pk if isinstance(key, ApiKey) else None,
        }
    )
