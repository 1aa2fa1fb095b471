"""Many texts that may not leave, ready to be asked "is this one nearly one of them?". Numbers only.

Whoever contains four fifths of another text's shingles has at least one of its rarest fifth (plus one):
so only those are looked up, and no near text is missed, as a MinHash prefilter misses a short text
inside a long one. Texts that pass Jaccard 0.7 pass containment 0.82, so one look-up serves both.
"""

from collections.abc import Iterable, Sequence
from math import floor

import numpy as np
import numpy.typing as npt

from queues.export.guarding.shingles import CONTAINMENT_FROM, Numbers, are_near

_SHIFT = np.uint32(10)  # a flag for each 1,024 neighbouring hashes: most are known to be absent by one look
_MISSING = 1.0 - CONTAINMENT_FROM


class NearTexts:
    """Texts by their shingles. 12 bytes a shingle, whatever the texts' length.

    sets: the shingle hashes of each text, as `hashes_of` gives them; a text is named by its place.
    """

    def __init__(self, sets: Iterable[Numbers]) -> None:
        pieces = list(sets)
        self._sizes = np.array([len(piece) for piece in pieces], np.int32)
        self._starts = np.concatenate([[0], np.cumsum(self._sizes)])
        self._own = np.concatenate(pieces) if pieces else np.empty(0, np.uint32)
        del pieces
        owners = np.repeat(np.arange(len(self._sizes), dtype=np.int32), self._sizes)
        order = np.argsort(self._own, kind="stable").astype(np.int32)
        self._hashes, self._owners = self._own[order], owners[order]
        self._rare_hashes, self._rare_owners = self._rarest()
        self._flags, self._rare_flags = _flags(self._hashes), _flags(self._rare_hashes)

    def __len__(self) -> int:
        return len(self._sizes)

    def near(self, asked: Numbers) -> int | None:
        """The place of the first text that is nearly the one with these shingles; None when none is."""
        if not len(asked) or not len(self._hashes):
            return None
        for place in np.unique(self._candidates(asked)).tolist():
            own = self._own[self._starts[place] : self._starts[place + 1]]
            shared = int(np.count_nonzero(_are_in(own, asked)))
            if are_near(shared, len(own), len(asked)):
                return int(place)
        return None

    def _candidates(self, asked: Numbers) -> npt.NDArray[np.int32]:
        """Who might be in the text, and in whom the text might be."""
        perhaps = asked[self._rare_flags[asked >> _SHIFT]]
        inside = _postings(self._rare_hashes, self._rare_owners, perhaps)
        around = self._around(asked)
        return np.concatenate([inside, *around]) if around else inside

    def _around(self, asked: Numbers) -> list[npt.NDArray[np.int32]]:
        """The texts that hold one of the rarest of these; rarest of all are those that none holds."""
        perhaps = asked[self._flags[asked >> _SHIFT]]
        left = _enough(len(asked)) - (len(asked) - len(perhaps))
        if left <= 0:
            return []
        low, high = _bounds(self._hashes, perhaps)
        rarest = np.argsort(high - low, kind="stable")[:left]
        return [self._owners[low[at] : high[at]] for at in rarest.tolist() if high[at] > low[at]]

    def _rarest(self) -> tuple[Numbers, npt.NDArray[np.int32]]:
        """Of each text the shingles that fewest others have, by hash."""
        if not len(self._hashes):
            return self._hashes, self._owners
        starts = np.flatnonzero(np.concatenate([[True], self._hashes[1:] != self._hashes[:-1]]))
        spread = np.diff(np.append(starts, len(self._hashes))).astype(np.int32)
        frequency = np.repeat(spread, spread)
        order = np.lexsort((frequency, self._owners)).astype(np.int32)
        rank = np.arange(len(order), dtype=np.int32) - np.repeat(
            self._starts[:-1].astype(np.int32), self._sizes
        )
        enough = np.floor(self._sizes * _MISSING + 1e-9).astype(np.int32) + 1
        kept = np.sort(order[rank < np.repeat(enough, self._sizes)])
        return self._hashes[kept], self._owners[kept]


def _enough(size: int) -> int:
    return floor(size * _MISSING + 1e-9) + 1


def _bounds(hashes: Numbers, asked: Numbers) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    return np.searchsorted(hashes, asked, "left"), np.searchsorted(hashes, asked, "right")


def _flags(hashes: Numbers) -> npt.NDArray[np.bool_]:
    flags = np.zeros(2 ** (32 - int(_SHIFT)), np.bool_)
    flags[hashes >> _SHIFT] = True
    return flags


def _postings(hashes: Numbers, owners: npt.NDArray[np.int32], asked: Numbers) -> npt.NDArray[np.int32]:
    low, high = _bounds(hashes, asked)
    found: Sequence[npt.NDArray[np.int32]] = [
        owners[low[at] : high[at]] for at in np.flatnonzero(high > low).tolist()
    ]
    return np.concatenate(found) if found else np.empty(0, np.int32)


def _are_in(own: Numbers, asked: Numbers) -> npt.NDArray[np.bool_]:
    """Which of `own` are in `asked`, both in order."""
    places = np.searchsorted(asked, own)
    places[places == len(asked)] = 0
    return asked[places] == own
