"""Pairs of a hash (upper 32 bits) and a place (lower 32), in order: the hashes in memory, for most of what is
asked is not there, and the places on the disk."""

import os
from collections.abc import Iterable
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from queues.export.guarding.stored_pairs import ALL_PLACES, HASH_BITS, Hashes, Pairs, Places

_AT_ONCE = 1_000_000  # pairs that are taken apart at once
_BYTES = 4


class RarePairs:
    """Asked by many hashes at once, of which most are not there."""

    def __init__(self, parts: Iterable[Pairs]) -> None:
        """parts: all pairs, in any order."""
        pairs = _sorted(parts)
        self.hashes: Hashes = np.empty(len(pairs), np.uint32)
        self._file = TemporaryFile()  # noqa: SIM115 - closed with its owner
        for at in range(0, len(pairs), _AT_ONCE):
            some = pairs[at : at + _AT_ONCE]
            self.hashes[at : at + _AT_ONCE] = some >> HASH_BITS
            self._file.write((some & ALL_PLACES).astype(np.uint32).tobytes())
        self._file.flush()

    def __len__(self) -> int:
        return len(self.hashes)

    def spans(self, asked: Hashes) -> tuple[Places, Places, Places]:
        """Which of these are there, and where the pairs of each of those begin and end."""
        low = self.hashes.searchsorted(asked)
        are_there = np.flatnonzero(self.hashes[np.minimum(low, len(self) - 1)] == asked)
        return are_there, low[are_there], self.hashes.searchsorted(asked[are_there], "right")

    def places(self, low: Places, high: Places) -> Places:
        """Of all pairs of these spans, one span after the other; there is one at least."""
        file = self._file.fileno()
        read = [
            os.pread(file, (end - start) * _BYTES, start * _BYTES)
            for start, end in zip(low.tolist(), high.tolist(), strict=True)
        ]
        return np.frombuffer(b"".join(read), np.uint32).astype(np.int64)


def _sorted(parts: Iterable[Pairs]) -> npt.NDArray[np.uint64]:
    """By way of the disk: never twice in memory."""
    with TemporaryFile() as file:
        for part in parts:
            file.write(part.tobytes())
        file.seek(0)
        pairs = np.fromfile(file, np.uint64)
    pairs.sort()
    return pairs
