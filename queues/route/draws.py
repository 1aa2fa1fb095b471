"""What a queue adds to what a rule asks: the fewest reviews, the longest wait, reviews drawn at random.

A draw is a hash of the queue's secret salt and the prediction: the same however often it is made, and
nobody who sends predictions can tell which are drawn.
"""

from datetime import timedelta
from typing import NamedTuple

from queues.route.audit_sample import uniform
from queues.route.decide import Decision

REVIEWS_MOST = 20


class Terms(NamedTuple):
    """The settings of a queue that every item opened in it has to meet; see `models.Queue`."""

    queue_id: int
    reviews_per_item: int
    overlap_rate: float
    overlap_extra: int
    blind_rate: float
    due_hours: float | None
    salt: str
    order: str = "priority_due"
    spread_by: str = "rule"

    def due_after(self, hours: float) -> timedelta:
        """How long an item may wait: what the rule says, or less."""
        return timedelta(hours=hours if self.due_hours is None else min(hours, self.due_hours))


class Needed(NamedTuple):
    """How many reviews an item needs. extra: of these, how many are beyond what rule and queue ask."""

    reviews: int
    extra: int = 0
    overlap_drawn: bool = False
    blind_drawn: bool = False


def needed(terms: Terms, decision: Decision, prediction: int) -> Needed:
    """The reviews that this prediction needs as an item of this queue; at most REVIEWS_MOST."""
    asked = min(max(decision.reviews_needed, terms.reviews_per_item), REVIEWS_MOST)
    overlap = _is_drawn(terms, "overlap", prediction, terms.overlap_rate)
    blind = _is_drawn(terms, "blind", prediction, terms.blind_rate)
    extra = min((terms.overlap_extra if overlap else 0) + (1 if blind else 0), REVIEWS_MOST - asked)
    # Where a rule already asks for the most there can be, nothing is added and nothing counts as drawn.
    return Needed(asked + extra, extra, overlap and extra > 0, blind and extra > 0)


def _is_drawn(terms: Terms, draw: str, prediction: int, rate: float) -> bool:
    return rate > 0 and uniform(f"{terms.salt}:{draw}", str(prediction)) < rate
