"""Many texts that may not leave, ready to be asked "is this one nearly one of them?". Numbers only.

Whoever contains four fifths of another text's shingles misses at most one fifth of them. So of any p of
its shingles it holds all but that fifth: we take the rarest, for their lists are short, and count. No near
text is missed, as a MinHash prefilter misses a short text inside a long one. Texts that pass Jaccard 0.7
pass containment 0.82 of the smaller one, so one look-up serves both. What is left is counted exactly.
"""

from array import array
from collections.abc import Iterator, Sequence
from math import floor
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from queues.export.guarding.number_sets import Numbers, NumberSets
from queues.export.guarding.shingles import CONTAINMENT_FROM, which_are_near

Places = npt.NDArray[np.intp]  # of texts, in order
_NOWHERE = np.empty(0, np.intp)
_MISSING = 1.0 - CONTAINMENT_FROM
_OWNER_BITS = np.uint64(32)
_COMMON = np.uint64(0x8000_0000)  # a pair that is none of its text's rarest
_ALL_RARE, _ALL = np.uint64(0x7FFF_FFFF), np.uint64(0xFFFF_FFFF)  # where the pairs of a hash end
_EIGHT, _SEVEN = np.uint32(3), np.uint32(7)  # of which byte, which bit
_BIT = np.left_shift(1, np.arange(8)).astype(np.uint8)
_PART = 500_000  # shingles that are put in order at once
_MOST_KNOWN = 65_535  # of how many texts a shingle is counted in; beyond it all are as frequent
# Further shingles are looked up as long as they are in about as few texts as those that must be: each
# that is looked up has to be met as well, which leaves hardly any text that is not near.
_ABOUT_AS_RARE = 2
_FIRST_COUNTED = 64  # candidates; then eight times as many at once
_AT_ONCE = 1_000_000  # pairs looked at for several texts together; where there are more, for each alone


class Sets:
    """The shingles of texts on their way into NearTexts, on the disk: they are read once."""

    def __init__(self) -> None:
        self._file, self._sizes = TemporaryFile(), array("i")  # noqa: SIM115 - closed with its owner

    def add(self, sets: NumberSets) -> None:
        """Some more texts."""
        self._file.write(sets.numbers.tobytes())
        self._sizes.frombytes(sets.sizes.astype(np.int32).tobytes())

    @property
    def sizes(self) -> npt.NDArray[np.int32]:
        """How many shingles each text has."""
        return np.array(self._sizes, np.int32)

    def parts(self) -> Iterator[Numbers]:
        """The shingles of some texts after the other, as `_parts` of the sizes cuts them."""
        sizes = self.sizes
        self._file.seek(0)
        for first, end in _parts(sizes):
            yield np.frombuffer(self._file.read(4 * int(sizes[first:end].sum())), np.uint32)


class NearTexts:
    """Texts by their shingles: 10 to 11 bytes a shingle, whatever the texts' length. Named by their place.

    Kept as pairs of a hash (upper 32 bits) and a text that has it (lower 31), in order; of the pairs of a
    hash those come first for which it is one of the text's rarest.
    """

    def __init__(self, sets: Sets) -> None:
        self._sizes = sets.sizes
        self._pairs = _paired(sets, self._sizes)
        self._needed = _mark_rarest(self._pairs, self._sizes)
        self._any, self._rare = _Known(self._pairs), _Known(self._pairs, only_rare=True)

    def __len__(self) -> int:
        return len(self._sizes)

    def near_each(self, asked: NumberSets, wanted: Sequence[bool] | None = None) -> list[int | None]:
        """`near` of each text, None of those not wanted. Hardly any is left to look at alone when all have
        been looked at together."""
        if not len(self._pairs):
            return [None] * len(asked)
        perhaps = self._perhaps_inside(asked) | self._perhaps_around(asked)
        if wanted is not None:
            perhaps &= np.array(wanted, np.bool_)
        return [self.near(asked[at]) if perhaps[at] else None for at in range(len(asked))]

    def _perhaps_inside(self, asked: NumberSets) -> npt.NDArray[np.bool_]:
        """Whether `_inside` of each finds a text."""
        might = self._rare.might_have(asked.numbers)
        keys = asked.numbers[might].astype(np.uint64) << _OWNER_BITS
        low = self._pairs.searchsorted(keys)
        met = np.flatnonzero(self._pairs[np.minimum(low, len(self._pairs) - 1)] - keys <= _ALL_RARE)
        if not len(met):
            return np.zeros(len(asked), np.bool_)
        keys, low = keys[met], low[met]
        high = self._pairs.searchsorted(keys | _ALL_RARE, "right")
        if (high - low).sum() > _AT_ONCE:
            return np.ones(len(asked), np.bool_)
        askers, places = asked.owners[might][met].repeat(high - low), self._owners(low, high)
        pairs, times = np.unique((askers << 32) | places, return_counts=True)
        askers, places = pairs >> 32, pairs & 0xFFFF_FFFF
        is_perhaps = (times >= self._needed[places]) & (self._sizes[places] <= asked.sizes[askers])
        return np.bincount(askers[is_perhaps], minlength=len(asked)) > 0

    def _perhaps_around(self, asked: NumberSets) -> npt.NDArray[np.bool_]:
        """Whether enough of each might be in a text for `_around` to look."""
        might = self._any.might_have(asked.numbers)
        met = np.bincount(asked.owners[might], minlength=len(asked))
        return (asked.sizes > 0) & (asked.sizes - met <= np.floor(asked.sizes * _MISSING + 1e-9))

    def near(self, asked: Numbers) -> int | None:
        """The place of the first text that is nearly the one with these shingles; None when none is."""
        if not len(asked) or not len(self._pairs):
            return None
        inside, around = self._inside(asked), self._around(asked)
        places = np.union1d(inside, around) if len(around) else inside
        at, many = 0, _FIRST_COUNTED
        while at < len(places):
            found = self._counted(places[at : at + many], asked)
            if found is not None:
                return found
            at, many = at + many, many * 8
        return None

    def _inside(self, asked: Numbers) -> Places:
        """The smaller texts that might be in the one that is asked about."""
        low, high = self._spans(self._rare.perhaps(asked), _ALL_RARE)
        if not len(low):
            return low
        places, met = np.unique(self._owners(low, high), return_counts=True)
        return places[(met >= self._needed[places]) & (self._sizes[places] <= len(asked))]

    def _around(self, asked: Numbers) -> Places:
        """The larger texts that might hold the one that is asked about; what none holds is rarest of all."""
        may_miss = floor(len(asked) * _MISSING + 1e-9)
        perhaps = self._any.perhaps(asked)
        if len(asked) - len(perhaps) > may_miss:
            return _NOWHERE
        low, high = self._spans(perhaps, _ALL)
        must = may_miss + 1 - (len(asked) - len(low))
        if must <= 0:
            return _NOWHERE
        spread = high - low
        order = np.argsort(spread, kind="stable")
        further = spread[order[: must + may_miss + 1]] <= _ABOUT_AS_RARE * spread[order[must - 1]]
        looked_up = order[: max(must, int(np.count_nonzero(further)))]
        places, met = np.unique(self._owners(low[looked_up], high[looked_up]), return_counts=True)
        needed = len(looked_up) - must + 1
        return places[(met >= needed) & (self._sizes[places] > len(asked))]

    def _counted(self, places: Places, asked: Numbers) -> int | None:
        """The first of these that is near."""
        keys = asked.astype(np.uint64) << _OWNER_BITS
        shared = np.zeros(len(places), np.intp)
        for rarity in (np.uint64(0), _COMMON):
            wanted = (keys[None, :] | rarity) | places.astype(np.uint64)[:, None]
            at = self._pairs.searchsorted(wanted)
            at[at == len(self._pairs)] = 0
            shared += np.count_nonzero(self._pairs[at] == wanted, axis=1)
        near = np.flatnonzero(which_are_near(shared, self._sizes[places], len(asked)))
        return int(places[near[0]]) if len(near) else None

    def _spans(self, asked: Numbers, last: np.uint64) -> tuple[Places, Places]:
        """Where the pairs of each of these hashes stand up to `last`, without those that have none."""
        keys = asked.astype(np.uint64) << _OWNER_BITS
        low = self._pairs.searchsorted(keys)
        high = self._pairs.searchsorted(keys | last, "right")
        are_there = high > low
        return low[are_there], high[are_there]

    def _owners(self, low: Places, high: Places) -> Places:
        """The texts of all these pairs."""
        return (self._pairs[_ranges(low, high - low)] & _ALL_RARE).astype(np.intp)


class _Known:
    """Most hashes that no pair has are known by one look: eight bits or more for each pair, and sixteen of
    the rarest, which every row is asked for."""

    def __init__(self, pairs: npt.NDArray[np.uint64], *, only_rare: bool = False) -> None:
        counted = (
            int(sum(np.count_nonzero(_are_rare(part)) for part in _cut(pairs))) if only_rare else len(pairs)
        )
        bits = min(32, (4 if only_rare else 3) + max(1, counted).bit_length())
        self._shift, self._bits = np.uint32(32 - bits), np.zeros(2 ** (bits - 3), np.uint8)
        for part in _cut(pairs):
            which = _hashes(part[_are_rare(part)] if only_rare else part) >> self._shift
            np.bitwise_or.at(self._bits, which >> _EIGHT, _BIT[which & _SEVEN])

    def perhaps(self, asked: Numbers) -> Numbers:
        """Those of these hashes that some pair might have."""
        return asked[self.might_have(asked)]

    def might_have(self, asked: Numbers) -> npt.NDArray[np.bool_]:
        """Of each whether some pair might have it."""
        which = asked >> self._shift
        return (self._bits[which >> _EIGHT] & _BIT[which & _SEVEN]) != 0


def _paired(sets: Sets, sizes: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
    pairs, at = np.empty(int(sizes.sum()), np.uint64), 0
    for (first, end), own in zip(_parts(sizes), sets.parts(), strict=True):
        owners = np.repeat(np.arange(first, end, dtype=np.uint64), sizes[first:end])
        pairs[at : at + len(own)] = (own.astype(np.uint64) << _OWNER_BITS) | owners
        at += len(own)
    pairs.sort()
    return pairs


def _mark_rarest(pairs: npt.NDArray[np.uint64], sizes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Put those first that are a text's rarest, which fewest others have; how many of them a near text must
    have, for each."""
    may_miss = np.floor(sizes * _MISSING + 1e-9).astype(np.int32)
    needed = np.zeros(len(sizes), np.int32)
    spread = _spread(pairs)
    for first, end in _parts(sizes):
        at = _pairs_of(pairs, first, end)
        owner = (pairs[at] & _ALL_RARE).astype(np.intp)
        order = np.lexsort((spread[at], owner))
        at, owner = at[order], owner[order]
        known = spread[at]
        starts = (np.cumsum(sizes[first:end]) - sizes[first:end])[owner - first]
        rank, miss = np.arange(len(at)) - starts, may_miss[owner]
        is_about_as_rare = known <= _ABOUT_AS_RARE * known[starts + miss].astype(np.int64)
        is_rare = (rank <= miss) | ((rank <= 2 * miss + 1) & is_about_as_rare)
        pairs[at[~is_rare]] |= _COMMON
        needed[first:end] = np.bincount(owner[is_rare] - first, minlength=end - first)
    del spread
    pairs.sort()
    return needed - may_miss


def _pairs_of(pairs: npt.NDArray[np.uint64], first: int, end: int) -> Places:
    """Where the pairs of these texts stand; by pieces, for memory."""
    found = []
    for at, part in zip(range(0, len(pairs), _PART), _cut(pairs), strict=True):
        owners = (part & _ALL_RARE).astype(np.uint32)
        found.append(np.flatnonzero((owners >= first) & (owners < end)) + at)
    return np.concatenate(found)


def _spread(pairs: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint16]:
    """In how many texts the hash of each pair is."""
    spread = np.empty(len(pairs), np.uint16)
    at = 0
    while at < len(pairs):
        end = at + _PART
        if end < len(pairs):  # up to where a hash begins
            last = (pairs[end] >> _OWNER_BITS) << _OWNER_BITS
            end = int(np.searchsorted(pairs, last))
            end = end if end > at else int(np.searchsorted(pairs, last + (np.uint64(1) << _OWNER_BITS)))
        hashes = _hashes(pairs[at:end])
        runs = np.diff(np.concatenate([[0], np.flatnonzero(hashes[1:] != hashes[:-1]) + 1, [len(hashes)]]))
        spread[at:end] = np.repeat(np.minimum(runs, _MOST_KNOWN), runs)
        at = end
    return spread


def _parts(sizes: npt.NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Runs of texts with about _PART shingles."""
    ends, first = np.cumsum(sizes, dtype=np.int64), 0
    while first < len(sizes):
        before = ends[first - 1] if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + _PART)))
        yield first, end
        first = end


def _hashes(pairs: npt.NDArray[np.uint64]) -> Numbers:
    return (pairs >> _OWNER_BITS).astype(np.uint32)


def _are_rare(pairs: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    return (pairs & _COMMON) == 0


def _cut(pairs: npt.NDArray[np.uint64]) -> Iterator[npt.NDArray[np.uint64]]:
    for at in range(0, len(pairs), _PART):
        yield pairs[at : at + _PART]


def _ranges(starts: npt.NDArray[np.integer], sizes: npt.NDArray[np.integer]) -> Places:
    """Every place of each run, one run after the other."""
    ends = sizes.cumsum()
    return (starts - ends + sizes).repeat(sizes) + np.arange(int(ends[-1]))
