"""Small JSON bodies, read strictly: what two programs could understand differently is refused.

No duplicate keys, no NaN, no numbers beyond a float, at most 64 levels, an object at the top. Shapes are
pydantic models below `Body`: no casts ("0.9" is no number), no unknown keys, every fault by its pointer.
"""

import json
import math
from collections.abc import Collection, Iterable
from typing import Annotated, Any, Never, TypeVar

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from rest_framework.request import Request

from accounts.names import is_plain
from accounts.storable import storable
from queues.api.problems import TooLarge, WrongMediaType
from queues.errors import Fault, Invalid, Malformed

LONGEST_BYTES = 1024 * 1024
DEEPEST = 64
LONGEST_NUMBER = 400


class Body(BaseModel):
    """Base of every request body."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _plain(text: str) -> str:
    if not is_plain(text) or text != text.strip():
        raise ValueError("no control, format or outer space characters")
    return text


def _mended(text: object) -> object:
    """What no database keeps as U+FFFD; the shape refuses what is no text."""
    return storable(text) if isinstance(text, str) else text


Text = Annotated[str, BeforeValidator(_mended)]
"""Free text, kept code point for code point but for NUL and lone surrogates."""
Reason = Annotated[Text, Field(min_length=1, max_length=2_000, pattern=r"\S")]
"""Why somebody does it, for those who will read the history."""
Identifier = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
"""A name that programs compare: no control, format or outer space characters."""
Number = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""An id or a counter: what the database can hold."""

Shape = TypeVar("Shape", bound=Body)


def read(request: Request, shape: type[Shape], *, longest_bytes: int = LONGEST_BYTES) -> Shape:
    """The body as an instance of `shape`; every fault at once (422)."""
    return shape.model_validate(read_object(request, longest_bytes=longest_bytes))


def read_object(request: Request, *, longest_bytes: int = LONGEST_BYTES) -> dict[str, Any]:
    """The body as a JSON object (400, 413, 415)."""
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
        raise WrongMediaType(_("The body is compressed. Send this one as it is."))
    if request.META.get("CONTENT_LENGTH") in (None, "", "0"):
        raise Malformed(_("The body is empty. Send a JSON object, at least {}."))
    media_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise WrongMediaType(
            _("The body is not declared as JSON. Send it with Content-Type: application/json.")
        )
    body: bytes = request._request.body
    if len(body) > longest_bytes:
        raise TooLarge(_("The body has more than %(max)d bytes. Send less at once.") % {"max": longest_bytes})
    value = parse(body)
    if not isinstance(value, dict):
        raise Malformed(_("The body is not a JSON object. Put its fields between { and }."))
    return value


def parse(body: bytes) -> Any:
    """One JSON value out of UTF-8 bytes, or Malformed with the reason and the place."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except UnicodeDecodeError as error:
        raise Malformed(_("The body is not UTF-8. Send JSON in UTF-8.")) from error
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise Malformed(
            _("The body is not JSON: see line %(line)d, column %(column)d. Correct it and send it again.")
            % place
        ) from error
    except ValueError as error:
        raise Malformed(_("The body is not strict JSON: %(reason)s.") % {"reason": error}) from error
    _check_depth(value)
    return value


def _no_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError("the same key twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER or not math.isfinite(number := float(digits)):
        raise ValueError("a number that is too long or too large")
    return number


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number that is too long")
    return int(digits)


def _check_depth(value: Any) -> None:
    level = [value]
    for _depth in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise _too_deep()


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> Malformed:
    return Malformed(_("The body has more than %(max)d levels. Send it flatter.") % {"max": DEEPEST})


def within(place: str, error: Invalid, *, outside: Collection[str] = ()) -> Invalid:
    """The same refusal, with the pointers as seen from the whole body; those of `outside` are so already."""
    faults = [
        fault if fault.pointer in outside else Fault(place + fault.pointer, fault.code, fault.detail)
        for fault in error.faults
    ]
    return Invalid(str(error), faults)
