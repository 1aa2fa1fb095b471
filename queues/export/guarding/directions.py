"""Unit vectors by the side of 576 planes on which they lie: the nearest of 100,000 without looking at all.

Vectors at a cosine of 0.95 share one of 32 bands of 18 planes with a probability of 0.994, and more
the nearer they are (0.97: 0.9998); unrelated ones with 0.0001. Texts of one product are not unrelated, so
thousands may be met; of these only those are measured that lie on the other side of few enough planes. A
warning may rest on that; every hit is measured. The vectors lie on the disk.
Source: Charikar (2002), https://doi.org/10.1145/509907.509965.
"""

import os
from collections.abc import Sequence
from math import acos, pi, sqrt
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

AT_LEAST = 0.95  # cosine: methods.md 6.7
BANDS = 32
PLANES = 18  # a band
_SEED = 20261127  # the same planes in every build
_BITS = np.float32(2) ** np.arange(PLANES, dtype=np.float32)
_APART = acos(AT_LEAST) / pi  # share of planes between two vectors at that cosine
_ALL_PLANES = BANDS * PLANES
# Five standard deviations more than that: one of three million at that cosine is taken for farther away.
_MOST_APART = _ALL_PLANES * _APART + 5.0 * sqrt(_ALL_PLANES * _APART * (1.0 - _APART))


class Directions:
    """Told of named unit vectors, then asked one vector at a time."""

    def __init__(self, dimensions: int) -> None:
        chance = np.random.default_rng(_SEED)
        self._planes = chance.standard_normal((dimensions, _ALL_PLANES)).astype(np.float32)
        self._file, self._names = TemporaryFile(), list[str]()  # noqa: SIM115 - closed with its owner
        self._added: list[tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64]]] = []

    def add(self, names: Sequence[str], rows: npt.NDArray[np.float16]) -> None:
        """Some more, (n, dimensions)."""
        self._file.write(rows.tobytes())
        self._names += names
        self._added.append(self._placed(rows.astype(np.float32)))

    def ready(self) -> None:
        """These were all."""
        self._file.flush()
        keys = np.concatenate([keys for keys, _sides in self._added]).ravel()
        self._sides = np.concatenate([sides for _keys, sides in self._added])
        self._added.clear()
        order = np.argsort(keys, kind="stable")
        self._sorted, self._owners = keys[order], (order // BANDS).astype(np.int32)

    def nearest(self, vector: npt.NDArray[np.float32]) -> str | None:
        """The name of the nearest vector whose cosine is AT_LEAST."""
        length = float(np.linalg.norm(vector))
        if not length or len(vector) != len(self._planes):
            return None
        unit = (vector / length).astype(np.float32)
        keys, sides = self._placed(unit[None, :])
        owners = self._met(keys[0])
        apart = np.bitwise_count(self._sides[owners] ^ sides[0]).sum(axis=1)
        owners = np.unique(owners[apart <= _MOST_APART])
        if not len(owners):
            return None
        cosines = self._read(owners.tolist()) @ unit
        best = int(np.argmax(cosines))
        return self._names[int(owners[best])] if round(float(cosines[best]), 3) >= AT_LEAST else None

    def _met(self, keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
        """Those that share a band, as often as they do."""
        low = np.searchsorted(self._sorted, keys, "left")
        high = np.searchsorted(self._sorted, keys, "right")
        met = [self._owners[start:end] for start, end in zip(low.tolist(), high.tolist(), strict=True)]
        return np.concatenate(met)

    def _read(self, places: Sequence[int]) -> npt.NDArray[np.float32]:
        size = 2 * len(self._planes)
        read = b"".join(os.pread(self._file.fileno(), size, place * size) for place in places)
        return np.frombuffer(read, np.float16).reshape(len(places), -1).astype(np.float32)

    def _placed(self, rows: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64]]:
        """(n, BANDS): the sides of each band's planes as one number, with the band in front; and (n, 9): all
        of them, a bit each."""
        sides = rows @ self._planes > 0
        numbers = (sides.reshape(len(rows), BANDS, PLANES) @ _BITS).astype(np.uint32)
        keys = numbers | (np.arange(BANDS, dtype=np.uint32) << np.uint32(PLANES))
        return keys, np.packbits(sides, axis=1).view(np.uint64)
