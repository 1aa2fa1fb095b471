"""Average-linkage clustering of a few points. Own lines: scipy's would cost each web process 26 MB.

The tests hold it to `scipy.cluster.hierarchy`. Unlike that one it takes infinite distances, which is how two
points are kept apart for good: the mean distance of groups that hold such a pair is infinite as well.
"""

import numpy as np
import numpy.typing as npt


def average_linkage(distances: npt.NDArray[np.float64], *, cut: float) -> list[int]:
    """Cluster ids by first appearance: the nearest two groups are merged while they are within `cut`.

    distances: symmetric; the diagonal is not read. The distance of two groups is the mean over their pairs.
    """
    between = distances.copy()
    np.fill_diagonal(between, np.inf)
    groups = [[point] for point in range(len(between))]
    while between.size and between.min() <= cut:
        _merge(between, groups)
    return _numbered(groups)


def _merge(between: npt.NDArray[np.float64], groups: list[list[int]]) -> None:
    """Put the nearest two groups into the first of the two; the other stays, empty and out of reach."""
    kept, emptied = divmod(int(between.argmin()), len(between))
    sizes = len(groups[kept]), len(groups[emptied])
    mean = (sizes[0] * between[kept] + sizes[1] * between[emptied]) / sum(sizes)
    between[kept], between[:, kept] = mean, mean
    between[emptied], between[:, emptied] = np.inf, np.inf
    between[kept, kept] = np.inf
    groups[kept] += groups[emptied]
    groups[emptied] = []


def _numbered(groups: list[list[int]]) -> list[int]:
    ids = {point: min(group) for group in groups for point in group}
    order = {first: number for number, first in enumerate(sorted(set(ids.values())))}
    return [order[ids[point]] for point in sorted(ids)]
