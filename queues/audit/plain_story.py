"""The story of a hidden check as its reviewer is told it: like that of any other item of the queue.

A check has no event of its opening and none of its end; without them its story would tell what it is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from queues.models import Basis, Decision, Item, ItemState, Review


class Told(NamedTuple):
    """One moment: when, the kind of its event, and its facts."""

    at: datetime
    kind: str
    facts: dict[str, object]


def beginning_of(item: Item) -> Sequence[Told]:
    """As if its prediction had arrived when the item beside it did."""
    return [
        Told(item.created_at, "arrived", {}),
        Told(item.created_at, "item.opened", {"priority": item.priority}),
    ]


def end_of(item: Item, person_id: int) -> Sequence[Told]:
    """What followed from the person's standing review; nothing while it is open."""
    review = Review.objects.filter(item=item.pk, person=person_id, withdrawn_at=None).first()
    if review is None:
        return []
    if review.decision == Decision.ESCALATE:
        return [Told(review.submitted_at, "item.disputed", {"cause": "escalated"})]
    if item.told_state != ItemState.SETTLED:
        return []
    basis = Basis.SINGLE if item.queue.reviews_per_item == 1 else Basis.AGREED
    return [Told(review.submitted_at, "item.settled", {"decision": review.decision, "basis": basis.value})]
