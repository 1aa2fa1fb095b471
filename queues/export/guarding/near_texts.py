"""Many texts that may not leave, ready to be asked "is this one nearly one of them?". Numbers only.

Whoever contains four fifths of another text's shingles misses at most one fifth of them. So of any p of
its shingles it holds all but that fifth: we take the rarest, for their lists are short, and count. No near
text is missed, as a MinHash prefilter misses a short text inside a long one. Texts that pass Jaccard 0.7
pass containment 0.82 of the smaller one, so one look-up serves both. What is left is counted exactly.
"""

import os
from array import array
from collections.abc import Iterator, Sequence
from math import floor
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from queues.export.guarding.known_hashes import KnownHashes
from queues.export.guarding.number_sets import Numbers, NumberSets
from queues.export.guarding.rare_pairs import RarePairs
from queues.export.guarding.shingles import CONTAINMENT_FROM, which_are_near
from queues.export.guarding.stored_pairs import ALL_PLACES, HASH_BITS, Pairs, Places, StoredPairs

Sizes = npt.NDArray[np.int32]  # of texts, in shingles
_NOWHERE = np.empty(0, np.int64)
_MISSING = 1.0 - CONTAINMENT_FROM
_PART, _RANGE = 500_000, 1_000_000  # shingles that are looked at, and pairs that are put in order, at once
_MOST_KNOWN = 65_535  # of how many texts a shingle is counted in; beyond it all are as frequent
# Further shingles are looked up as long as they are in about as few texts as those that must be: each
# that is looked up has to be met as well, which leaves hardly any text that is not near.
_ABOUT_AS_RARE = 2
_FIRST_COUNTED = 64  # candidates; then eight times as many at once
_AT_ONCE = 1_000_000  # pairs looked at for several texts together; where there are more, for each alone


class Sets:
    """The shingles of texts on their way into NearTexts, on the disk."""

    def __init__(self) -> None:
        self._file, self._sizes = TemporaryFile(), array("i")  # noqa: SIM115 - closed with its owner

    def add(self, sets: NumberSets) -> None:
        """Some more texts."""
        self._file.write(sets.numbers.tobytes())
        self._sizes.frombytes(sets.sizes.astype(np.int32).tobytes())

    @property
    def sizes(self) -> Sizes:
        """How many shingles each text has."""
        return np.array(self._sizes, np.int32)

    def parts(self) -> Iterator[Numbers]:
        """The shingles of some texts after the other, as `_parts` of the sizes cuts them."""
        sizes = self.sizes
        self._file.seek(0)
        for first, end in _parts(sizes):
            yield np.frombuffer(self._file.read(4 * int(sizes[first:end].sum())), np.uint32)

    def read(self, first: int, how_many: int) -> Numbers:
        """So many shingles from this one on, of all texts one after the other."""
        return np.frombuffer(os.pread(self._file.fileno(), 4 * how_many, 4 * first), np.uint32)


class NearTexts:
    """Texts by their shingles, whatever the texts' length. Named by their place.

    In memory are the hashes that are one of the rarest for some text, in order: less than half of all. All,
    and whose they are, lie on the disk; of each of all a byte or more says that it is one, of the rarest two.
    """

    def __init__(self, sets: Sets) -> None:
        self._sets, self._sizes = sets, sets.sizes
        self._starts = np.cumsum(self._sizes, dtype=np.int64) - self._sizes
        spread = np.empty(int(self._sizes.sum()), np.uint16)
        self._all = StoredPairs(_sorted(sets, self._sizes, spread))
        self._any = KnownHashes(_bits_for(len(self._all), 8))
        for own in sets.parts():
            self._any.add(own)
        self._needed = np.zeros(len(self._sizes), np.int32)
        self._rare = RarePairs(_rarest(sets, self._sizes, spread, self._needed))
        self._any_rare = KnownHashes(_bits_for(len(self._rare), 16))
        for at in range(0, len(self._rare), _PART):
            self._any_rare.add(self._rare.hashes[at : at + _PART])

    def __len__(self) -> int:
        return len(self._sizes)

    def near_each(self, asked: NumberSets, wanted: Sequence[bool] | None = None) -> list[int | None]:
        """`near` of each text, None of those not wanted. Hardly any is left to look at alone when all have
        been looked at together."""
        if not len(self._all):
            return [None] * len(asked)
        perhaps = self._perhaps_inside(asked) | self._perhaps_around(asked)
        if wanted is not None:
            perhaps &= np.array(wanted, np.bool_)
        return [self.near(asked[at]) if perhaps[at] else None for at in range(len(asked))]

    def _perhaps_inside(self, asked: NumberSets) -> npt.NDArray[np.bool_]:
        """Whether `_inside` of each finds a text."""
        might = self._any_rare.might_have(asked.numbers)
        met, low, high = self._rare.spans(asked.numbers[might])
        if not len(met):
            return np.zeros(len(asked), np.bool_)
        if (high - low).sum() > _AT_ONCE:
            return np.ones(len(asked), np.bool_)
        askers, places = asked.owners[might][met].repeat(high - low), self._rare.places(low, high)
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
        if not len(asked) or not len(self._all):
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
        are_there, low, high = self._rare.spans(asked[self._any_rare.might_have(asked)])
        if not len(are_there):
            return _NOWHERE
        places, met = np.unique(self._rare.places(low, high), return_counts=True)
        return places[(met >= self._needed[places]) & (self._sizes[places] <= len(asked))]

    def _around(self, asked: Numbers) -> Places:
        """The larger texts that might hold the one that is asked about; what none holds is rarest of all."""
        may_miss = floor(len(asked) * _MISSING + 1e-9)
        perhaps = asked[self._any.might_have(asked)]
        if len(asked) - len(perhaps) > may_miss:
            return _NOWHERE
        low, high = self._all.spans(perhaps)
        are_there = high > low
        low, high = low[are_there], high[are_there]
        must = may_miss + 1 - (len(asked) - len(low))
        if must <= 0:
            return _NOWHERE
        spread = high - low
        order = np.argsort(spread, kind="stable")
        further = spread[order[: must + may_miss + 1]] <= _ABOUT_AS_RARE * spread[order[must - 1]]
        looked_up = order[: max(must, int(np.count_nonzero(further)))]
        pairs = np.concatenate(self._all.read(low[looked_up], high[looked_up]))
        places, met = np.unique((pairs & ALL_PLACES).astype(np.int64), return_counts=True)
        needed = len(looked_up) - must + 1
        return places[(met >= needed) & (self._sizes[places] > len(asked))]

    def _counted(self, places: Places, asked: Numbers) -> int | None:
        """The first of these that is near."""
        sizes = self._sizes[places]
        read = zip(self._starts[places].tolist(), sizes.tolist(), strict=True)
        numbers = np.concatenate([self._sets.read(first, size) for first, size in read])
        at = np.minimum(asked.searchsorted(numbers), len(asked) - 1)
        ends = np.cumsum(sizes)
        shared = np.add.reduceat(asked[at] == numbers, ends - sizes, dtype=np.intp)
        near = np.flatnonzero(which_are_near(shared, sizes, len(asked)))
        return int(places[near[0]]) if len(near) else None


def _bits_for(how_many: int, each: int) -> int:
    """So that there are so many bits or more for each of them."""
    return min(32, max(3, (each * how_many - 1).bit_length()))


def _sorted(sets: Sets, sizes: Sizes, spread: npt.NDArray[np.uint16]) -> Iterator[Pairs]:
    """All pairs in order, one range of hashes after the other: few are in memory at once.

    spread: told in how many texts each hash is, in the order of the texts.
    """
    bits = (len(spread) // _RANGE).bit_length()
    for which in range(2**bits):
        found = [_in_range(*part, which, bits) for part in _with_owners(sets, sizes)]
        if not found:
            return
        pairs, places = (np.concatenate(some) for some in zip(*found, strict=True))
        order = pairs.argsort()
        pairs, places = pairs[order], places[order]
        spread[places] = _spread(pairs)
        yield pairs


def _with_owners(sets: Sets, sizes: Sizes) -> Iterator[tuple[int, Numbers, Pairs]]:
    """The shingles of some texts after the other: where the first stands, and of each which text has it."""
    at = 0
    for (first, end), own in zip(_parts(sizes), sets.parts(), strict=True):
        yield at, own, np.arange(first, end, dtype=np.uint64).repeat(sizes[first:end])
        at += len(own)


def _in_range(at: int, own: Numbers, owners: Pairs, which: int, bits: int) -> tuple[Pairs, Places]:
    """The pairs whose hashes begin with these bits, and where their shingles stand."""
    here = np.flatnonzero((own >> np.uint32(32 - bits)) == which) if bits else np.arange(len(own))
    return (own[here].astype(np.uint64) << HASH_BITS) | owners[here], here + at


def _spread(pairs: Pairs) -> npt.NDArray[np.uint16]:
    """In how many texts the hash of each pair is; pairs: in order."""
    hashes = _hashes(pairs)
    begins = np.concatenate([[0], np.flatnonzero(hashes[1:] != hashes[:-1]) + 1, [len(hashes)]])
    runs = np.diff(begins)
    return np.minimum(runs, _MOST_KNOWN).astype(np.uint16).repeat(runs)


def _rarest(sets: Sets, sizes: Sizes, spread: npt.NDArray[np.uint16], needed: Sizes) -> Iterator[Pairs]:
    """The pairs of each text's rarest shingles, which fewest others have, for some texts after the other.

    needed: told how many of them a near text must have, for each text.
    """
    may_miss = np.floor(sizes * _MISSING + 1e-9).astype(np.int32)
    parts = zip(_parts(sizes), _with_owners(sets, sizes), strict=True)
    for (first, end), (at, own, owners) in parts:
        order = _in_order(owners - np.uint64(first), spread[at : at + len(own)])
        owner, known = owners[order].astype(np.intp), spread[at : at + len(own)][order]
        starts = (np.cumsum(sizes[first:end]) - sizes[first:end])[owner - first]
        rank, miss = np.arange(len(own)) - starts, may_miss[owner]
        is_about_as_rare = known <= _ABOUT_AS_RARE * known[starts + miss].astype(np.int64)
        is_rare = (rank <= miss) | ((rank <= 2 * miss + 1) & is_about_as_rare)
        needed[first:end] = np.bincount(owner[is_rare] - first, minlength=end - first) - may_miss[first:end]
        rare = order[is_rare]
        yield (own[rare].astype(np.uint64) << HASH_BITS) | owners[rare]


def _in_order(owners: Pairs, spread: npt.NDArray[np.uint16]) -> Places:
    """Their places by owner, then by spread: as one number each, which is put in order the fastest."""
    bits = np.uint64(len(owners).bit_length())
    keys = ((owners << np.uint64(16)) | spread) << bits | np.arange(len(owners), dtype=np.uint64)
    keys.sort()
    return (keys & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)


def _parts(sizes: Sizes) -> Iterator[tuple[int, int]]:
    """Runs of texts with about _PART shingles."""
    ends, first = np.cumsum(sizes, dtype=np.int64), 0
    while first < len(sizes):
        before = ends[first - 1] if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + _PART)))
        yield first, end
        first = end


def _hashes(pairs: Pairs) -> Numbers:
    return (pairs >> HASH_BITS).astype(np.uint32)
