"""JSON laid out for reading: only the white space between its parts changes, never a number, name or text."""

import json
import re

# A string as a whole, a mark of structure, a run of white space, or the rest of a number or word.
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[ \t\n\r]+|[^{}\[\],:" \t\n\r]+', re.DOTALL)
_INDENT = "  "
DEEPEST = 20  # levels that are indented: deeper ones would only cost width


def laid_out(text: str) -> str | None:
    """The JSON object or array of this text on lines of their own; None when the text is none.

    Not by reading and writing it again: that would lose repeated names and rewrite numbers.
    """
    if text.strip()[:1] not in ("{", "[") or not _is_json(text):
        return None
    parts = [part for part in _PART.findall(text) if not part.isspace()]
    return "".join(_lines(parts))


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _lines(parts: list[str]) -> list[str]:
    out: list[str] = []
    depth = 0
    for before, part in zip(["", *parts], parts, strict=False):
        if part in "}]":
            depth -= 1
        if (part in "}]" and before not in "{[") or (before in "{[," and before and part not in "}]"):
            out.append("\n" + _INDENT * min(depth, DEEPEST))
        if part in "{[":
            depth += 1
        out.append(": " if part == ":" else part)
    return out
