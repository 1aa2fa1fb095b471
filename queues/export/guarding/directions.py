"""Unit vectors by the side of 448 planes on which they lie: the nearest of 100,000 without looking at all.

Vectors at a cosine of 0.95 share one of 28 bands of 16 planes with a probability of 0.996, and more
the nearer they are (0.97: 0.9999); unrelated ones with 0.0004. Texts of one product are not unrelated, so
thousands may be met; of these only those are measured that lie on the other side of few enough planes. A
warning may rest on that; every hit is measured. The vectors lie on the disk.
Source: Charikar (2002), https://doi.org/10.1145/509907.509965.
"""

import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import acos, pi, sqrt
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np
import numpy.typing as npt

AT_LEAST = 0.95  # cosine: methods.md 6.7
BANDS = 28
PLANES = 16  # a band, whose sides are one number
Vectors = npt.NDArray[np.float32]  # a row each
_Places = npt.NDArray[np.intp]
_Keys = npt.NDArray[np.uint16]
_Words = npt.NDArray[np.uint64]
_SEED = 20261127  # the same planes in every build
_BITS = np.float32(2) ** np.arange(PLANES, dtype=np.float32)
_APART = acos(AT_LEAST) / pi  # share of planes between two vectors at that cosine
_FIRST_WORDS = 2  # which are looked at first: they leave a hundredth of what has another meaning
_AT_ONCE = 1_000_000  # pairs of vectors that share a band
_READ_AT_ONCE = 4_096  # vectors


@dataclass(frozen=True, slots=True)
class _Asked:
    """Some vectors of length 1, their sides, and where in each band those begin and end that share it."""

    units: Vectors
    sides: _Words
    low: _Places
    high: _Places


class Directions:
    """Told of unit vectors, each with a number that names it, then asked for some vectors at once."""

    def __init__(self, dimensions: int) -> None:
        chance = np.random.default_rng(_SEED)
        self._planes = chance.standard_normal((dimensions, BANDS * PLANES)).astype(np.float32)
        self._file, self._names = TemporaryFile(), array("q")  # noqa: SIM115 - closed with its owner
        # On the disk as well until all are there: then nothing is in memory twice.
        self._added_keys, self._added_sides = TemporaryFile(), TemporaryFile()  # noqa: SIM115

    def add(self, names: Sequence[int], rows: npt.NDArray[np.float16]) -> None:
        """Some more, (n, dimensions)."""
        self._file.write(rows.tobytes())
        self._names.extend(names)
        keys, sides = self._placed(rows.astype(np.float32))
        self._added_keys.write(keys.T.tobytes())
        self._added_sides.write(sides.tobytes())

    def ready(self) -> None:
        """These were all."""
        self._file.flush()
        self._sides = _read_back(self._added_sides, np.uint64).reshape(len(self._names), -1)
        self._firsts = np.ascontiguousarray(self._sides[:, :_FIRST_WORDS])
        added = _read_back(self._added_keys, np.uint16).reshape(len(self._names), BANDS)
        self._keys, self._owners = np.empty(added.T.shape, np.uint16), np.empty(added.T.shape, np.int32)
        for band in range(BANDS):
            self._owners[band] = order = np.argsort(added[:, band], kind="stable")
            self._keys[band] = added[order, band]

    def nearest_each(self, vectors: Vectors) -> list[int | None]:
        """The name of the nearest vector to each of these, of any length, where its cosine is AT_LEAST; None
        where none is, and of zeros."""
        if not len(vectors) or vectors.shape[1] != len(self._planes):
            return [None] * len(vectors)
        return [name for some in self._asked(vectors) for name in self._nearest(some)]

    def _asked(self, vectors: Vectors) -> "Iterator[_Asked]":
        """As many together as share a band with about _AT_ONCE."""
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        units = np.divide(vectors, np.where(lengths > 0, lengths, 1), dtype=np.float32)
        keys, sides = self._placed(units)
        bands = list(zip(self._keys, keys, strict=True))
        low = np.stack([ours.searchsorted(theirs, "left") for ours, theirs in bands])
        high = np.stack([ours.searchsorted(theirs, "right") for ours, theirs in bands])
        shared, first = np.cumsum((high - low).sum(axis=0)), 0
        while first < len(vectors):
            before = shared[first - 1] if first else 0
            end = max(first + 1, int(shared.searchsorted(before + _AT_ONCE)))
            yield _Asked(units[first:end], sides[first:end], low[:, first:end], high[:, first:end])
            first = end

    def _nearest(self, asked: "_Asked") -> list[int | None]:
        askers, owners = self._few_apart(asked)
        cosines = self._cosines(asked.units, askers, owners)
        found: list[int | None] = [None] * len(asked.units)
        for at in np.lexsort((-owners, cosines)).tolist():  # the nearest, of several the first, comes last
            if round(float(cosines[at]), 3) >= AT_LEAST:
                found[askers[at]] = self._names[owners[at]]
        return found

    def _few_apart(self, asked: "_Asked") -> tuple[_Places, _Places]:
        """Pairs of who asks and who shares a band with it, each once: those with few planes between them."""
        met = np.unique(np.concatenate([self._met(band, asked) for band in range(BANDS)]))
        askers, owners = np.divmod(met, len(self._names))
        apart = _apart(self._sides.take(owners, axis=0), asked.sides.take(askers, axis=0))
        are_near = apart <= _most_apart(BANDS * PLANES)
        return askers[are_near], owners[are_near]

    def _met(self, band: int, asked: "_Asked") -> _Places:
        """Those that share this band, as one number a pair, but for those that the first planes part: nearly
        all that have another meaning."""
        low, high = asked.low[band], asked.high[band]
        shared = high - low
        ends = np.cumsum(shared)
        places = np.arange(ends[-1]) + (high - ends).repeat(shared)
        owners = self._owners[band].take(places).astype(np.intp)
        first = asked.sides[:, :_FIRST_WORDS].repeat(shared, axis=0)
        near = np.flatnonzero(_apart(self._firsts.take(owners, axis=0), first) <= _MOST_FIRST)
        return ends.searchsorted(near, "right") * len(self._names) + owners[near]

    def _cosines(self, units: Vectors, askers: _Places, owners: _Places) -> Vectors:
        """Of each pair."""
        cosines = np.empty(len(askers), np.float32)
        for at in range(0, len(askers), _READ_AT_ONCE):
            some = slice(at, at + _READ_AT_ONCE)
            cosines[some] = np.einsum("nd,nd->n", self._read(owners[some]), units[askers[some]])
        return cosines

    def _read(self, owners: _Places) -> Vectors:
        different, at = np.unique(owners, return_inverse=True)
        file, size = self._file.fileno(), 2 * len(self._planes)
        read = b"".join(os.pread(file, size, place * size) for place in different.tolist())
        return np.frombuffer(read, np.float16).reshape(len(different), -1).astype(np.float32)[at]

    def _placed(self, rows: Vectors) -> tuple[_Keys, _Words]:
        """(BANDS, n): the sides of each band's planes as one number; and (n, 7): all of them, a bit each."""
        sides = rows @ self._planes > 0
        numbers = sides.reshape(len(rows), BANDS, PLANES) @ _BITS
        return np.ascontiguousarray(numbers.T, np.uint16), np.packbits(sides, axis=1).view(np.uint64)


def of_halves(sent: Sequence[bytes]) -> Vectors:
    """Vectors of one length, as the database sends them: float16, big-endian."""
    return np.frombuffer(b"".join(sent), ">f2").reshape(len(sent), -1).astype(np.float32)


def _read_back(file: IO[bytes], kind: type[np.generic]) -> npt.NDArray[Any]:
    """What was written to it; it is gone then."""
    with file:
        file.seek(0)
        return np.fromfile(file, kind)


def _apart(ones: _Words, others: _Words) -> npt.NDArray[np.uint16]:
    """Of each pair, how many planes lie between them. By columns: sums over rows take ten times that."""
    apart = np.zeros(len(ones), np.uint16)
    for word in np.bitwise_count(ones ^ others).T:
        apart += word
    return apart


def _most_apart(planes: int) -> float:
    """Of so many planes: five standard deviations more than lie between two vectors at AT_LEAST: one of a
    hundred thousand of those is taken for farther away."""
    return planes * _APART + 5.0 * sqrt(planes * _APART * (1.0 - _APART))


_MOST_FIRST = _most_apart(_FIRST_WORDS * 64)
