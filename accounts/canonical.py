"""RFC 8785 canonical JSON: the same bytes for the same value, whoever writes them.

`json.dumps(sort_keys=True)` gives other bytes for 1.0, -0.0, 1e21 and keys beyond U+FFFF. orjson is
ten times faster than the reference package and gives the same bytes for what almost every record
is: text, booleans, nulls and small integers under plain keys. Whatever else comes takes the slow road.
"""

from typing import Any

import orjson
import rfc8785

# RFC 8785 numbers are doubles: beyond these, integers are not exact (and the package refuses them).
EXACT = 2**53 - 1


def canonical(record: Any) -> bytes:
    """The RFC 8785 bytes of a JSON value; raises ValueError for what JSON cannot hold exactly."""
    if _is_plain(record):
        return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    return rfc8785.dumps(record)


def _is_plain(value: Any) -> bool:
    """Whether orjson and RFC 8785 are sure to agree.

    ASCII keys sort alike by code point and by UTF-16 unit, and text is escaped alike; floats are not
    written alike, so they are never plain. Exact types: a subclass may serialise as something else.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not key.isascii():
                return False
            if type(inner) is not str and not _is_plain(inner):  # most are texts: no call for them
                return False
        return True
    if kind is list:
        return all(map(_is_plain, value))
    return kind is int and -EXACT <= value <= EXACT
