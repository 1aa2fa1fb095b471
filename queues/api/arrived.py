"""Bodies that hold records: read within their limits, each record checked by itself."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from queues.api.base import ProjectRequest
from queues.errors import Invalid
from queues.ingest import body, limits
from queues.ingest.body import Arrived
from queues.ingest.jsontext import Sent

Checked = TypeVar("Checked")


def read_one(request: ProjectRequest) -> Sent:
    """The one record of the body."""
    return body.read_one(_bytes(request), **_declared(request))


def read_batch(request: ProjectRequest) -> list[Arrived]:
    """The records of the body, a list or one a line, in their order."""
    return body.read_batch(_bytes(request), **_declared(request))


def check_each(arrived: Sequence[Arrived], check: Callable[[Sent], Checked]) -> list[Checked | Invalid]:
    """Each record as it may be stored, or why not."""
    checked: list[Checked | Invalid] = []
    for one in arrived:
        try:
            checked.append(check(one) if isinstance(one, Sent) else one)
        except Invalid as error:
            checked.append(error)
    return checked


def _bytes(request: ProjectRequest) -> bytes:
    """At most one byte more than is taken: a larger body is refused without being read."""
    return request._request.read(limits.BODY_BYTES + 1)


def _declared(request: ProjectRequest) -> dict[str, str]:
    return {
        "content_type": request.META.get("CONTENT_TYPE", ""),
        "content_encoding": request.META.get("HTTP_CONTENT_ENCODING", ""),
    }
