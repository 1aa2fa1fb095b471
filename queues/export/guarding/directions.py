"""Unit vectors by the side of 576 planes on which they lie: the nearest of 100,000 without looking at all.

Vectors at a cosine of 0.95 share one of 32 bands of 18 planes with a probability of 0.994, and more
the nearer they are (0.97: 0.9998); unrelated ones with 0.0001. A warning may rest on that; every hit is
then measured.
Source: Charikar (2002), https://doi.org/10.1145/509907.509965.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

AT_LEAST = 0.95  # cosine: methods.md 6.7
BANDS = 32
PLANES = 18  # a band
_SEED = 20261127  # the same planes in every build
_BITS = np.float32(2) ** np.arange(PLANES, dtype=np.float32)


class Directions:
    """names and unit vectors (n, dimensions), float16; to be asked one vector at a time."""

    def __init__(self, names: Sequence[str], rows: npt.NDArray[np.float16]) -> None:
        self._names, self._rows = names, rows
        chance = np.random.default_rng(_SEED)
        self._planes = chance.standard_normal((rows.shape[1], BANDS * PLANES)).astype(np.float32)
        keys = np.concatenate(
            [self._keys(rows[at : at + 4_096].astype(np.float32)) for at in range(0, len(rows), 4_096)]
        )
        order = np.argsort(keys.ravel(), kind="stable")
        self._sorted = keys.ravel()[order]
        self._owners = (order // BANDS).astype(np.int32)

    def nearest(self, vector: npt.NDArray[np.float32]) -> str | None:
        """The name of the nearest vector whose cosine is AT_LEAST."""
        length = float(np.linalg.norm(vector))
        if not length or len(vector) != self._rows.shape[1]:
            return None
        unit = (vector / length).astype(np.float32)
        keys = self._keys(unit[None, :])[0]
        low = np.searchsorted(self._sorted, keys, "left")
        high = np.searchsorted(self._sorted, keys, "right")
        met = np.flatnonzero(high > low).tolist()
        if not met:
            return None
        owners = np.unique(np.concatenate([self._owners[low[at] : high[at]] for at in met]))
        cosines = self._rows[owners].astype(np.float32) @ unit
        best = int(np.argmax(cosines))
        return self._names[int(owners[best])] if round(float(cosines[best]), 3) >= AT_LEAST else None

    def _keys(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.uint32]:
        """(n, BANDS): the sides of each band's planes as one number, with the band in front."""
        sides = (rows @ self._planes > 0).reshape(len(rows), BANDS, PLANES)
        numbers = (sides @ _BITS).astype(np.uint32)
        return numbers | (np.arange(BANDS, dtype=np.uint32) << np.uint32(PLANES))
