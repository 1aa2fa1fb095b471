"""One word list against one text, within a budget of time. Pure: no database, no Django.

RE2 needs time linear in the text whatever the pattern, but a pattern can make the factor large. It cannot be
interrupted, so a long text is looked through in overlapping stretches, with a look at the clock after each.
Words repeat nothing, so their factor is bounded by the size of the list: they are never too slow, and no
text that somebody makes up can switch such a list off.
"""

import math
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

import re2

from queues.score.detectors.patterns import Span, options
from queues.score.detectors.words import Words

WORDS, PATTERNS = "words", "patterns"
BUDGET_SECONDS = 0.050  # of processor time per text
MOST_PLACES = 20  # in one text
STRETCH = 8_192  # code points; neighbours overlap by as many, so a shorter match is never cut in two


class Place(NamedTuple):
    """One entry of a list (its place there), where it stands in the text."""

    entry: int
    span: Span


class TooSlow(Exception):
    """The list took longer than its budget on this text."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds * 1000:.0f} ms")
        self.milliseconds = max(1, round(seconds * 1000))


class _Entries(Protocol):
    """The entries of a list, compiled."""

    def walk(self, text: str) -> Iterator[list[Place]]:
        """What stands in one stretch of the text after the other."""


class Matcher:
    """The entries of one list version, compiled once; it may be used by several threads."""

    def __init__(self, kind: str, entries: Sequence[str]) -> None:
        self._has_budget = kind == PATTERNS
        self._entries: _Entries = _AsPatterns(entries) if self._has_budget else _AsWords(entries)

    def places(self, text: str, *, budget_seconds: float = BUDGET_SECONDS) -> list[Place]:
        """Where entries stand, from left to right, at most `MOST_PLACES`. Raises TooSlow (patterns only).

        Only who is over the budget twice is too slow: the first time may have been a disturbance.
        """
        try:
            return self._places(text, budget_seconds if self._has_budget else math.inf)
        except TooSlow:
            return self._places(text, budget_seconds)

    def _places(self, text: str, budget_seconds: float) -> list[Place]:
        began = time.thread_time()
        found: set[Place] = set()
        for places in self._entries.walk(text):
            found.update(places)
            if (seconds := time.thread_time() - began) > budget_seconds:
                raise TooSlow(seconds)
            if len(found) >= MOST_PLACES:
                break
        return sorted(found, key=lambda place: place.span)[:MOST_PLACES]


class _AsWords:
    """One automaton, one pass."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._words = Words(entries)

    def walk(self, text: str) -> Iterator[list[Place]]:
        yield [Place(found.entry, found.span) for found in islice(self._words.found(text), MOST_PLACES)]


class _AsPatterns:
    """One automaton says which occur; only those are located, in the text as a whole: ^ and $ hold."""

    def __init__(self, entries: Sequence[str]) -> None:
        chosen = pattern_options()
        self._each = [re2.compile(entry, chosen) for entry in entries]
        self._together = re2.Set.SearchSet(chosen)
        for entry in entries:
            self._together.Add(entry)
        self._together.Compile()

    def walk(self, text: str) -> Iterator[list[Place]]:
        for start in range(0, max(1, len(text) - STRETCH), STRETCH):
            end = min(len(text), start + 2 * STRETCH)
            occurring = self._together.Match(text[start:end]) or ()
            yield [place for entry in occurring for place in self._located(entry, text, start, end)]

    def _located(self, entry: int, text: str, start: int, end: int) -> Iterator[Place]:
        for match in islice(self._each[entry].finditer(text, start, end), MOST_PLACES):
            if match.start() < match.end():
                yield Place(entry, match.span())


def pattern_options() -> re2.Options:
    """How the patterns of people are read: case counts unless they say (?i), . stops at line ends."""
    chosen = options(memory_mib=16)
    chosen.never_capture = True  # groups are only for grouping: locating is faster without
    return chosen
