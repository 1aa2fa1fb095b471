"""Many tests at once: p-values adjusted so that the whole family keeps its promise."""

import numpy as np

from queues.statistics.arrays import Floats, Numbers, floats


def benjamini_hochberg(p: Numbers) -> Floats:
    """q-values: rejecting all with q <= a keeps the share of false findings at a (1995, step-up)."""
    values, m = floats(p), len(p)
    order = np.argsort(-values, kind="stable")
    steps = values[order] * m / np.arange(m, 0, -1)
    return _placed(np.minimum(1.0, np.minimum.accumulate(steps)), order)


def holm(p: Numbers) -> Floats:
    """Adjusted p: rejecting all with p <= a keeps the chance of any false finding at a (1979, step-down)."""
    values, m = floats(p), len(p)
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(m, 0, -1)
    return _placed(np.minimum(1.0, np.maximum.accumulate(steps)), order)


def _placed(adjusted: Floats, order: np.ndarray) -> Floats:
    back = np.empty_like(adjusted)
    back[order] = adjusted
    return back
