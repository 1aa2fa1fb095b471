"""The number that a text comes to: what a golden answer and an output are compared by. Pure."""

import math
import re

LOOK_AT = 10_000  # code points, from the end at which the wanted number stands


def number_in(text: str, *, pick: str = "last", decimal: str = ".") -> float | None:
    """The last (or first) number that a text holds; None when there is none.

    ASCII digits, groups of three by comma (by point where the comma is the decimal mark), thin space, space
    or apostrophe, an exponent, a sign before it that is no hyphen of a word or range.
    """
    group, mark = (",", ".") if decimal == "." else (".", ",")
    for found in _found(text, pick, decimal):
        digits = found.replace("\u2212", "-")
        for sign in (group, "\u2009", "\u202f", "\u00a0", " ", "'", "’"):
            digits = digits.replace(sign, "")
        value = float(digits.replace(mark, "."))
        if math.isfinite(value):
            return value
    return None


def _found(text: str, pick: str, decimal: str) -> list[str]:
    """The numbers of the part of a long text in which the wanted one stands, the wanted one first."""
    part = text[:LOOK_AT] if pick == "first" else text[-LOOK_AT:]
    numbers = _NUMBERS[decimal].findall(part)
    return numbers if pick == "first" else numbers[::-1]


def _pattern(group: str, mark: str) -> re.Pattern[str]:
    groups = rf"[{group}\u2009\u202f\u00a0 '’]"
    whole = rf"[0-9]{{1,3}}(?:{groups}[0-9]{{3}})+(?![0-9])|[0-9]{{1,300}}"
    sign, exponent = rf"(?<![\w{mark}])[-+\u2212]", "[eE][-+]?[0-9]{1,3}"
    return re.compile(rf"(?:{sign})?(?:{whole})(?:{mark}[0-9]{{1,300}})?(?:{exponent})?")


_NUMBERS = {".": _pattern(",", r"\."), ",": _pattern(r"\.", ",")}
