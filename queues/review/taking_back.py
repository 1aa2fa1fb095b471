"""For how long a review is taken back by who gave it, and what they are told of its item until then.

Where several people review one item, they do so blind. Who could read what became of it and still decide
anew would answer with the others in view; so as long as one may, one is told no more than that the review
was submitted, and after that it stands.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from queues.models import Decision, Item, ItemState, Review

UNDO_SECONDS = 10  # of the toast
UNDO_GRACE = timedelta(seconds=5)  # for the way there and back


def is_blind(item: Item) -> bool:
    """Whether several people review it; a hidden check says that they do where others of its kind are."""
    return item.reviews_needed > 1


def is_fresh(review: Review, item: Item) -> bool:
    """Whether the time in which anybody takes back what they submitted still runs."""
    lasts = timedelta(seconds=settings.BLIND_UNDO_SECONDS) if is_blind(item) else _USUAL
    return timezone.now() < review.submitted_at + lasts


def told_state(review: Review, item: Item, state: str) -> str:
    """This state of the item as who gave the review is told it."""
    is_known = state == ItemState.WITHDRAWN or review.decision == Decision.ESCALATE
    if is_known or not (is_blind(item) and is_fresh(review, item)):
        return state
    return ItemState.IN_REVIEW


def blind_since() -> datetime:
    """Reviews of blind items that were given after this can still be taken back."""
    return timezone.now() - timedelta(seconds=settings.BLIND_UNDO_SECONDS)


def blind(item: str = "item__") -> Q:
    """As `is_blind`, of the item at the end of this path."""
    return Q(**{f"{item}reviews_needed__gt": 1})


_USUAL = timedelta(seconds=UNDO_SECONDS) + UNDO_GRACE
