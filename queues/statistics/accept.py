"""Below which score may outputs pass without a person? Two answers, with different promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, log

import numpy as np

from queues.statistics.arrays import Flags, Floats, Numbers, flags, floats, weights_of
from queues.statistics.proportions import upper_bound

STEPS = 20


@dataclass(frozen=True, slots=True)
class ConformalThreshold:
    """threshold: the k-th smallest score of right outputs; infinite when k > n: too few labels to promise."""

    k: int
    threshold: float


def split_conformal(scores_of_right: Numbers, alpha: float) -> ConformalThreshold:
    """A new right output scores at most the threshold with chance >= 1 - alpha; over all, not per group.

    Source: Papadopoulos et al. 2002; Lei et al. 2018.
    """
    n = len(scores_of_right)
    k = ceil((n + 1) * (1.0 - alpha) - 1e-12)
    return ConformalThreshold(k, inf if k > n else float(np.sort(floats(scores_of_right))[k - 1]))


@dataclass(frozen=True, slots=True)
class Accepted:
    """What passes at or below a threshold: how many labels, the errors among them, and the upper bound.

    share: of all traffic. n: effective number of labels. bound: the error rate is below it with 95 %.
    """

    threshold: float
    share: float
    n: float
    labels: int
    rate: float
    bound: float


def acceptance_curve(
    scores: Numbers,
    errors: Flags,
    weights: Numbers | None = None,
    *,
    steps: int = STEPS,
    confidence: float = 0.95,
) -> list[Accepted]:
    """What passes at each of `steps` thresholds that let an equal share of traffic more pass.

    bound: Clopper-Pearson on the effective number of labels (Korn & Graubard 1998), exact for equal weights.
    """
    values, wrong = floats(scores), flags(errors)
    weight = weights_of(weights, len(values))
    order = np.argsort(values, kind="stable")
    values, wrong, weight = values[order], wrong[order], weight[order]
    passed, wrong_passed = np.cumsum(weight), np.cumsum(weight * wrong)
    sizes = passed**2 / np.cumsum(weight**2)
    found = []
    for place in _ends(values, passed, steps):
        n, rate = float(sizes[place]), float(wrong_passed[place] / passed[place])
        share, bound = float(passed[place] / passed[-1]), upper_bound(rate * n, n, confidence)
        found.append(Accepted(float(values[place]), share, n, place + 1, rate, bound))
    return found


def highest_safe(steps: Sequence[Accepted], target: float, *, confidence: float = 0.95) -> Accepted | None:
    """Fixed-sequence testing: the highest threshold with errors among the accepted <= target, or None.

    Thresholds are tried upwards and the first that fails ends it, so trying many costs no confidence
    (Angelopoulos et al. 2021). The first is the lowest that could pass at all if no error were in it: that
    depends on the number of labels, not on what they say.
    """
    needed = log(1.0 - confidence) / log(1.0 - target)
    best = None
    for step in steps:
        if step.n < needed:
            continue
        if step.bound > target:
            break
        best = step
    return best


def _ends(values: Floats, passed: Floats, steps: int) -> list[int]:
    """The last place of each step, never between equal scores."""
    if not values.size:
        return []
    wanted = np.searchsorted(passed, passed[-1] * np.arange(1, steps + 1) / steps * (1 - 1e-12))
    last_equal = np.searchsorted(values, values[np.minimum(wanted, len(values) - 1)], side="right") - 1
    return np.unique(last_equal).tolist()
