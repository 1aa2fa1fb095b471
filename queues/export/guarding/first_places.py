"""A million numbers and where each was first seen, in 8 bytes each; a dictionary takes twelve times that."""

from bisect import bisect_left

import numpy as np

_PLACE_BITS = 2
_PLACES = (1 << _PLACE_BITS) - 1
_NUMBER = (1 << 64) - 1 - _PLACES  # 62 bits of it tell it from all others
_IN_HAND = 50_000


class FirstPlaces:
    """Numbers of 64 bits, given one by one; a place is 0 to 3."""

    def __init__(self) -> None:
        self._in_hand: dict[int, int] = {}
        self._put_away = np.empty(0, np.uint64)  # number and place, in order
        self._looked_in = self._put_away.data  # one number is found in it in less time

    def first(self, number: int, place: int = 0) -> int | None:
        """Where it was seen first; None when that is now, at this place."""
        key = number & _NUMBER
        known = self._in_hand.get(key)
        if known is None:
            known = self._put_away_at(key)
        if known is None:
            self._in_hand[key] = place
            if len(self._in_hand) == _IN_HAND:
                self._put_away_all()
        return known

    def _put_away_at(self, key: int) -> int | None:
        at = bisect_left(self._looked_in, key)
        if at == len(self._looked_in):
            return None
        found = self._looked_in[at]
        return found & _PLACES if found & _NUMBER == key else None

    def _put_away_all(self) -> None:
        more = np.fromiter((key | place for key, place in self._in_hand.items()), np.uint64)
        self._put_away = np.concatenate([self._put_away, more])
        self._put_away.sort()
        self._looked_in = self._put_away.data
        self._in_hand.clear()
