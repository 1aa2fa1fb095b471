"""What stops a release, as pairs: a row and what it was held against. An acceptance covers these alone."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import numpy as np
import orjson
from django.db.models import Max

from queues.export.guarding.walk import Finding
from queues.export.guards import Effect
from queues.models import GoldenVersion
from queues.models.acceptance import PAIR_BYTES

Pairs = bytes  # hashes of PAIR_BYTES each, each once, in order
_TYPE = np.dtype("<u8")


class Stopping:
    """Hears of the findings of a walk, and keeps those that stop: 8 bytes for each row."""

    def __init__(self) -> None:
        self._rows: defaultdict[tuple[str, str, str], array[int]] = defaultdict(lambda: array("q"))

    def hear(self, one: Finding) -> None:
        """One more finding, of any effect."""
        if one.effect is Effect.STOPS:
            self._rows[one.guard, one.code, one.detail].append(one.row.item)

    def pairs(self, project_id: int) -> Mapping[str, Pairs]:
        """Guard → its pairs. Asks the database once: a golden item that says something else by now is another
        one to hold a row against."""
        versions = _newest_versions(project_id, {detail for _guard, _code, detail in self._rows})
        found: defaultdict[str, list[bytes]] = defaultdict(list)
        for (guard, code, detail), items in self._rows.items():
            against = [code, detail, versions.get(detail)]
            found[guard] += [_hash([*against, item]) for item in items]
        return {guard: _in_order(b"".join(hashes)) for guard, hashes in found.items()}


class Unaccepted:
    """Which pairs of an attempt are not among those that were accepted for it, for rows that are shown.

    A golden item may say something else since; its pair is that of the version that was newest when the
    attempt was built, and each earlier one is tried. Asks the database about each golden item once.
    """

    def __init__(self, project_id: int, found: Pairs, shown: Pairs) -> None:
        self._project_id = project_id
        self._open = frozenset(np.setdiff1d(_numbers(found), _numbers(shown)).tolist())
        self._is_whole = len(self._open) * PAIR_BYTES == len(found)
        self._newest: dict[str, int] = {}

    def are(self, code: str, rows: Sequence[tuple[str, int]]) -> list[bool]:
        """Of each row, told as what it was held against and its item."""
        if self._is_whole or not self._open:
            return [self._is_whole] * len(rows)
        asked = {detail for detail, _item in rows} - self._newest.keys()
        self._newest |= dict.fromkeys(asked, 0) | _newest_versions(self._project_id, asked)
        return [self._is_open(code, detail, item) for detail, item in rows]

    def _is_open(self, code: str, detail: str, item: int) -> bool:
        versions = [*range(self._newest[detail], 0, -1), None]
        hashes = (_hash([code, detail, version, item]) for version in versions)
        return any(int.from_bytes(one, "little") in self._open for one in hashes)


def count_missing(found: Pairs, shown: Pairs) -> int:
    """How many of what was found are not among what was shown."""
    return int(np.count_nonzero(np.isin(_numbers(found), _numbers(shown), invert=True)))


def _newest_versions(project_id: int, names: Iterable[str]) -> dict[str, int]:
    versions = GoldenVersion.objects.filter(project=project_id, golden__golden_id__in=names)
    newest = versions.order_by().values("golden__golden_id").annotate(newest=Max("version"))
    return {one["golden__golden_id"]: one["newest"] for one in newest}


def _hash(pair: list[object]) -> bytes:
    return blake2b(orjson.dumps(pair), digest_size=PAIR_BYTES).digest()


def _numbers(pairs: Pairs) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    return np.frombuffer(pairs, _TYPE)


def _in_order(pairs: Pairs) -> Pairs:
    return np.unique(_numbers(pairs)).tobytes()
