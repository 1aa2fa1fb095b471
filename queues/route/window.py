"""Where a score stands among its like: the rank within the trailing scores of one model version."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Sequence

from queues.score.measure import Value

CAPACITY = 5_000  # how many of the last scored predictions count
ENOUGH = 50  # below this a rank would be noise


class Window:
    """The last scored predictions of a (project, model version, measure), those without a score too."""

    def __init__(self, values: Iterable[float | None] = (), *, capacity: int = CAPACITY) -> None:
        """values: oldest first; None where the measure could not be computed."""
        self._arrived: deque[float | None] = deque(values, maxlen=capacity)
        self._sorted = sorted(value for value in self._arrived if value is not None)

    def __len__(self) -> int:
        """How many scores there are to compare with."""
        return len(self._sorted)

    def add(self, value: float | None) -> None:
        """Let one prediction in, and the oldest out when the window is full."""
        if len(self._arrived) == self._arrived.maxlen:
            self._drop(self._arrived[0])
        self._arrived.append(value)
        if value is not None:
            insort(self._sorted, value)

    def rank(self, value: float) -> Value:
        """Mid-rank of `value`, 0..1: the share of scores below it, and half of those equal to it."""
        if len(self._sorted) < ENOUGH:
            return Value(None, "fewer_than_50_scores")
        below = bisect_left(self._sorted, value)
        equal = bisect_right(self._sorted, value) - below
        return Value((below + equal / 2) / len(self._sorted))

    def ranks_of_arriving(self, values: Sequence[float | None]) -> list[Value]:
        """Let a batch in, then rank each of it among all, itself included; its order does not matter."""
        for value in values:
            self.add(value)
        return [Value(None, "no_score") if value is None else self.rank(value) for value in values]

    def _drop(self, value: float | None) -> None:
        if value is not None:
            del self._sorted[bisect_left(self._sorted, value)]
