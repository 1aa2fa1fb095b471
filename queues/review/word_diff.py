"""What a correction changed, word by word. Pure: texts in, parts out."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s*\S+|\s+")
# Beyond this many words between the first and the last change the comparison would take too long.
WORDS_MAX = 800


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text. kind: same, del (only before) or ins (only after)."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Part]:
    """The parts that turn `before` into `after`: all but the ins read as before, all but the del as after."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    parts = [
        Part("same", "".join(old[:head])),
        *_changes(old_middle, new_middle),
        Part("same", "".join(old[len(old) - tail :])),
    ]
    return [part for part in parts if part.text]


def _shared(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _changes(old: list[str], new: list[str]) -> list[Part]:
    if max(len(old), len(new)) > WORDS_MAX:
        return [Part("del", "".join(old)), Part("ins", "".join(new))]
    parts = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            parts.append(Part("same", "".join(old[a:b])))
        else:
            parts += [Part("del", "".join(old[a:b])), Part("ins", "".join(new[c:d]))]
    return parts
