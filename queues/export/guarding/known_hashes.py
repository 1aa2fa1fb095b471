"""Hashes of which nearly every other is known not to be one of them by one look: a bit for each place."""

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]
_EIGHT, _SEVEN = np.uint32(3), np.uint32(7)  # of which byte, which bit
_BIT = np.left_shift(1, np.arange(8)).astype(np.uint8)


class KnownHashes:
    """bits: two to the power of so many places, which is their share of memory as well: 8 to a byte."""

    def __init__(self, bits: int) -> None:
        self._shift, self._bits = np.uint32(32 - bits), np.zeros(2 ** (bits - 3), np.uint8)

    def add(self, hashes: Hashes) -> None:
        """Some more of them."""
        which = hashes >> self._shift
        np.bitwise_or.at(self._bits, which >> _EIGHT, _BIT[which & _SEVEN])

    def might_have(self, asked: Hashes) -> npt.NDArray[np.bool_]:
        """Of each whether it might be one of them; False is certain."""
        which = asked >> self._shift
        return (self._bits[which >> _EIGHT] & _BIT[which & _SEVEN]) != 0
