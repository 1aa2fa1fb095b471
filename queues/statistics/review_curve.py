"""What a budget finds: of all errors, how many are in the most uncertain share of the traffic?"""

from dataclasses import dataclass

import numpy as np

from queues.statistics.arrays import effective_size
from queues.statistics.discrimination import Labels
from queues.statistics.proportions import wilson

SHARES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Found:
    """The most uncertain `share` of the traffic, at and above `threshold`.

    found: the share of all errors that is in it, with its 95 % interval. precision: which part of it is
    wrong.
    """

    share: float
    threshold: float
    found: float
    low: float
    high: float
    precision: float
    labels: int


def review_curve(labels: Labels, shares: tuple[float, ...] = SHARES) -> list[Found]:
    """One entry for each share; equal scores are never parted, so the share can be larger than asked for.

    Empty without an error. Interval: Wilson's on the effective number of errors.
    """
    if not labels.errors.any():
        return []
    weight = labels.weights[::-1]
    wrong = np.where(labels.errors, labels.weights, 0.0)[::-1]
    scores = labels.scores[::-1]
    seen, found = np.cumsum(weight), np.cumsum(wrong)
    errors = effective_size(labels.weights[labels.errors])
    places = np.searchsorted(seen, seen[-1] * np.asarray(shares) * (1.0 - 1e-12))
    # the last of the equal scores, going down
    places = np.searchsorted(-scores, -scores[places], side="right") - 1
    return [
        Found(
            share=float(seen[place] / seen[-1]),
            threshold=float(scores[place]),
            found=float(found[place] / found[-1]),
            **wilson(float(found[place] / found[-1]), errors)._asdict(),
            precision=float(found[place] / seen[place]),
            labels=int(place) + 1,
        )
        for place in np.unique(places)
    ]
