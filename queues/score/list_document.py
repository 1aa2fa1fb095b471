"""What a version of a word list says, "list/1", checked as far as possible without data.

Patterns are compiled and tried here, on texts made to be slow: what could hold up arrivals is never stored.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import re2
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from queues.errors import Fault, Invalid
from queues.ingest.kinds import Locale
from queues.score.detector import SEVERITIES
from queues.score.detectors.patterns import Refusal, refusal_of
from queues.score.detectors.words import key_of
from queues.score.list_matcher import BUDGET_SECONDS, PATTERNS, WORDS, Matcher, TooSlow, pattern_options

WORDS_MOST, WORD_CHARACTERS, WORDS_CHARACTERS = 2_000, 100, 20_000
PATTERNS_MOST, PATTERN_CHARACTERS = 200, 500
PROGRAM_MOST, PROGRAMS_MOST = 8_000, 30_000  # instructions of RE2, of one pattern and of all together
FAULTS_REPORTED = 20
TRIED_CHARACTERS = 5_000

Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_/\-]{0,59}$")]


class ListDocument(BaseModel):
    """The entries and what one of them means when it is found.

    category: of any taxonomy ("hate"), or one's own; severity: low, medium, high or severe; locale "": all.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    kind: Literal["words", "patterns"]
    entries: Annotated[tuple[str, ...], Field(min_length=1, max_length=WORDS_MOST, strict=False)]
    category: Category
    severity: Literal["low", "medium", "high", "severe"] = "medium"
    target: Literal["output", "input"] = "output"
    locale: Locale | Literal[""] = ""

    @property
    def severity_number(self) -> int:
        return SEVERITIES[self.severity]


def parse(document: Mapping[str, Any]) -> ListDocument:
    """The document, checked. Raises Invalid with the faults, each by its JSON pointer."""
    try:
        parsed = ListDocument.model_validate(document)
    except ValidationError as error:
        raise _invalid([_fault(dict(fault)) for fault in error.errors(include_url=False)]) from None
    check = _faults_of_words if parsed.kind == WORDS else _faults_of_patterns
    if faults := list(check(parsed.entries)):
        raise _invalid(faults)
    return parsed


def _invalid(faults: list[Fault]) -> Invalid:
    message = _("This list cannot be used. Correct what is named and send it again.")
    return Invalid(message, faults[:FAULTS_REPORTED])


def _fault(error: dict[str, Any]) -> Fault:
    # pydantic names the members of a union in the path; the document has no such level
    path = error["loc"][:1] if error["loc"] and error["loc"][0] == "locale" else error["loc"]
    pointer = "".join(f"/{part}" for part in path)
    said = {
        "/category": _("Use small letters, digits and - _ /, at most 60, a letter first."),
        "/locale": _("Use a language such as en or de-AT, or nothing for all."),
    }
    return Fault(pointer, f"list.{error['type']}", str(said.get(pointer, error["msg"])))


def _at(place: int) -> str:
    return f"/entries/{place}"


def _faults_of_words(entries: Sequence[str]) -> Iterator[Fault]:
    if sum(map(len, entries)) > WORDS_CHARACTERS:
        detail = _("All entries together have at most %(max)d characters. Make two lists of them.")
        yield Fault("/entries", "list.entries_many", detail % {"max": WORDS_CHARACTERS})
        return
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if not entry.split() or not all(sign.isprintable() or sign.isspace() for sign in entry):
            yield Fault(
                _at(place), "list.word_text", _("An entry needs a visible character, and no control one.")
            )
        elif len(entry) > WORD_CHARACTERS:
            detail = _("An entry has at most %(max)d characters.") % {"max": WORD_CHARACTERS}
            yield Fault(_at(place), "list.entry_long", detail)
        elif key_of(entry) in seen:
            yield Fault(
                _at(place), "list.entry_twice", _("This entry is there already; case does not count.")
            )
        else:
            seen.add(key_of(entry))


def _faults_of_patterns(entries: Sequence[str]) -> Iterator[Fault]:
    if len(entries) > PATTERNS_MOST:
        detail = _("A list has at most %(max)d patterns. Make another list.") % {"max": PATTERNS_MOST}
        yield Fault("/entries", "list.entries_many", detail)
        return
    faults = [fault for place, entry in enumerate(entries) for fault in _faults_of_pattern(place, entry)]
    if len(set(entries)) < len(entries):
        twice = next(place for place, entry in enumerate(entries) if entry in entries[:place])
        faults.append(Fault(_at(twice), "list.entry_twice", _("This pattern is there already.")))
    yield from faults or _faults_of_all(entries)


def _faults_of_pattern(place: int, entry: str) -> Iterator[Fault]:
    if len(entry) > PATTERN_CHARACTERS:
        detail = _("A pattern has at most %(max)d characters.") % {"max": PATTERN_CHARACTERS}
        yield Fault(_at(place), "list.entry_long", detail)
        return
    if refusal := refusal_of(entry, pattern_options()):
        yield _fault_of_refusal(place, refusal)
        return
    pattern = re2.compile(entry, pattern_options())
    if pattern.programsize > PROGRAM_MOST:
        yield Fault(
            _at(place), "list.pattern_large", _("It repeats too much. Use smaller bounds, or * and +.")
        )
    elif any(match.start() == match.end() for text in ("", "a 1.\n") for match in pattern.finditer(text)):
        yield Fault(
            _at(place), "list.pattern_empty", _("It fits nothing at all, so it would be found everywhere.")
        )


def _fault_of_refusal(place: int, refusal: Refusal) -> Fault:
    if refusal.is_bytes:
        detail = _("\\C stands for a single byte, which is no text. Use . for any character.")
        return Fault(_at(place), "list.pattern_bytes", detail)
    detail = _("RE2 cannot read it: %(why)s.") % {"why": refusal.why}
    return Fault(_at(place), "list.pattern_syntax", detail)


def _faults_of_all(entries: Sequence[str]) -> Iterator[Fault]:
    """Faults that show only when the patterns are run: each by itself, then all of them."""
    sizes = [re2.compile(entry, pattern_options()).programsize for entry in entries]
    if sum(sizes) > PROGRAMS_MOST:
        place = max(range(len(sizes)), key=sizes.__getitem__)
        detail = _("All patterns together are too large, this one most of all. Make two lists of them.")
        yield Fault(_at(place), "list.patterns_large", detail)
        return
    if not _is_slow(entries, PATTERNS):
        return
    slow = [place for place, entry in enumerate(entries) if _is_slow([entry], PATTERNS)]
    detail = _("It takes longer than %(ms)d ms on a text of %(n)d characters. Make it simpler.")
    for at in map(_at, slow) if slow else ["/entries"]:
        told = {"ms": BUDGET_SECONDS * 1000, "n": TRIED_CHARACTERS}
        yield Fault(at, "list.pattern_slow", detail % told)


def _is_slow(entries: Sequence[str], kind: str) -> bool:
    matcher = Matcher(kind, entries)
    began = time.thread_time()
    for text in _slow_texts("".join(entries)):
        try:
            matcher.places(text)
        except TooSlow:
            return True
        if time.thread_time() - began > 20 * BUDGET_SECONDS:
            return True
    return False


def seconds_of(pattern: str) -> float:
    """Processor time of one search on the worst of the texts made to be slow.

    Compiled anew for each: what an automaton has learned of one text makes the next look cheap.
    """
    return max(_timed(re2.compile(pattern, pattern_options()), text) for text in _slow_texts(pattern))


def _timed(compiled: Any, text: str) -> float:
    began = time.thread_time()
    compiled.search(text)
    return time.thread_time() - began


def _slow_texts(written: str) -> Iterator[str]:
    """Texts that make automata grow: one sign, two signs and the pattern's own signs in disorder."""
    draw = random.Random(7)  # noqa: S311 - the same texts each time
    signs = "".join(sorted({sign for sign in written if sign.isalnum()}))[:40] or "ab"
    yield "a" * (TRIED_CHARACTERS - 1) + "!"
    for alphabet in ("ab", "01 ", signs, signs + " "):
        yield "".join(draw.choices(alphabet, k=TRIED_CHARACTERS))
