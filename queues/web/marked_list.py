"""The marked places of an answer as a list to read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WORDS_SHOWN = 60  # characters of a marked place
MARKS_LISTED = 100  # as many as static/js/span_list.js lists at a time


@dataclass(frozen=True, slots=True)
class MarkedPlace:
    """One marked place in a list: its offsets, the codes in words, the comment, the words that are marked."""

    start: int
    end: int
    on: str
    code: str
    severity: str
    comment: str
    words: str = ""


def listed(value: Any, words: Mapping[str, str], texts: Mapping[str, str]) -> list[MarkedPlace]:
    """The first places as a list to read; what is malformed is left to the fault."""
    places = value[:MARKS_LISTED] if isinstance(value, list) else []
    return [_marked_place(place, words, texts) for place in places if isinstance(place, dict)]


def _marked_place(
    place: Mapping[str, Any], words: Mapping[str, str], texts: Mapping[str, str]
) -> MarkedPlace:
    code, severity = (str(place.get(name) or "") for name in ("category", "severity"))
    code = code or str(place.get("mark") or "")
    start, end = (_offset(place.get(name)) for name in ("start", "end"))
    on = str(place.get("on") or "output")
    return MarkedPlace(
        start=start,
        end=end,
        on=on,
        code=words.get(code, code),
        severity=words.get(severity, severity),
        comment=str(place.get("comment") or place.get("document") or ""),
        words=texts.get(on, "")[start : min(end, start + WORDS_SHOWN)],
    )


def _offset(value: Any) -> int:
    return value if type(value) is int else 0


def not_listed(value: Any) -> int:
    """How many places are left out."""
    return max(0, len(value) - MARKS_LISTED) if isinstance(value, list) else 0
