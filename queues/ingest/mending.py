"""Texts that cannot be stored: found, replaced by U+FFFD and reported; everything else untouched.

Only records in which something is known to be wrong are walked; see `record.check`.
"""

import math
from dataclasses import dataclass, field

from accounts.storable import is_storable, storable
from queues.errors import Fault
from queues.ingest import limits
from queues.ingest.jsontext import Unreadable
from queues.ingest.pointers import pointer

_KEY = "A key must not contain U+0000 or lone surrogates; rename it."
_DEPTH = f"This is nested deeper than {limits.DEPTH} levels; flatten it or send it as text."
_FINITE = "Only finite numbers can be stored; leave the field out when the value is unknown."
_KIND = "JSON has no such value; send text, numbers, true, false, null, lists or objects."
_RANGE = "This number does not fit a 64-bit number; send it as text."

Steps = tuple[str | int, ...]


@dataclass(slots=True)
class Mended:
    """A value that can be stored, where it was altered, and what could not be mended."""

    value: object = None
    altered: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def mend(value: object) -> Mended:
    """The same value with NUL and lone surrogates in texts as U+FFFD; the input is left as it is."""
    mended = Mended()
    mended.value = _mend(value, (), mended)
    return mended


def _mend(value: object, steps: Steps, mended: Mended) -> object:
    if isinstance(value, str):
        return _mend_text(value, steps, mended)
    if isinstance(value, dict | list):
        return _mend_inside(value, steps, mended)
    _check_leaf(value, steps, mended)
    return None if isinstance(value, Unreadable) else value


def _mend_text(text: str, steps: Steps, mended: Mended) -> str:
    if is_storable(text):
        return text
    mended.altered.append(pointer(steps))
    return storable(text)


def _mend_inside(value: dict[str, object] | list[object], steps: Steps, mended: Mended) -> object:
    # Two levels for the record itself and the section that holds the free value.
    if len(steps) > limits.DEPTH + 2:
        mended.faults.append(Fault(pointer(steps), "json.depth", _DEPTH))
        return None
    if isinstance(value, list):
        return [_mend(inner, (*steps, index), mended) for index, inner in enumerate(value)]
    mended.faults += [
        Fault(pointer((*steps, str(key))), "key.unstorable", _KEY)
        for key in value
        if not isinstance(key, str) or not is_storable(key)
    ]
    return {key: _mend(inner, (*steps, str(key)), mended) for key, inner in value.items()}


def _check_leaf(value: object, steps: Steps, mended: Mended) -> None:
    if value is None or isinstance(value, bool):
        return
    fault = None
    if isinstance(value, Unreadable):
        fault = Fault(pointer(steps), value.code, value.detail)
    elif isinstance(value, int):
        if not limits.INTEGER_MIN <= value <= limits.INTEGER_MAX:
            fault = Fault(pointer(steps), "number.range", _RANGE)
    elif isinstance(value, float):
        if not math.isfinite(value):
            fault = Fault(pointer(steps), "number.finite", _FINITE)
    else:
        fault = Fault(pointer(steps), "json.kind", _KIND)
    if fault:
        mended.faults.append(fault)
