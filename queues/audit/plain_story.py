"""The story of a hidden check as its reviewer is told it: like that of any other item of the queue.

A check has no event of its opening and none of its end; without them its story would tell what it is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from queues.models import Basis, Decision, Item, ItemState, Review, ServedCheck


class Told(NamedTuple):
    """One moment: when, the kind of its event, and its facts."""

    at: datetime
    kind: str
    facts: dict[str, object]
    person_id: int | None = None
    why: str = ""


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
        return [Told(review.submitted_at, "item.disputed", {"cause": "escalated"}), *_reply_to(item)]
    if item.told_state != ItemState.SETTLED:
        return []
    basis = Basis.SINGLE if item.queue.reviews_per_item == 1 else Basis.AGREED
    return [Told(review.submitted_at, "item.settled", {"decision": review.decision, "basis": basis.value})]


def _reply_to(item: Item) -> list[Told]:
    """A lead's reply to a question about it, as the verdict that would have come with it."""
    served = ServedCheck.objects.select_related("reply", "check_given").get(item=item.pk)
    if served.reply is None:
        return []
    decided: dict[str, object] = {"decision": served.check_given.decision}
    reply = served.reply
    return [Told(reply.created_at, "item.adjudicated", decided, reply.author_id, reply.text)]
