"""Verbalised confidence: what the output says of itself (methods.md 2.6). Never use it alone."""

import re
from collections.abc import Mapping

from queues.score.answers import final_answer, output_text
from queues.score.measure import Record, Value, measures, missing

NAMES = ("verbalised_confidence",)

# The word, perhaps its scale in brackets, few signs that are no digits, then 0.85 · 85 % · 8/10 · 0,85.
_STATED = re.compile(
    r"\bconfidence\b(?:\s*\([^()\n]{0,40}\))?[^\d\n]{0,40}?"
    r"(?P<number>(?<!\w)-?(?:\d{1,12}(?:[.,]\d{1,12})?|\.\d{1,12}))"
    r"(?:\s*(?:(?P<percent>%)|/\s*(?P<of>\d{1,12}(?:[.,]\d{1,12})?)))?",
    re.IGNORECASE,
)


@measures.register("verbalised")
def verbalised_scores(record: Record, /) -> Mapping[str, Value]:
    """`verbalised_confidence` = 1 - the confidence that the output's text states."""
    confidence = stated_confidence(final_answer(output_text(record)))
    if confidence is None:
        return missing(NAMES, "no_stated_confidence")
    return {"verbalised_confidence": Value(1.0 - confidence)}


def stated_confidence(text: str) -> float | None:
    """The number behind the last word "confidence" that has one, 0..1; None without one, or outside."""
    if "confidence" not in text.lower():
        return None
    found = list(_STATED.finditer(text))
    return _share(found[-1]) if found else None


def _share(stated: re.Match[str]) -> float | None:
    number, whole = _number(stated["number"]), _number(stated["of"] or "1")
    if stated["percent"]:
        whole = 100.0
    return number / whole if 0.0 <= number <= whole and whole else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))
