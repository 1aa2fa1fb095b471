"""The kinds of value that the sections of a record are made of.

Strict: nothing is cast ("0.9" is not a number, true is not 1) and nothing is trimmed.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from queues.ingest import limits

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

# Printable, no space around it, no control, format, private or unassigned character, no U+FFFD
# (which is what an unstorable character was replaced by).
_UNPRINTABLE = r"\p{C}\p{Zl}\p{Zp}\x{FFFD}"
NAME_PATTERN = rf"^[^{_UNPRINTABLE}\p{{Z}}](?:[^{_UNPRINTABLE}]*[^{_UNPRINTABLE}\p{{Z}}])?$"

Text = str
Name = Annotated[str, StringConstraints(max_length=limits.NAME_CHARACTERS, pattern=NAME_PATTERN)]
_NAME: TypeAdapter[str] = TypeAdapter(Name)
Tag = Annotated[str, StringConstraints(max_length=limits.TAG_CHARACTERS, min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
LogProbability = Annotated[float, Field(le=0)]

_LOCALE = r"^(?:[A-Za-z]{2,3}|[xX]-[A-Za-z0-9]{1,8})(?:-[A-Za-z0-9]{1,8})*$"
Locale = Annotated[str, StringConstraints(max_length=35, pattern=_LOCALE)]


def is_name(text: str) -> bool:
    """Whether a record could have this as a name, so that there can be something under it."""
    try:
        _NAME.validate_python(text)
    except ValidationError:
        return False
    return True


_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(days=1)


def parse_time(text: str) -> datetime:
    """The moment that an RFC 3339 text with an offset names, in UTC. Raises ValueError."""
    if _TIMESTAMP.fullmatch(text) is None:
        raise ValueError("not RFC 3339 with an offset")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError:  # year 1 or 9999, moved over the edge by its offset
        raise ValueError("outside of the calendar") from None


def _check_time(text: str) -> str:
    try:
        moment = parse_time(text)
    except ValueError:
        raise PydanticCustomError(
            "time.format", "This must be a time like 2026-03-01T10:00:02.250Z, with its offset from UTC."
        ) from None
    if moment < _EARLIEST:
        raise PydanticCustomError("time.past", "This time is before 1970; check the sender's clock.")
    return text


def _check_past(text: str) -> str:
    _check_time(text)
    if parse_time(text) > datetime.now(UTC) + CLOCK_TOLERANCE:
        raise PydanticCustomError("time.future", "This time is in the future; check the sender's clock.")
    return text


Time = Annotated[str, AfterValidator(_check_time)]
PastTime = Annotated[str, AfterValidator(_check_past)]


def _check_hexadecimal(text: str) -> str:
    if text.strip("0") == "":
        raise PydanticCustomError(
            "trace.zero", "An id of zeros only means that there is no trace; leave it out."
        )
    return text


TraceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$"), AfterValidator(_check_hexadecimal)]
SpanId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$"), AfterValidator(_check_hexadecimal)]


def check_free(value: Any) -> Any:
    """Any JSON value, within the limits of depth and keys, finite numbers only."""
    level = [value]
    for _ in range(limits.DEPTH + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return value
    raise PydanticCustomError(
        "json.depth", "This is nested deeper than {levels} levels; flatten it.", {"levels": limits.DEPTH}
    )


def _inside(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        if len(value) > limits.OBJECT_KEYS:
            raise PydanticCustomError(
                "json.keys", "An object may have at most {keys} keys.", {"keys": limits.OBJECT_KEYS}
            )
        return list(value.values())
    if isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError("number.finite", "Only finite numbers can be stored.")
    return []


Free = Annotated[Any, AfterValidator(check_free)]
FreeObject = Annotated[dict[str, Any], AfterValidator(check_free)]


def _check_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(metadata)) > limits.METADATA_BYTES:
        raise PydanticCustomError(
            "metadata.too_large", "metadata may have at most {bytes} bytes.", {"bytes": limits.METADATA_BYTES}
        )
    source = metadata.get("source")
    # Shown beside every prediction as where it came from, so it has one type.
    if source is not None and not isinstance(source, str):
        raise PydanticCustomError(
            "metadata.source",
            "metadata.source names the sending system and must be text.",
            {"at": ("source",)},
        )
    return metadata


Metadata = Annotated[FreeObject, AfterValidator(_check_metadata)]
