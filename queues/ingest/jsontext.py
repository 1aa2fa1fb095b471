"""JSON text to values, with nothing lost on the way without a word.

The fast reader keeps the last of two equal keys, rounds integers beyond 64 bits and refuses lone
surrogates. So it is trusted only when a few counts over the bytes prove that none of these is there;
otherwise the careful reader marks each such place, and `mending` names it by pointer.
"""

import json
import re
from dataclasses import dataclass

import orjson

from queues.errors import Fault, Invalid
from queues.ingest import limits


class Unreadable:
    """Stands in a parsed value where the text said something that no stored value can say."""

    # Not a dataclass: orjson would write one as an object instead of refusing it.
    __slots__ = ("code", "detail")

    def __init__(self, code: str, detail: str) -> None:
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Sent:
    """One value that arrived; compact: the same as JSON with sorted keys, None when not yet written."""

    value: object
    compact: bytes | None = None


_REPEATED_KEY = "The key {key} stands here more than once; send it once."
_NUMBER_RANGE = "This number does not fit a 64-bit number; send it as text."

# Every byte as what it is to a number: 9 a digit, a space what may stand before one, x anything else.
_NUMBER_MAP = bytes(
    0x39 if byte in b"0123456789" else 0x20 if byte in b" \t\r\n:,[-" else 0x78 for byte in range(256)
)
_LONG_INTEGER = b" " + b"9" * 19  # fewer digits always fit 64 bits; those after a point are no integer
_SPACED_COLON = re.compile(rb'"[ \t\r\n]+:')


def parse(text: bytes) -> list[Sent] | Sent:
    """The value of one JSON document; a list of what it holds when it is an array.

    Raises Invalid with the reason and place of a syntax error. May contain `Unreadable` leaves and
    lone surrogates: `record.check` names them by pointer.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _unwritten(_parse_carefully(text))
    try:
        sent = _written(value)
    except orjson.JSONEncodeError:  # nested deeper than it writes
        return _unwritten(_parse_carefully(text))
    every = sent if isinstance(sent, list) else [sent]
    is_faithful = not _may_hide_something(text) and _count_keys(text) == sum(
        _count_keys(one.compact or b"") for one in every
    )
    return sent if is_faithful else _unwritten(_parse_carefully(text))


class TooMany(Exception):
    """A list with more records than a batch takes; the argument is how many."""


def _written(value: object) -> list[Sent] | Sent:
    if isinstance(value, list):
        _check_length(value)
        return [Sent(one, orjson.dumps(one, option=orjson.OPT_SORT_KEYS)) for one in value]
    return Sent(value, orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def _unwritten(value: object) -> list[Sent] | Sent:
    if isinstance(value, list):
        _check_length(value)
        return [Sent(one) for one in value]
    return Sent(value)


def _check_length(records: list[object]) -> None:
    """Before a thing is made of each: a few kB of gzip unpack to millions of numbers."""
    if len(records) > limits.BATCH_RECORDS:
        raise TooMany(len(records))


def _count_keys(text: bytes) -> int:
    # Within a string a quote is always escaped, so a bare `":` ends a key.
    escaped = text.count(b'\\":') if b"\\" in text else 0
    return text.count(b'":') - escaped


def _may_hide_something(text: bytes) -> bool:
    """True where the counts prove nothing: long integers, and keys spelt `"a" :` or `"a\\\\":`."""
    if _LONG_INTEGER in text.translate(_NUMBER_MAP) or (b"\\" in text and b'\\\\":' in text):
        return True
    # The single bytes are quick to look for and are not there in JSON written on one line.
    may_be_spaced = b" :" in text or b"\n" in text or b"\t" in text or b"\r" in text
    return may_be_spaced and _SPACED_COLON.search(text) is not None


def _parse_carefully(text: bytes) -> object:
    try:
        return _CAREFUL.decode(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _refusal("json.encoding", f"Byte {error.start} is not UTF-8; send JSON as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise _refusal("json.syntax", _place(error)) from None
    except RecursionError:
        detail = f"The JSON is nested too deep; at most {limits.DEPTH} levels are read."
        raise _refusal("json.depth", detail) from None


def _place(error: json.JSONDecodeError) -> str:
    return f"This is not JSON: {error.msg}, line {error.lineno}, column {error.colno}."


def _refusal(code: str, detail: str) -> Invalid:
    return Invalid(detail, [Fault("", code, detail)])


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            value = Unreadable("json.duplicate_key", _REPEATED_KEY.format(key=ascii(key[:50])))
        found[key] = value
    return found


def _integer(digits: str) -> int | Unreadable:
    if len(digits) > 20:  # never build a number of a million digits only to refuse it
        return Unreadable("number.range", _NUMBER_RANGE)
    value = int(digits)
    is_storable = limits.INTEGER_MIN <= value <= limits.INTEGER_MAX
    return value if is_storable else Unreadable("number.range", _NUMBER_RANGE)


def _float(digits: str) -> float | Unreadable:
    value = float(digits)
    return Unreadable("number.range", _NUMBER_RANGE) if value in (_INFINITY, -_INFINITY) else value


def _constant(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is not a JSON number", name, 0)


_INFINITY = float("inf")
_CAREFUL = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
