"""JSON pointers into what was sent: how faults and alterations name a place in a record."""

from collections.abc import Iterable

from accounts import json_pointer

_STEP_CHARACTERS = 200  # a hostile key is not repeated in full in every answer and log line


def pointer(steps: Iterable[str | int]) -> str:
    """The pointer to the value at these keys and indexes; "" is the whole record."""
    return json_pointer.pointer(map(_said, steps))


def _said(step: str | int) -> str:
    if isinstance(step, int):
        return str(step)
    short = step if len(step) <= _STEP_CHARACTERS else step[:_STEP_CHARACTERS] + "…"
    return storable(short)


def storable(text: str) -> str:
    """The text with NUL and lone surrogates, which PostgreSQL and UTF-8 cannot hold, as U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
