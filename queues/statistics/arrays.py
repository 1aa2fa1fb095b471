"""The arrays that statistics work on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Places = NDArray[np.intp]
Numbers = Sequence[float] | Floats
Flags = Sequence[bool] | Sequence[int] | Booleans


def floats(values: Numbers) -> Floats:
    """The values as finite numbers; ValueError otherwise: a NaN would make every sum a NaN."""
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError("only finite numbers can be counted")
    return array


def flags(values: Flags) -> Booleans:
    return np.asarray(values, dtype=np.bool_)


def weights_of(weights: Numbers | None, n: int) -> Floats:
    """The weights, all 1 when there are none. Each is above 0."""
    if weights is None:
        return np.ones(n)
    array = floats(weights)
    if array.shape != (n,) or (n and array.min() <= 0.0):
        raise ValueError("each value has one weight, above 0")
    return array


def effective_size(weights: Floats) -> float:
    """Kish's effective sample size (sum w)^2 / sum w^2; 0 for nothing."""
    return float(weights.sum()) ** 2 / dot(weights, weights) if weights.size else 0.0


def dot(one: Floats, other: Floats | Booleans) -> float:
    """sum(one x other). Not `@`: threads of BLAS that wait for each other cost more than they add."""
    return float(np.sum(one * other))


def mean(values: Floats | Booleans, weights: Floats) -> float:
    """The weighted mean."""
    return dot(weights, values) / float(weights.sum())


def sums_by(block: Places, values: Floats) -> Floats:
    """The sum of the values in each block 0, 1, ..."""
    return np.bincount(block, values).astype(np.float64)
