"""The shingles of many texts as numbers, worked out for all of them at once; the same in every process, so
that two builds decide alike. Pure.

A word is the sum of its bytes' numbers, each times a power by its place: of a running sum over all texts
it takes one difference, however long the word is. A shingle is mixed from the numbers of its words.
"""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from queues.export.guarding.shingles import WORDS
from queues.export.normalised import normalised

Numbers = npt.NDArray[np.uint32]
_Places = npt.NDArray[np.int64]
_WORD = re.compile(r"\w+")
_REMEMBERED = 16  # texts: several guards ask for those of one row, one after the other
_FIRST, _SECOND = np.uint32(2_654_435_761), np.uint32(2_246_822_519)  # odd, with well spread bits
_OWNER_BITS = np.uint64(32)
_BASE = 2_654_435_769
_SEED = 20261128  # the same numbers in every build
_MOST_POWERS = 2**18  # bytes: longer texts have theirs made anew


def _of_bytes() -> Numbers:
    """A number for each byte of a word, the same for capitals; 0 between words. Beyond ASCII all are words:
    such texts come normalised and split."""
    chance = np.random.default_rng(_SEED).integers(1, 2**32, 256, np.uint32)
    of_words = np.array([sign >= 128 or bool(_WORD.match(chr(sign))) for sign in range(256)])
    numbers = np.where(of_words, chance, np.uint32(0))
    numbers[ord("A") : ord("Z") + 1] = numbers[ord("a") : ord("z") + 1]
    return numbers


def _powers_of(base: int, how_many: int) -> Numbers:
    powers = np.full(how_many, base, np.uint32)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint32)


_NUMBERS = _of_bytes()
_INVERSE = pow(_BASE, -1, 2**32)
_POWERS, _INVERSES = _powers_of(_BASE, _MOST_POWERS), _powers_of(_INVERSE, _MOST_POWERS)


@dataclass(frozen=True, slots=True)
class NumberSets:
    """A set of numbers for each of several texts, each in order. ends: where each ends, after a 0."""

    numbers: Numbers
    ends: _Places

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, place: int) -> Numbers:
        return self.numbers[self.ends[place] : self.ends[place + 1]]

    @property
    def sizes(self) -> _Places:
        return np.diff(self.ends)

    def every_second(self, first: int) -> "NumberSets":
        """Those of every second text from this one on."""
        sizes = self.sizes
        wanted = np.arange(len(sizes)) % 2 == first
        ends = np.concatenate([[0], np.cumsum(sizes[wanted])])
        return NumberSets(self.numbers[wanted.repeat(sizes)], ends)

    @property
    def owners(self) -> _Places:
        """Of each number the place of its text."""
        return np.arange(len(self)).repeat(self.sizes)


Rows = tuple[tuple[str, str], ...]  # prompts and answers
RowSets = tuple[NumberSets, NumberSets, NumberSets]
_last: deque[tuple[Rows, RowSets]] = deque(maxlen=1)


@dataclass(frozen=True, slots=True)
class WordNumbers:
    """A number for each word of several texts, in their order. ends: of each text, after a 0."""

    numbers: Numbers
    ends: _Places

    def in_pairs(self) -> "WordNumbers":
        """Of each two texts as of one."""
        return WordNumbers(self.numbers, self.ends[::2])

    def shingles(self) -> NumberSets:
        """Mixed from the numbers of their words."""
        padded = self._padded()
        words, sizes = padded.numbers, np.diff(padded.ends)
        if not len(words):
            return NumberSets(words, padded.ends)
        mixed = (words[:-2] * _FIRST + words[1:-1]) * _SECOND + words[2:]
        mixed = (mixed ^ (mixed >> np.uint32(15))) * _FIRST
        owners = np.arange(len(sizes), dtype=np.uint64).repeat(sizes) << _OWNER_BITS
        keys = (owners[:-2] | mixed)[owners[:-2] == owners[2:]]
        keys.sort()
        is_first = np.ones(len(keys), np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
        keys = keys[is_first]
        ends = np.searchsorted(keys, np.arange(len(sizes) + 1, dtype=np.uint64) << _OWNER_BITS)
        return NumberSets(keys.astype(np.uint32), ends)

    def _padded(self) -> "WordNumbers":
        sizes = np.diff(self.ends)
        wanted = np.where(sizes > 0, np.maximum(sizes, WORDS), 0)
        ends = np.concatenate([[0], np.cumsum(wanted)])
        if ends[-1] == len(self.numbers):
            return self
        wide = np.zeros(int(ends[-1]), np.uint32)
        wide[np.arange(len(self.numbers)) + (ends[1:] - self.ends[1:]).repeat(sizes)] = self.numbers
        return WordNumbers(wide, ends)


def sets_of_rows(rows: Rows) -> RowSets:
    """The shingles of prompts, of answers, and of each two as of one text, on lines of their own: no word
    reaches over a line's end. Remembered, since several guards ask for those of the same rows."""
    for known, sets in tuple(_last):
        if known == rows:
            return sets
    words = words_of([text for row in rows for text in row])
    each = words.shingles()
    sets = each.every_second(0), each.every_second(1), words.in_pairs().shingles()
    remember(rows, sets)
    return sets


def remember(rows: Rows, sets: RowSets) -> None:
    """What `sets_of_rows` would work out of these rows, which are asked for next."""
    _last.append((rows, sets))


def sets_of(texts: Sequence[str]) -> NumberSets:
    """The shingles of each text, each once; of a shorter one the whole, as if it began with nothing."""
    return words_of(texts).shingles()


def words_of(texts: Sequence[str]) -> WordNumbers:
    """The words of each text."""
    spelled = [b"", *map(_spelled, texts), b""]
    signs = np.frombuffer(b"\n".join(spelled), np.uint8)
    numbers = _NUMBERS[signs]
    is_word = numbers != 0
    edges = np.flatnonzero(is_word[1:] != is_word[:-1])
    first, last = edges[::2], edges[1::2]  # just before its first sign; its last
    powers, inverses = _powers(len(signs))
    summed = np.cumsum(numbers * powers, dtype=np.uint32)
    words = (summed[last] - summed[first]) * inverses[first]
    lengths = np.fromiter(map(len, spelled[:-1]), np.int64, len(texts) + 1)
    return WordNumbers(words, np.searchsorted(first, np.cumsum(lengths + 1) - 1))


@lru_cache(maxsize=_REMEMBERED)
def hashes_of(text: str) -> Numbers:
    """The shingles of one text."""
    return _lasting(sets_of([text]))


@lru_cache(maxsize=_REMEMBERED)
def hashes_of_both(prompt: str, answer: str) -> Numbers:
    """Of prompt and answer as one text."""
    return _lasting(sets_of_rows(((prompt, answer),))[2])


def _lasting(sets: NumberSets) -> Numbers:
    """Remembered, and shared by all who ask."""
    sets.numbers.setflags(write=False)
    return sets.numbers


def _spelled(text: str) -> bytes:
    """As bytes with something else than words between its words."""
    if text.isascii():
        return text.encode()
    return " ".join(_WORD.findall(normalised(text))).encode("utf-8", "surrogatepass")


def _powers(how_many: int) -> tuple[Numbers, Numbers]:
    if how_many <= _MOST_POWERS:
        return _POWERS[:how_many], _INVERSES[:how_many]
    return _powers_of(_BASE, how_many), _powers_of(_INVERSE, how_many)
