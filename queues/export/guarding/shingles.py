"""Texts as sets of three words in a row: how much of one text is in another. Pure.

Source: methods.md 6.7. Two texts are nearly the same when their sets overlap enough (Jaccard), or when
nearly all of the smaller is inside the larger (containment), as a question inside a longer one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from queues.export.normalised import normalised
from queues.score.normalise import normalise_v1

WORDS = 3
JACCARD_FROM = 0.7
CONTAINMENT_FROM = 0.8
# Three words in a row are in many texts ("how do I"); only of a text with as many shingles as this does
# it mean something that it is inside another.
CONTAINMENT_SHINGLES = 5
_WORD = re.compile(r"\w+")
_BETWEEN_WORDS = {sign: " " for sign in range(128) if not _WORD.match(chr(sign))}
_FIRST, _SECOND = np.uint32(2_654_435_761), np.uint32(2_246_822_519)  # odd, with well spread bits

Numbers = npt.NDArray[np.uint32]
_REMEMBERED = 16  # texts: several guards ask for those of one row, one after the other


class _WordNumbers(dict[str, int]):
    """Word → its number, remembered: most words of a project come again and again."""

    MOST = 100_000

    def __missing__(self, word: str) -> int:
        number = crc32(word.encode("utf-8", "surrogatepass"))
        if len(self) >= self.MOST:
            self.clear()
        self[word] = number
        return number


_numbers = _WordNumbers()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two texts compare. jaccard, containment: 0..1; two empty texts are the same."""

    is_exact: bool
    is_normalised: bool
    jaccard: float
    containment: float
    sizes: tuple[int, int]


def shingles_of(text: str, *, words: int = WORDS) -> frozenset[str]:
    """Every run of `words` words of the normalised text; of a shorter text the whole of it."""
    found = _WORD.findall(normalise_v1(text))
    if len(found) < words:
        return frozenset([" ".join(found)]) if found else frozenset()
    return frozenset(" ".join(found[at : at + words]) for at in range(len(found) - words + 1))


@lru_cache(maxsize=_REMEMBERED)
def hashes_of(text: str) -> Numbers:
    """The shingles as 32 bit numbers in order, each once; the same in every process: two builds decide alike.

    Mixed from the numbers of the words, which takes a third of the time of joining the texts.
    """
    return _shingled(_words_of(text))


@lru_cache(maxsize=_REMEMBERED)
def hashes_of_both(prompt: str, answer: str) -> Numbers:
    """Of prompt and answer as one text, on lines of their own: no word reaches over a line's end."""
    return _shingled(np.concatenate([_words_of(prompt), _words_of(answer)]))


@lru_cache(maxsize=_REMEMBERED)
def _words_of(text: str) -> Numbers:
    found = _split(text)
    return np.fromiter(map(_numbers.__getitem__, found), np.uint32, len(found))


def _split(text: str) -> list[str]:
    """The words of the normalised text."""
    if text.isascii():  # the same a third as slow
        return text.lower().translate(_BETWEEN_WORDS).split()
    return _WORD.findall(normalised(text))


def _shingled(numbers: Numbers) -> Numbers:
    if 0 < len(numbers) < WORDS:  # the whole of it, as if it began with nothing
        numbers = np.concatenate([np.zeros(WORDS - len(numbers), np.uint32), numbers])
    if not len(numbers):
        return numbers
    mixed = (numbers[:-2] * _FIRST + numbers[1:-1]) * _SECOND + numbers[2:]
    mixed = (mixed ^ (mixed >> np.uint32(15))) * _FIRST
    mixed.sort()
    is_first = np.empty(len(mixed), np.bool_)
    is_first[0] = True
    np.not_equal(mixed[1:], mixed[:-1], out=is_first[1:])
    found: Numbers = mixed[is_first]
    found.setflags(write=False)  # remembered, and shared by all who ask
    return found


def compared(one: str, other: str, *, words: int = WORDS) -> Likeness:
    """Both texts side by side."""
    ours, theirs = shingles_of(one, words=words), shingles_of(other, words=words)
    shared = len(ours & theirs)
    return Likeness(
        one == other,
        normalise_v1(one) == normalise_v1(other),
        jaccard(shared, len(ours), len(theirs)),
        containment(shared, len(ours), len(theirs)),
        (len(ours), len(theirs)),
    )


def jaccard(shared: int, one: int, other: int) -> float:
    """Shared shingles as a share of all of both."""
    union = one + other - shared
    return shared / union if union else 1.0


def containment(shared: int, one: int, other: int) -> float:
    """Shared shingles as a share of those of the smaller text."""
    smaller = min(one, other)
    return shared / smaller if smaller else float(one == other)


def are_near(shared: int, one: int, other: int) -> bool:
    """Whether texts with so many shingles, and so many in both, are nearly the same."""
    if not one or not other:
        return False
    if jaccard(shared, one, other) >= JACCARD_FROM:
        return True
    return min(one, other) >= CONTAINMENT_SHINGLES and containment(shared, one, other) >= CONTAINMENT_FROM


def which_are_near(
    shared: npt.NDArray[np.intp], sizes: npt.NDArray[np.int32], size: int
) -> npt.NDArray[np.bool_]:
    """`are_near` for many texts of `sizes` shingles against one of `size`; none of them is empty."""
    smaller = np.minimum(sizes, size)
    contained = (smaller >= CONTAINMENT_SHINGLES) & (shared / smaller >= CONTAINMENT_FROM)
    return contained | (shared / (sizes + size - shared) >= JACCARD_FROM)
