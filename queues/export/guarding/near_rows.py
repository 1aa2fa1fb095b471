"""The rows that left so far, ready to be asked "is this one nearly one of them?". Numbers only.

Two rows are nearly the same when question and answer together share 70 % of their runs of three words
(Jaccard), and the answers alone do: a later turn of a conversation repeats what was said, but answers
something else. Rows are met by MinHash: 12 bands of 3 values, so one at exactly 0.7 is met with a probability
of 0.993, at 0.8 of 0.9999; what is met is then counted exactly. In memory are some tens of MiB, whatever the
number of rows; where they are met and what they say lies on the disk.
Source: Broder (1997), https://doi.org/10.1109/SEQUEN.1997.666900; methods.md 6.7.
"""

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from queues.export.guarding.known_hashes import KnownHashes
from queues.export.guarding.number_sets import Numbers, NumberSets
from queues.export.guarding.shingles import JACCARD_FROM, jaccard
from queues.export.guarding.stored_pairs import ALL_PLACES, HASH_BITS, Pairs, StoredPairs

Keys = npt.NDArray[np.uint32]  # of each row and band

BANDS, VALUES = 12, 3
_chance = np.random.default_rng(20261128)  # the same in every build: two builds decide alike
_FACTORS = _chance.integers(0, 2**31, BANDS * VALUES, np.uint32) * np.uint32(2) + np.uint32(1)
_ADDED = _chance.integers(0, 2**32, BANDS * VALUES, np.uint32)
_MIXED = _chance.integers(0, 2**31, VALUES, np.uint32) * np.uint32(2) + np.uint32(1)
_OF_BAND = _chance.integers(0, 2**32, BANDS, np.uint32)
_PLACED = Struct("=qiiq")  # of a row: where its shingles are, and its number
_IN_HAND = 4_096  # rows that were added last, not yet in order
_STORED_FROM = 2**20  # pairs in order, 8 MiB: so many go to the disk
_KNOWN_BITS = 27  # 16 MiB that say of nearly every key that no row on the disk has it
# Of rows from one mould very many meet in a band: the earliest are looked at, those that meet most first.
_MET_MAX, _COUNTED_MAX = 256, 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A row to ask for or to add: its shingles, of question and answer together and of the answer.

    keys: one of each band, none without shingles: alike where the smallest of all shingles is, three times;
    is_met: whether any of the first `of_rows` rows has one of them.
    """

    whole: Numbers
    answer: Numbers
    keys: Sequence[int]
    of_rows: int
    is_met: bool


class NearRows:
    """Rows by their place, from 0, in the order in which they were added; each with a number of its own."""

    def __init__(self) -> None:
        self._file, self._index = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed with their owner
        self._length = self._end = 0  # in rows, in shingles
        self._in_hand: dict[int, int] = {}  # a band's key → the first row that has it
        self._in_hand_too: defaultdict[int, list[int]] = defaultdict(list)  # → the others; few have any
        self._runs: list[Pairs] = []  # pairs of a band's key and a row, in order
        self._stored: list[StoredPairs] = []  # the same, of the first rows
        self._known = KnownHashes(_KNOWN_BITS)  # those of the stored ones
        self._put_away_rows = 0

    def __len__(self) -> int:
        return self._length

    def asked(self, wholes: NumberSets, answers: NumberSets) -> list[Asked]:
        """Some rows, ready to be asked for: all at once take little more time than one."""
        keys = _keys_of(wholes)
        is_met = self._are_met(keys)
        told = zip(wholes.sizes.tolist(), keys.tolist(), is_met.tolist(), strict=True)
        return [
            Asked(wholes[at], answers[at], keys_ if size else (), self._put_away_rows, met)
            for at, (size, keys_, met) in enumerate(told)
        ]

    def near(self, asked: Asked) -> int | None:
        """The number of a row that is nearly this one; None when none is."""
        for row in self._met(asked):
            whole, answer, number = self._stored_row(row)
            if _jaccard(whole, asked.whole) >= JACCARD_FROM <= _jaccard(answer, asked.answer):
                return number
        return None

    def add(self, asked: Asked, number: int) -> None:
        """One more row, that the next ones may be near to."""
        row, sizes = len(self), (len(asked.whole), len(asked.answer))
        self._file.write(asked.whole.tobytes())
        self._file.write(asked.answer.tobytes())
        self._index.write(_PLACED.pack(self._end, *sizes, number))
        self._length, self._end = row + 1, self._end + sum(sizes)
        for key in asked.keys:
            if self._in_hand.setdefault(key, row) != row:
                self._in_hand_too[key].append(row)
        if len(self) % _IN_HAND == 0:
            self._put_away()

    def _are_met(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Of each row whether one that was put away shares a band with it."""
        low = keys.astype(np.uint64) << HASH_BITS
        met = np.zeros(keys.shape, np.bool_)
        for run in self._runs:
            at = run.searchsorted(low)
            met |= (run[np.minimum(at, len(run) - 1)] >> HASH_BITS) == keys
        if self._stored:
            might = ~met & self._known.might_have(keys)
            asked = keys[might]
            for stored in self._stored:
                met[might] |= stored.have(asked)
        is_met: npt.NDArray[np.bool_] = np.any(met, axis=1)
        return is_met

    def _met(self, asked: Asked) -> list[int]:
        """Rows that share a band, those that share most of them first, then the earliest."""
        rows = [self._in_hand[key] for key in asked.keys if key in self._in_hand]
        if rows:
            rows += [row for key in asked.keys for row in self._in_hand_too.get(key, ())[: _MET_MAX - 1]]
        is_met = asked.is_met or asked.of_rows < self._put_away_rows
        if is_met:
            rows += self._put_away_with(np.array(asked.keys, np.uint32))
        if not rows:
            return rows
        met, times = np.unique(rows, return_counts=True)
        found_first = np.lexsort((met, -times))[:_COUNTED_MAX]
        return [int(row) for row in met[found_first]]

    def _put_away_with(self, keys: npt.NDArray[np.uint32]) -> list[int]:
        """Rows that have one of these keys, as often as they have one; of each key the earliest."""
        found: list[Pairs] = []
        for stored in self._stored:
            low, high = stored.spans(keys[self._known.might_have(keys)])
            are_there = high > low
            found += stored.read(low[are_there], np.minimum(high, low + _MET_MAX)[are_there])
        pairs = keys.astype(np.uint64) << HASH_BITS
        for run in self._runs:
            low, high = run.searchsorted(pairs), run.searchsorted(pairs | ALL_PLACES, "right")
            for start, end in zip(low.tolist(), high.tolist(), strict=True):
                found.append(run[start : min(end, start + _MET_MAX)])
        return [int(pair) for some in found for pair in (some & ALL_PLACES).tolist()]

    def _stored_row(self, row: int) -> tuple[Numbers, Numbers, int]:
        """Its shingles, of question and answer together and of the answer, and its number."""
        for file in (self._file, self._index):
            file.flush()
        placed = os.pread(self._index.fileno(), _PLACED.size, row * _PLACED.size)
        start, whole_size, answer_size, number = _PLACED.unpack(placed)
        stored = os.pread(self._file.fileno(), 4 * (whole_size + answer_size), 4 * start)
        shingles = np.frombuffer(stored, np.uint32)
        return shingles[:whole_size], shingles[whole_size:], number

    def _put_away(self) -> None:
        pairs = [(key << 32) | row for key, row in self._in_hand.items()]
        pairs += [(key << 32) | row for key, rows in self._in_hand_too.items() for row in rows]
        if pairs:
            self._runs.append(np.sort(np.array(pairs, np.uint64)))
        self._in_hand.clear()
        self._in_hand_too.clear()
        self._put_away_rows = len(self)
        while len(self._runs) > 1 and 2 * len(self._runs[-1]) >= len(self._runs[-2]):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(np.sort(np.concatenate([before, last])))
        if self._runs and len(self._runs[0]) >= _STORED_FROM:
            run = self._runs.pop(0)
            self._known.add((run >> HASH_BITS).astype(np.uint32))
            self._stored.append(StoredPairs([run]))


def _keys_of(wholes: NumberSets) -> Keys:
    """(n, BANDS); of a row without shingles they mean nothing."""
    least = np.zeros((len(wholes), BANDS * VALUES), np.uint32)
    is_there = wholes.sizes > 0
    if is_there.any():
        starts = wholes.ends[:-1][is_there]
        for at, (factor, added) in enumerate(zip(_FACTORS, _ADDED, strict=True)):
            least[is_there, at] = np.minimum.reduceat(wholes.numbers * factor + added, starts)
    mixed = (least.reshape(-1, BANDS, VALUES) * _MIXED).sum(axis=2, dtype=np.uint32) + _OF_BAND
    return (mixed ^ (mixed >> np.uint32(15))) * _FACTORS[0]


def _jaccard(one: Numbers, other: Numbers) -> float:
    """Of shingles in order, each once."""
    return jaccard(len(np.intersect1d(one, other, assume_unique=True)), len(one), len(other))
