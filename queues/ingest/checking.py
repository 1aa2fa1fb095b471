"""What is the same for every kind of record: what can be stored at all, how large it is, who it is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from pydantic import TypeAdapter, ValidationError

from queues.errors import Fault, Invalid
from queues.ingest import limits
from queues.ingest.faults import faults_in
from queues.ingest.jsontext import Sent
from queues.ingest.mending import mend
from queues.ingest.pseudonym import is_pseudonym, pseudonym

FaultsOf = Callable[[dict[str, Any]], list[Fault]]


@dataclass(frozen=True, slots=True)
class Storable:
    """A record in its shape; compact: as JSON with sorted keys; altered: pointers to mended texts."""

    record: dict[str, Any]
    compact: bytes
    altered: tuple[str, ...]


def storable(sent: Sent, faults_of: FaultsOf) -> Storable:
    """The record without what PostgreSQL and UTF-8 cannot hold. Raises Invalid with every fault.

    Walked only when there is something to mend.
    """
    if not isinstance(sent.value, dict):
        raise invalid([Fault("", "record.type", "A record is a JSON object.")])
    record, compact = sent.value, sent.compact or _compact(sent.value)
    altered: tuple[str, ...] = ()
    if compact is None or b"\\u0000" in compact:
        mended = mend(record)
        if mended.faults:
            raise invalid(mended.faults[: limits.FAULTS_REPORTED])
        record, altered = cast("dict[str, Any]", mended.value), tuple(mended.altered)
        compact = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    if faults := _faults_of_size(record, len(compact), faults_of) or faults_of(record):
        raise invalid(faults)
    return Storable(record, compact, altered)


def invalid(faults: Sequence[Fault]) -> Invalid:
    """The refusal of one record."""
    return Invalid("The record was not stored; correct what is listed and send it again.", faults)


def faults_of_shape(shape: TypeAdapter[Any], value: Any) -> list[Fault]:
    """What the type says against the value, by pointer."""
    try:
        shape.validate_python(value)
    except ValidationError as error:
        return faults_in(value, error.errors(include_url=False, include_input=False))
    return []


def pseudonymous(user_ref: str, user_key: bytes | None, pointer: str) -> str:
    """The user as a pseudonym; a raw id is refused where there is no key to make one."""
    if is_pseudonym(user_ref):
        return user_ref
    if user_key is None:
        detail = "Send a pseudonym (h: and the hexadecimal HMAC of the id), never the id itself."
        raise invalid([Fault(pointer, "subject.raw", detail)])
    return pseudonym(user_ref, user_key)


def _compact(record: dict[str, Any]) -> bytes | None:
    """None for lone surrogates, numbers out of range, or deeper than it writes."""
    try:
        return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return None


def _faults_of_size(record: dict[str, Any], size: int, faults_of: FaultsOf) -> list[Fault]:
    if len(record) > limits.OBJECT_KEYS:
        return [Fault("", "json.keys", f"A record may have at most {limits.OBJECT_KEYS} keys.")]
    if size <= limits.RECORD_BYTES:
        return []
    detail = f"A record may have at most {limits.RECORD_BYTES} bytes; this one has {size}."
    # What is too long by itself is named first: that is what the sender can shorten.
    return [*faults_of(record), Fault("", "record.too_large", detail)]
