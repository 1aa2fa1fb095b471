"""Words and phrases in a text: whole words only, in any script, whatever their case."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import re2

from queues.score.detectors.patterns import LOOKED_AT, Span, options

# Written without spaces between words: there a word ends where its text ends.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_CURLED = "\u2019"  # the apostrophe of typesetters
_SPACE = r"[\s\x{a0}]+"  # between the words of a phrase


class Found(NamedTuple):
    """One occurrence: which entry, and where in code points."""

    entry: int
    span: Span


class Words:
    """Some words and phrases, all looked for in one pass."""

    def __init__(self, entries: Sequence[str], *, memory_mib: int = 64) -> None:
        self._entries = {key_of(entry): place for place, entry in reversed(list(enumerate(entries)))}
        forms = {form for entry in entries for form in _forms(entry)}
        # Longest first would not help: RE2 takes the longest whatever the order.
        alternatives = "|".join(map(_escaped, sorted(forms)))
        self._pattern = re2.compile(
            alternatives, options(ignore_case=True, longest=True, memory_mib=memory_mib)
        )

    def found(self, text: str) -> Iterator[Found]:
        """Every entry that stands there as whole words, from left to right, the longest at each place."""
        for match in islice(self._pattern.finditer(text), LOOKED_AT):
            start, end = match.span()
            if (whole := self._whole(text, start, end)) is not None:
                yield Found(self._entries[key_of(text[start:whole])], (start, whole))

    def _whole(self, text: str, start: int, end: int) -> int | None:
        """Where the longest entry ends that begins at `start` and is not part of a longer word."""
        if _is_inside_word(text, start):
            return None
        while _is_inside_word(text, end):
            shorter = self._pattern.match(text, start, end - 1)
            if shorter is None:
                return None
            end = shorter.end()
        return end


def key_of(words: str) -> str:
    """The form under which two spellings of an entry are the same: composed, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFC", words).casefold().replace(_CURLED, "'").split())


def _forms(entry: str) -> set[str]:
    """The entry as texts may write it: composed and decomposed, with either apostrophe."""
    spelled = {entry, entry.replace("'", _CURLED), entry.replace(_CURLED, "'")}
    return {unicodedata.normalize(form, one) for one in spelled for form in ("NFC", "NFD")}


def _escaped(entry: str) -> str:
    r"""The entry as a pattern. \b knows ASCII only: it sorts most out, `_is_inside_word` decides."""
    words = entry.split()
    begins = r"\b" if _is_ascii_word(words[0][0]) else ""
    ends = r"\b" if _is_ascii_word(words[-1][-1]) else ""
    return begins + _SPACE.join(map(re2.escape, words)) + ends


def _is_ascii_word(sign: str) -> bool:
    return sign.isascii() and (sign.isalnum() or sign == "_")


def _is_inside_word(text: str, at: int) -> bool:
    """Whether the place between two code points lies inside of a word."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if not (_is_word(before) and _is_word(after)):
        return False
    return not (_UNSPACED.match(before) or _UNSPACED.match(after))


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_" or unicodedata.category(sign).startswith("M")
