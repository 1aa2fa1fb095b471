"""Pairs of a hash (upper 32 bits) and a place (lower 32), in order, on the disk: each look reads 4 KiB.

In memory is the first pair of each block alone: a sixty-fourth of a byte a pair.
"""

import os
from collections.abc import Iterable
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

Pairs = npt.NDArray[np.uint64]
Hashes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
HASH_BITS = np.uint64(32)
ALL_PLACES = np.uint64(0xFFFF_FFFF)  # where the pairs of a hash end
_BLOCK = 512  # pairs
_BYTES = 8
_AT_ONCE = 256  # blocks in memory: 1 MiB


class StoredPairs:
    """Asked by many hashes at once; each is one look into a block."""

    def __init__(self, parts: Iterable[Pairs]) -> None:
        """parts: all pairs, in order."""
        self._file = TemporaryFile()  # noqa: SIM115 - closed with its owner
        firsts: list[Pairs] = []
        self._length = 0
        for part in parts:
            self._file.write(part.tobytes())
            firsts.append(part[-self._length % _BLOCK :: _BLOCK].copy())
            self._length += len(part)
        self._file.flush()
        self._firsts = np.concatenate(firsts) if firsts else np.empty(0, np.uint64)

    def __len__(self) -> int:
        return self._length

    def have(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Of each whether some pair has it."""
        found = np.zeros(len(hashes), np.bool_)
        if not self._length:
            return found
        wanted = hashes.astype(np.uint64) << HASH_BITS
        # The block that holds the last pair of the hash, if there is any.
        blocks = np.maximum(self._firsts.searchsorted(wanted | ALL_PLACES, "right") - 1, 0)
        for at in range(0, len(hashes), _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            pairs = self._blocks(blocks[some])
            found[some] = ((pairs >> HASH_BITS) == hashes[some][:, None]).any(axis=1)
        return found

    def spans(self, hashes: Hashes) -> tuple[Places, Places]:
        """Where the pairs of each of these hashes begin and end; the same where there are none."""
        wanted = hashes.astype(np.uint64) << HASH_BITS
        return self._places(wanted, is_after=False), self._places(wanted | ALL_PLACES, is_after=True)

    def read(self, low: Places, high: Places) -> list[Pairs]:
        """The pairs of each of these spans."""
        file = self._file.fileno()
        return [
            np.frombuffer(os.pread(file, (end - start) * _BYTES, start * _BYTES), np.uint64)
            for start, end in zip(low.tolist(), high.tolist(), strict=True)
        ]

    def _places(self, wanted: Pairs, *, is_after: bool) -> Places:
        """How many pairs are smaller than each of these, or not larger."""
        places = np.zeros(len(wanted), np.int64)
        if not self._length:
            return places
        blocks = np.maximum(self._firsts.searchsorted(wanted, "right" if is_after else "left") - 1, 0)
        for at in range(0, len(wanted), _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            pairs, key = self._blocks(blocks[some]), wanted[some][:, None]
            before = (pairs <= key) if is_after else (pairs < key)
            places[some] = blocks[some] * _BLOCK + before.sum(axis=1)
        return np.minimum(places, self._length)  # what fills up the last block is not there

    def _blocks(self, which: Places) -> npt.NDArray[np.uint64]:
        """(n, _BLOCK); the last block is filled up with its last pair."""
        different, at = np.unique(which, return_inverse=True)
        file, size = self._file.fileno(), _BLOCK * _BYTES
        read = [os.pread(file, size, block * size) for block in different.tolist()]
        if len(read[-1]) < size:
            read[-1] += read[-1][-_BYTES:] * (_BLOCK - len(read[-1]) // _BYTES)
        return np.frombuffer(b"".join(read), np.uint64).reshape(-1, _BLOCK)[at]
