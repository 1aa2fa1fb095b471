"""One person against the rest, and what agreement would be without them.

What is known of a person: (pattern of a unit, what they said on it) → number of such units.
"""

from collections.abc import Mapping

import numpy as np

from queues.agree.distances import LEVELS
from queues.agree.metric import Figure
from queues.agree.metrics.alpha import alpha, disagreement
from queues.agree.patterns import Answer, Answers, Histogram, Pattern, answers_of, without_rater

Gave = Mapping[tuple[Pattern, Answer], int]


def alpha_without(histogram: Histogram, gave: Gave, *, values: tuple[Answer, ...], level: str) -> Figure:
    """Alpha of the same units without one person. Higher than alpha: their answers lower it."""
    return alpha(answers_of(without_rater(histogram, gave), values), level)


def against_rest(answers: Answers, gave: Gave, *, level: str) -> float | None:
    """1 - the mean distance of a person's answers to those of the others, over the expected distance.

    On the scale of alpha. None where they share no unit with anyone, or only one value was ever used.
    """
    shared = {key: n for key, n in gave.items() if len(key[0]) > 1}
    measured = disagreement(answers, level)
    if not shared or measured is None or not measured.expected > 0:
        return None
    pairable = answers.pairable()
    distances = LEVELS[level](answers.values, pairable.units @ pairable.counts)
    column = {value: place for place, value in enumerate(answers.values)}
    total = 0.0
    for (pattern, answer), n in shared.items():
        to_all = distances[column[answer], [column[other] for other in pattern]]
        total += n * float(np.sum(to_all)) / (len(pattern) - 1)  # the distance to oneself is 0
    return 1.0 - total / sum(shared.values()) / measured.expected
