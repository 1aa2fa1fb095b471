"""Lists in pages: an opaque signed cursor over a stable total order, no counts, constant cost.

    page = pagination.page(request, Queue.objects.filter(...), order=("-created_at", "-id"))
    return Response(page.body([present(queue) for queue in page.rows]))

The cursor is the position of the last row, signed for this caller, this address and these filters: with
anything else, or of somebody else's making, it is refused.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from queues.api import parameters
from queues.api.rate_limit import caller_of
from queues.errors import Fault, Malformed

PARAMETERS = frozenset({"cursor", "limit"})
DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 1000

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    next_cursor: str | None

    def body(self, items: Sequence[object]) -> dict[str, object]:
        """The answer's body: the presented rows, and where to go on (null: this was the last page)."""
        return {"items": items, "next_cursor": self.next_cursor}


def page(request: Request, rows: QuerySet[Row], *, order: Sequence[str]) -> Page[Row]:
    """One page of `rows`. order: field names, all with or all without "-", the last one unique."""
    limit = parameters.whole(request, "limit", low=1, high=HIGHEST_LIMIT) or DEFAULT_LIMIT
    salt = _salt(request)
    found = list(_after(rows, order, _position(request, salt, order)).order_by(*order)[: limit + 1])
    rows_here = found[:limit]
    if len(found) <= limit:
        return Page(rows_here, None)
    position = [_field(rows_here[-1], name) for name in order]
    return Page(rows_here, signing.dumps(position, salt=salt, serializer=_Positions))


def position(request: Request) -> int | None:
    """Where a list that is read by id, newest first, goes on: below this id; None at its beginning."""
    there = _position(request, _salt(request), ("-id",))
    return None if there is None else int(there[0])


def cursor_at(request: Request, before: int | None) -> str | None:
    """The cursor under which `position` gives this id; None at the end of the list."""
    return None if before is None else cursor_at_pair(request, (before,))


def pair(request: Request) -> tuple[int, int] | None:
    """Where a list that is read by two numbers goes on: behind these; None at its beginning."""
    there = _position(request, _salt(request), ("first", "second"))
    return None if there is None else (int(there[0]), int(there[1]))


def cursor_at_pair(request: Request, numbers: Sequence[int]) -> str:
    """The cursor under which `pair` gives these numbers."""
    return signing.dumps(list(numbers), salt=_salt(request), serializer=_Positions)


def _after(rows: QuerySet[Row], order: Sequence[str], position: Sequence[Any] | None) -> QuerySet[Row]:
    """The rows beyond the position; the first column's bound stands alone: an index can start there."""
    if position is None:
        return rows
    beyond = "lt" if order[0].startswith("-") else "gt"
    names = [name.removeprefix("-") for name in order]
    condition = Q(**{f"{names[-1]}__{beyond}": position[-1]})
    for name, value in zip(reversed(names[:-1]), reversed(position[:-1]), strict=True):
        condition = Q(**{f"{name}__{beyond}e": value}) & (Q(**{f"{name}__{beyond}": value}) | condition)
    return rows.filter(condition)


def _position(request: Request, salt: str, order: Sequence[str]) -> list[Any] | None:
    cursor = request.GET.get("cursor")
    if cursor is None:
        return None
    try:
        position = signing.loads(cursor, salt=salt, serializer=_Positions)
    except (signing.BadSignature, ValueError) as error:
        raise _wrong_cursor() from error
    if not isinstance(position, list) or len(position) != len(order):
        raise _wrong_cursor()
    return position


def _salt(request: Request) -> str:
    filters = sorted((name, value) for name, value in request.GET.items() if name not in PARAMETERS)
    digest = hashlib.sha256(urlencode(filters).encode()).hexdigest()
    return f"cursor:{caller_of(request)}:{request.path}:{digest}"


def _field(row: Model, name: str) -> Any:
    value: Any = row
    for step in name.removeprefix("-").split("__"):
        value = getattr(value, step)
    return value


def _wrong_cursor() -> Malformed:
    detail = _("This cursor is not one that this list gave to you. Leave it out to start from the beginning.")
    return Malformed(detail, [Fault("?cursor", "parameter.wrong", detail)])


class _Positions(signing.JSONSerializer):
    """Times in full (microseconds), or the row at the border would come twice."""

    def dumps(self, obj: Any) -> bytes:
        return _Encoder(separators=(",", ":")).encode(obj).encode("latin-1")


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
