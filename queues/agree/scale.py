"""How the answers to a question are put on a scale, and which coefficient speaks of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from queues.agree.patterns import Answer
from queues.review.comparability import codes_of
from queues.review.question import UNSURE, Question

_METRIC_OF_LEVEL = {
    "nominal": "alpha_nominal",
    "ordinal": "alpha_ordinal",
    "interval": "alpha_interval",
    "ratio": "alpha_ratio",
    "set": "alpha_masi",
    "ranking": "kendall_w",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """metric: by name, for the question's level. values: all possible answers in order; None: without end.

    read: the string under which an answer is compared → the answer; None for what lies on no scale.
    """

    metric: str
    values: tuple[Answer, ...] | None
    read: Callable[[str], Answer | None]

    @property
    def values_hold_unsure(self) -> bool:
        """Whether "cannot judge" is an answer like others, as where answers have no order."""
        return self.values is not None and UNSURE in self.values


def scale_of(question: Question) -> Scale | None:
    """None for places in texts and for free texts: they have metrics of their own, not of patterns."""
    metric = _METRIC_OF_LEVEL.get(question.level)
    if metric is None:
        return None
    if question.level in ("set", "ranking"):
        return Scale(metric, None, _members if question.level == "set" else _order)
    if question.kind == "number":
        return Scale(metric, None, _number)
    if question.kind == "rating":
        return Scale(metric, tuple(float(code) for code in codes_of(question)), _number)
    codes = tuple(codes_of(question))
    if question.level == "nominal" and question.allows_unsure:
        return Scale(metric, (*codes, UNSURE), str)
    return Scale(metric, codes, _code)


def _code(rating: str) -> Answer | None:
    return None if rating == UNSURE else rating  # "cannot judge" has no place on an ordered scale


def _number(rating: str) -> Answer | None:
    return None if rating == UNSURE else float(rating)


def _members(rating: str) -> Answer | None:
    return None if rating == UNSURE else frozenset(json.loads(rating))


def _order(rating: str) -> Answer | None:
    return None if rating == UNSURE else tuple(json.loads(rating))
