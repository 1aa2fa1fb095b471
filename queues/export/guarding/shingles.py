"""Texts as sets of three words in a row: how much of one text is in another. Pure.

Source: methods.md 6.7. Two texts are nearly the same when their sets overlap enough (Jaccard), or when
nearly all of the smaller is inside the larger (containment), as a question inside a longer one.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from queues.score.normalise import normalise_v1

WORDS = 3
JACCARD_FROM = 0.7
CONTAINMENT_FROM = 0.8
# Three words in a row are in many texts ("how do I"); only of a text with as many shingles as this does
# it mean something that it is inside another.
CONTAINMENT_SHINGLES = 5
_WORD = re.compile(r"\w+")


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
