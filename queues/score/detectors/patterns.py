"""Patterns on RE2: linear time whatever the text, no backtracking. Offsets are code points."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import re2

Span = tuple[int, int]
_TOKENS = re.compile(r"\\Q.*?(?:\\E|$)|\\(.)|[^\\]+", re.DOTALL)  # of a pattern: quoted, escaped, plain
LOOKED_AT = 300  # occurrences of one pattern in one text; what has more is not read by a person either


def options(*, ignore_case: bool = False, longest: bool = False, memory_mib: int = 8) -> re2.Options:
    """RE2's options; it says nothing on standard error, its errors are raised."""
    chosen = re2.Options()
    chosen.case_sensitive = not ignore_case
    chosen.longest_match = longest
    chosen.max_mem = memory_mib * 1024 * 1024
    chosen.log_errors = False
    return chosen


def compiled(pattern: str, *, ignore_case: bool = False) -> "re2._Regexp":
    """One pattern, to be located by `spans_of`."""
    return re2.compile(pattern, options(ignore_case=ignore_case))


class Refusal(NamedTuple):
    """Why a pattern cannot be used. is_bytes: it is read, but asks for single bytes, which are no text."""

    why: str
    is_bytes: bool


def refusal_of(pattern: str, chosen: "re2.Options | None" = None) -> Refusal | None:
    """None when RE2 can read the pattern, and it speaks of characters. Asked at writing and at use:
    what was stored may be refused later, by another version of RE2 or a check that came afterwards.
    """
    try:
        re2.compile(pattern, chosen or options())
    except UnicodeEncodeError:
        return Refusal("it is no text", is_bytes=False)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        why = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return Refusal(why, is_bytes=False)
    is_bytes = any(token[1] == "C" for token in _TOKENS.finditer(pattern))
    return Refusal("\\C stands for a single byte", is_bytes=True) if is_bytes else None


def spans_of(pattern: "re2._Regexp", text: str) -> Iterator[Span]:
    """Where it occurs, from left to right, at most `LOOKED_AT` times.

    Its first group, if it has one, is the span: what stands around it is context.
    """
    group = 1 if pattern.groups else 0
    for match in islice(pattern.finditer(text), LOOKED_AT):
        yield match.span(group)


class Gate:
    """Which of several patterns occur in a text, in one pass: the cost hardly grows with their number.

    Keep them simple: the automaton of all of them together explodes with bounded repetitions of wide classes.
    """

    def __init__(self, patterns: Sequence[str], *, ignore_case: bool = False, memory_mib: int = 8) -> None:
        self._set = re2.Set.SearchSet(options(ignore_case=ignore_case, memory_mib=memory_mib))
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def occurring(self, text: str) -> Sequence[int]:
        """The places of those that occur, in the order of the list."""
        return sorted(self._set.Match(text) or ())
