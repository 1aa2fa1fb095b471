"""Text that people cannot see, or see otherwise: in the input, in retrieved documents, in the output.

Zero-width signs, direction marks and joiners belong to ordinary Arabic, Hebrew, Persian, Indic and Thai
texts and to emoji. Flagged is what these do not need: tag characters outside of flags, strings of variation
selectors, direction overrides and embeddings that stay open, zero-width signs inside of Latin, Greek or
Cyrillic words or in rows of three, and words in which look-alike letters of two alphabets are mixed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from queues.score.detector import HIGH, LOW, MEDIUM, Finding, Record, detectors
from queues.score.detectors.house import finding
from queues.score.detectors.patterns import Gate, Span, compiled, spans_of
from queues.score.detectors.texts import INPUT, OUTPUT, RETRIEVAL, text_of

VERSION = "invisible-1"
MOST_OF_A_KIND = 5  # findings of one category in one text
INSIDE_WORDS_FROM = 2  # one zero-width sign in a word may have come with a copied text

_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_ZERO_WIDTH = "\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u034f\u180e\u115f\u1160\u3164\uffa0\u2800"
_JOINING = "\u200b-\u200d\u2060-\u2064\ufeff\u034f\u180e\u115f\u1160\u3164\uffa0"
_ALPHABETS = r"[\p{Latin}\p{Greek}\p{Cyrillic}]"
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{1,7}\U000e007f")  # as of England, Scotland, Wales
_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_OPENING, _CLOSING = re.compile("[\u202a\u202b\u2066-\u2068]"), re.compile("[\u202c\u2069]")
_OVERRIDE = re.compile("[\u202d\u202e]")

_CYRILLIC = "аеорсухіјѕһԁԛԝвкмнтАВЕКМНОРСТХУІЈЅҮ"
_GREEK = "οανρυκιχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_LATIN = "aeopcyxijshdqwbkmhtABEKMHOPCTXYIJSZNuvn"
_IS_CYRILLIC, _IS_GREEK = re.compile("[\u0400-\u052f]"), re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_IS_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]+")


class Hidden(NamedTuple):
    """One place in a text."""

    category: str
    severity: int
    span: Span


Find = Callable[[str, Iterable[Span]], Iterator[Span]]


def _outside_flags(text: str, _spans: Iterable[Span]) -> Iterator[Span]:
    """Rows of tag characters that are no flag of a country's part."""
    flags = [match.span() for match in _FLAG.finditer(text)]
    for match in _TAGS.finditer(text):
        if not any(start < match.start() and match.end() <= end for start, end in flags):
            yield match.span()


def _overriding(text: str, _spans: Iterable[Span]) -> Iterator[Span]:
    """Direction overrides, and the first embedding of a line in which one stays open."""
    start = 0
    for line in text.splitlines(keepends=True):
        if override := _OVERRIDE.search(line):
            yield start + override.start(), start + override.end()
        elif (opened := _OPENING.findall(line)) and len(opened) > len(_CLOSING.findall(line)):
            first = _OPENING.search(line)
            at = start + (first.start() if first else 0)
            yield at, at + 1
        start += len(line)


def _several(_text: str, spans: Iterable[Span]) -> Iterator[Span]:
    found = list(spans)
    yield from found if len(found) >= INSIDE_WORDS_FROM else ()


def _as_found(_text: str, spans: Iterable[Span]) -> Iterator[Span]:
    yield from spans


def _mixed_words(text: str, _spans: Iterable[Span]) -> Iterator[Span]:
    """Words of one alphabet in which single letters were taken from another that look the same."""
    for match in _WORD.finditer(text):
        word = match.group()
        if not word.isascii() and len(word) > 2 and _is_disguised(word, text):
            yield match.span()


def _is_disguised(word: str, text: str) -> bool:
    latin = sum(map(bool, map(_IS_LATIN.match, word)))
    for is_other, look_alikes in ((_IS_CYRILLIC, _CYRILLIC), (_IS_GREEK, _GREEK)):
        other = sum(map(bool, map(is_other.match, word)))
        if not latin or not other:
            continue
        is_theirs, few = (is_other, look_alikes) if other <= latin else (_IS_LATIN, _LATIN)
        strange = [at for at, sign in enumerate(word) if is_theirs.match(sign)]
        is_ending = strange == list(range(len(word) - len(strange), len(word)))
        if is_ending and is_theirs is is_other and _has_word_of(is_other, text):
            return False  # a foreign word with an ending of the text's own language
        return all(word[at] in few for at in strange)
    return False


def _has_word_of(alphabet: re.Pattern[str], text: str) -> bool:
    return any(
        all(map(alphabet.match, match.group())) and len(match.group()) > 2
        for match in islice(_WORD.finditer(text), 200)
    )


class Kind(NamedTuple):
    """What one pattern makes likely, and the function that makes sure."""

    category: str
    severity: int
    pattern: str
    find: Find


KINDS: Sequence[Kind] = (
    Kind("hidden_text", HIGH, "[\U000e0000-\U000e007f]", _outside_flags),
    Kind("hidden_text", HIGH, f"[{_SELECTORS}]{{3,}}", _as_found),
    Kind("direction_override", MEDIUM, "[\u202a\u202b\u202d\u202e\u2066-\u2068]", _overriding),
    Kind("zero_width", LOW, f"[{_ZERO_WIDTH}]{{3,}}", _as_found),
    Kind("zero_width", LOW, f"{_ALPHABETS}([{_JOINING}]{{1,2}}){_ALPHABETS}", _several),
    Kind(
        "mixed_alphabets",
        MEDIUM,
        r"\p{Latin}[\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}]\p{Latin}",
        _mixed_words,
    ),
)
_GATE = Gate([kind.pattern for kind in KINDS])
_PATTERNS = [compiled(kind.pattern) for kind in KINDS]


@detectors.register("invisible")
def invisible_findings(record: Record, /) -> Sequence[Finding]:
    """What is hidden in the input, in the documents and in the output, each with its span."""
    return [
        finding(VERSION, one.category, one.severity, target=target, span=one.span)
        for target in (INPUT, RETRIEVAL, OUTPUT)
        for one in hidden_in(text_of(record, target))
    ]


def hidden_in(text: str) -> list[Hidden]:
    """What the text hides, by kind, at most `MOST_OF_A_KIND` of each."""
    if text.isascii():
        return []
    found = []
    for place in _GATE.occurring(text):
        kind = KINDS[place]
        spans = kind.find(text, spans_of(_PATTERNS[place], text))
        found += [Hidden(kind.category, kind.severity, span) for span in islice(spans, MOST_OF_A_KIND)]
    return found


def smuggled(text: str) -> str:
    """What the tag characters and variation selectors of a text say, as far as it is readable."""
    tags = "".join(chr(ord(sign) - 0xE0000) for sign in text if 0xE0020 <= ord(sign) <= 0xE007E)
    as_bytes = bytes(filter(None, map(_byte_of, text)))
    return tags or "".join(filter(str.isprintable, as_bytes.decode("utf-8", "replace")))


def _byte_of(sign: str) -> int:
    """The byte that a variation selector stands for in smuggled texts: 0 to 15, then 16 to 255."""
    code = ord(sign)
    if 0xFE00 <= code <= 0xFE0F:
        return code - 0xFE00
    return code - 0xE0100 + 16 if 0xE0100 <= code <= 0xE01EF else 0
