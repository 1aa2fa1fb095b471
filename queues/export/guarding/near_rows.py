"""The rows that left so far, ready to be asked "is this one nearly one of them?". Numbers only.

Two rows are nearly the same when question and answer together share 70 % of their runs of three words
(Jaccard), and the answers alone do: a later turn of a conversation repeats what was said, but answers
something else. Rows are met by MinHash: 12 bands of 3 values, so one at exactly 0.7 is met with a probability
of 0.993, at 0.8 of 0.9999; what is met is then counted exactly. A hundred bytes a row in memory, the runs
themselves on the disk.
Source: Broder (1997), https://doi.org/10.1109/SEQUEN.1997.666900; methods.md 6.7.
"""

import os
from array import array
from collections import defaultdict
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from queues.export.guarding.shingles import JACCARD_FROM, Numbers, jaccard

BANDS, VALUES = 12, 3
_chance = np.random.default_rng(20261128)  # the same in every build: two builds decide alike
_FACTORS = _chance.integers(0, 2**31, BANDS * VALUES, np.uint32) * np.uint32(2) + np.uint32(1)
_ADDED = _chance.integers(0, 2**32, BANDS * VALUES, np.uint32)
_MIXED = _chance.integers(0, 2**31, VALUES, np.uint32) * np.uint32(2) + np.uint32(1)
_OF_BAND = _chance.integers(0, 2**32, BANDS, np.uint32)
_ROW_BITS, _ALL_ROWS = np.uint64(32), np.uint64(0xFFFF_FFFF)
_IN_HAND = 4_096  # rows that were added last, not yet in order
_RUN_MAX = 2**21  # pairs that are put in order at once: 16 MiB
# Of rows from one mould very many meet in a band: the earliest are looked at, those that meet most first.
_MET_MAX, _COUNTED_MAX = 256, 64


class NearRows:
    """Rows by their place, from 0, in the order in which they were added."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed with its owner
        self._ends, self._wholes = array("q", [0]), array("i")
        self._in_hand: defaultdict[int, list[int]] = defaultdict(list)
        self._runs: list[npt.NDArray[np.uint64]] = []  # pairs of a band's key and a row, in order
        self._asked = (np.empty(0, np.uint32), np.empty(0, np.uint32))  # the last one, and its keys

    def __len__(self) -> int:
        return len(self._wholes)

    def near(self, whole: Numbers, answer: Numbers) -> int | None:
        """The place of a row that is nearly this one; None when none is. Shingles as of `hashes_of`."""
        if not len(whole):
            return None
        return next((row for row in self._met(self._keys(whole)) if self._is_near(row, whole, answer)), None)

    def add(self, whole: Numbers, answer: Numbers) -> None:
        """One more row, that the next ones may be near to."""
        row = len(self)
        self._file.write(whole.tobytes())
        self._file.write(answer.tobytes())
        self._ends.append(self._ends[-1] + len(whole) + len(answer))
        self._wholes.append(len(whole))
        if len(whole):
            for key in self._keys(whole).tolist():
                self._in_hand[key].append(row)
        if len(self) % _IN_HAND == 0:
            self._put_away()

    def _keys(self, whole: Numbers) -> Numbers:
        """One of each band: alike where the smallest of all shingles is, three times."""
        if self._asked[0] is not whole:
            least = (whole[:, None] * _FACTORS + _ADDED).min(axis=0)
            mixed = (least.reshape(BANDS, VALUES) * _MIXED).sum(axis=1, dtype=np.uint32) + _OF_BAND
            self._asked = whole, (mixed ^ (mixed >> np.uint32(15))) * _FACTORS[0]
        return self._asked[1]

    def _met(self, keys: Numbers) -> list[int]:
        """Rows that share a band, those that share most of them first, then the earliest."""
        rows = [row for key in keys.tolist() for row in self._in_hand.get(key, ())[:_MET_MAX]]
        pairs = keys.astype(np.uint64) << _ROW_BITS
        for run in self._runs:
            low, high = run.searchsorted(pairs), run.searchsorted(pairs | _ALL_ROWS, "right")
            for at in np.flatnonzero(high > low).tolist():
                found = run[low[at] : min(high[at], low[at] + _MET_MAX)]
                rows += (found & _ALL_ROWS).tolist()
        if not rows:
            return rows
        met, times = np.unique(rows, return_counts=True)
        found_first = np.lexsort((met, -times))[:_COUNTED_MAX]
        return [int(row) for row in met[found_first]]

    def _is_near(self, row: int, whole: Numbers, answer: Numbers) -> bool:
        start, end = self._ends[row], self._ends[row + 1]
        self._file.flush()
        stored = np.frombuffer(os.pread(self._file.fileno(), 4 * (end - start), 4 * start), np.uint32)
        whole_size = self._wholes[row]
        return _jaccard(stored[:whole_size], whole) >= JACCARD_FROM <= _jaccard(stored[whole_size:], answer)

    def _put_away(self) -> None:
        pairs = [(key << 32) | row for key, rows in self._in_hand.items() for row in rows]
        self._runs.append(np.sort(np.array(pairs, np.uint64)))
        self._in_hand.clear()
        while len(self._runs) > 1 and _RUN_MAX >= 2 * len(self._runs[-1]) >= len(self._runs[-2]):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(np.sort(np.concatenate([before, last])))


def _jaccard(one: Numbers, other: Numbers) -> float:
    """Of shingles in order, each once."""
    return jaccard(len(np.intersect1d(one, other, assume_unique=True)), len(one), len(other))
