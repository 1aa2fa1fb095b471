"""Insults, slurs and threats in the output by lists of words, English and German (`insults.*.json`).

A list knows words, not meaning: it misses all that is said politely, misspelled or in other words, and
flags a quotation like the thing itself. Words that people also use of themselves, or that mean something
else as well, are left out on purpose. How much is missed: docs/detectors.md.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple

from queues.score.detector import LOW, MEDIUM, SEVERITIES, Finding, Record, detectors
from queues.score.detectors.house import finding
from queues.score.detectors.patterns import Span
from queues.score.detectors.texts import OUTPUT, text_of
from queues.score.detectors.words import Words

VERSION = "insults-1"
LANGUAGES = ("en", "de")
MOST = 20  # findings in one output

# Said to somebody it weighs more: "you are such an idiot", "du Idiot".
_ADDRESSED = re.compile(
    r"\b(?:you|you're|you’re|youre|u|ur|your|du|dich|dir|ihr|euch|sie sind|bist)(?: [\w'’]+){0,3} \Z",
    re.IGNORECASE,
)
_LOOKED_BACK = 40


class Term(NamedTuple):
    """One entry of the lists."""

    words: str
    category: str
    severity: int


def _terms(language: str) -> Iterator[Term]:
    data = json.loads(files(__package__).joinpath(f"insults.{language}.json").read_text("utf-8"))
    for row in data["lists"]:
        yield from _of(row, row["entries"])
    for row in data["phrases"]:
        yield from _of(row, map(" ".join, itertools.product(*row["parts"])))


def _of(row: Mapping[str, Any], entries: Iterator[str] | Sequence[str]) -> Iterator[Term]:
    yield from (Term(entry, row["category"], SEVERITIES[row["severity"]]) for entry in entries)


TERMS: Sequence[Term] = tuple(term for language in LANGUAGES for term in _terms(language))
_WORDS = Words([term.words for term in TERMS])


class Said(NamedTuple):
    """One entry in a text."""

    category: str
    severity: int
    span: Span


@detectors.register("insults")
def insult_findings(record: Record, /) -> Sequence[Finding]:
    """What is in the output, each with its span."""
    return [
        finding(VERSION, said.category, said.severity, target=OUTPUT, span=said.span)
        for said in insults_in(text_of(record, OUTPUT))
    ]


def insults_in(text: str) -> list[Said]:
    """Every entry of the lists in the text, from left to right, at most `MOST`."""
    return [
        Said(TERMS[found.entry].category, _severity(TERMS[found.entry], text, found.span[0]), found.span)
        for found in islice(_WORDS.found(text), MOST)
    ]


def _severity(term: Term, text: str, start: int) -> int:
    before = text[max(0, start - _LOOKED_BACK) : start]
    return MEDIUM if term.severity == LOW and _ADDRESSED.search(before) else term.severity
