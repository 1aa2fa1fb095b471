"""The windows that this process keeps, so that routing one prediction does not read 5,000 scores.

What this process routes is in its windows at once; what others route comes in when a window is read
again, at the latest STALE_AFTER_SECONDS later. A rank is then off by what they added to 5,000 scores.
"""

import time
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

from queues.route import queries
from queues.route.window import Window
from queues.score.measure import Value

STALE_AFTER_SECONDS = 10.0
KEPT = 64  # windows of up to 200 KB each: model versions in use at one time

_Key = tuple[int, str, str]  # project, measure, model version


class Arriving(NamedTuple):
    """One prediction of a batch that is to be ranked; value None: this measure could not be computed."""

    id: int
    model_version: str
    value: float | None


class Windows:
    """Windows by (project, measure, model version), the least used forgotten. Safe between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, tuple[float, Window]] = OrderedDict()
        self._lock = Lock()

    def ranks(self, project_id: int, measure: str, batch: Sequence[Arriving]) -> dict[int, Value]:
        """The rank of each of a batch among the trailing scores of its model version, the batch included."""
        by_version: dict[str, list[Arriving]] = defaultdict(list)
        for arriving in batch:
            by_version[arriving.model_version].append(arriving)
        self._refresh(project_id, measure, by_version)
        ranks: dict[int, Value] = {}
        with self._lock:
            for version, arrived in by_version.items():
                window = self._kept.setdefault((project_id, measure, version), (0.0, Window()))[1]
                values = window.ranks_of_arriving([arriving.value for arriving in arrived])
                ranks |= zip((arriving.id for arriving in arrived), values, strict=True)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return ranks

    def forget(self) -> None:
        """Read everything again at the next use."""
        with self._lock:
            self._kept.clear()

    def _refresh(self, project_id: int, measure: str, by_version: dict[str, list[Arriving]]) -> None:
        """Read the windows that are absent or too old, all with one statement."""
        now = time.monotonic()
        stale = [version for version in by_version if self._is_stale((project_id, measure, version), now)]
        if not stale:
            return
        # The batch has been scored already and would be counted twice: read what is older than all of it.
        before = min(arriving.id for version in stale for arriving in by_version[version])
        trailing = queries.trailing_values(project_id, measure, stale, before=before)
        with self._lock:
            for version in stale:
                self._kept[project_id, measure, version] = (now, Window(trailing.get(version, ())))

    def _is_stale(self, key: _Key, now: float) -> bool:
        with self._lock:
            if key not in self._kept:
                return True
            self._kept.move_to_end(key)
            return now - self._kept[key][0] > STALE_AFTER_SECONDS


shared = Windows()
