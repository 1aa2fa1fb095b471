"""Which split each group is in: where it was first published, else where its draw falls."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from django.db import connection

from queues.export.definition.splits import Splits
from queues.export.groups import key_of
from queues.export.queries import CHUNK
from queues.export.splits import SPLITS, split_of

_STORED = "SELECT group_key, split FROM queues_splitgroup g WHERE dataset_id = %s {only} ORDER BY group_key"
# What left elsewhere on the other side of the wall: to test with, for rows to train with, or the reverse.
_ELSEWHERE = """
SELECT g.group_key, d.name FROM queues_splitgroup g JOIN queues_dataset d ON d.id = g.dataset_id
WHERE d.project_id = %s AND g.dataset_id <> %s AND (g.split = 'train') = %s {only}
ORDER BY g.dataset_id, g.group_key
"""
_REMEMBERED = 512  # groups: several ask for that of one row, or of the rows beside it


class Groups:
    """The groups of a dataset by their keys, held as arrays: 17 bytes a group.

    main: the split of all rows when the dataset has no shares; only: keys of the groups that will be asked
    for, where they are few.
    """

    def __init__(
        self,
        project_id: int,
        dataset_id: int,
        splits: Splits,
        *,
        main: str,
        only: Sequence[int] | None = None,
    ) -> None:
        self._shares, self._seed = splits.shares or {main: 1.0}, splits.seed
        self._keys, self._places = array("q"), array("b")
        self._elsewhere: dict[str, array[int]] = {}  # dataset → keys: 8 bytes for each, and no name
        for key, split in _streamed(_STORED, [dataset_id], only):
            self._keys.append(key)
            self._places.append(SPLITS.index(split))
        for key, name in _streamed(_ELSEWHERE, [project_id, dataset_id, main != "train"], only):
            self._elsewhere.setdefault(name, array("q")).append(key)
        self.is_split = len(self._shares) > 1 or len(set(self._places)) > 1
        self._lately: dict[str, str] = {}

    def split_of(self, group: str) -> str:
        """As it was first published, whatever the shares are now; a new one as it is drawn."""
        split = self._lately.get(group)
        if split is None:
            if len(self._lately) == _REMEMBERED:
                self._lately.clear()
            split = self._lately[group] = self._split_of(group)
        return split

    def _split_of(self, group: str) -> str:
        at = _place(self._keys, key_of(group)) if self._keys else None
        if at is not None:
            return SPLITS[self._places[at]]
        return split_of(group, seed=self._seed, fractions=self._shares)

    def elsewhere(self, group: str) -> str:
        """The first other dataset that used it on the other side: to test with what this one trains with."""
        return next((name for name, keys in self._elsewhere.items() if _has(keys, key_of(group))), "")


def _streamed(sql: str, arguments: Sequence[object], only: Sequence[int] | None) -> Iterator[tuple]:
    narrowed, more = ("", []) if only is None else ("AND g.group_key = ANY (%s)", [list(only)])
    with connection.wrap_database_errors, connection.cursor() as cursor:
        yield from cursor.stream(sql.format(only=narrowed), [*arguments, *more], size=CHUNK)


def _has(keys: "array[int]", key: int) -> bool:
    return _place(keys, key) is not None


def _place(keys: "array[int]", key: int) -> int | None:
    at = bisect_left(keys, key)
    return at if at < len(keys) and keys[at] == key else None
