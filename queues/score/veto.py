"""The veto: two answers are never of one meaning when their numbers differ or only one of them says "not".

Sentence encoders place "five days" beside "seven days" and "allowed" beside "not allowed"; this is our own
rule against it (methods.md 2.12). It looks at words only: a paraphrase with another number of negations is
kept apart as well, which makes an answer look more uncertain and never less.
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

_NUMBER = re.compile(r"(?:(?<![\w.,/])[-\u2212](?=\d))?\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+(?:['’]\w+)?")

# Words for numbers. Not "one" and "ein": they are pronoun and article far more often.
_NUMBER_WORDS = {
    word: str(number)
    for words in (
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        ["zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
    )
    for number, word in enumerate(words, start=2)
}
_NEGATIONS = {
    "en": "no not never none nothing nobody nowhere neither nor cannot without",
    "de": "nicht nie niemals nichts niemand niemanden niemandem nirgends nirgendwo weder ohne nein "
    "kein keine keinen keinem keiner keines",
}
_BY_LANGUAGE = {language: frozenset(words.split()) for language, words in _NEGATIONS.items()}
_ALL = frozenset(chain.from_iterable(_BY_LANGUAGE.values()))


class Mark(NamedTuple):
    """What keeps answers apart: those with different marks never mean the same."""

    numbers: tuple[str, ...]
    is_negated: bool


def mark_of(text: str, locale: str = "") -> Mark:
    """The numbers of a text, sorted, each as often as it stands there, and whether the text negates.

    locale: BCP 47; of a language without a list nothing counts as a negation, without a locale all lists do.
    """
    words = _WORD.findall(text.lower().replace("’", "'"))
    negations = _BY_LANGUAGE.get(locale.partition("-")[0].lower(), frozenset()) if locale else _ALL
    return Mark(tuple(sorted(_numbers(text, words))), _is_negated(words, negations))


def _numbers(text: str, words: Sequence[str]) -> list[str]:
    written = [_canonical(number) for number in _NUMBER.findall(text)]
    return written + [_NUMBER_WORDS[word] for word in words if word in _NUMBER_WORDS]


def _is_negated(words: Sequence[str], negations: frozenset[str]) -> bool:
    return any(word in negations or (word.endswith("n't") and "not" in negations) for word in words)


def _canonical(number: str) -> str:
    """One form for `1,000`, `1.000` and `1000`, for `3.50` and `3,5`.

    Groups of three digits behind a separator are thousands; any other last group is the decimals.
    """
    sign, digits = ("-", number[1:]) if number[0] in "-\u2212" else ("", number)
    first, *groups = re.split(r"[.,]", digits)
    decimals = groups.pop() if groups and len(groups[-1]) != 3 else ""
    whole = "".join([first, *groups]).lstrip("0") or "0"
    decimals = decimals.rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
