"""Disputes, read: which items are open between their reviewers, and where the reviews differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from queues.models import Decision, Item, ItemState, Review, Verdict
from queues.newest import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was decided in several reviews. values: one per review, None = not answered."""

    key: str
    values: tuple[object, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disputed item with its standing reviews, oldest first."""

    item: Item
    reviews: Sequence[Review]

    @property
    def is_escalated(self) -> bool:
        """Somebody asked the lead instead of deciding."""
        return any(review.decision == Decision.ESCALATE for review in self.reviews)

    @property
    def disputed_over(self) -> list[str]:
        """What the reviews disagree on: "decision" or the keys of single-choice questions."""
        return [difference.key for difference in compare(self.reviews) if difference.differs]


def disputes_of(project_id: int, *, queue_id: int | None = None, after: int = 0) -> list[Dispute]:
    """Disputed items, the longest waiting first; at most a page and one more, to know if more follow."""
    items = _with_reviews().filter(queue__project_id=project_id, state=ItemState.DISPUTED, pk__gt=after)
    if queue_id is not None:
        items = items.filter(queue_id=queue_id)
    return [Dispute(item, list(item.reviews.all())) for item in items.order_by("pk")[: PAGE_SIZE + 1]]


def dispute_of(project_id: int, item_id: int) -> Dispute | None:
    """One disputed or settled item with what its reviewers said; None when there is no such one.

    Of an item under review nothing is shown: whoever asks may be about to review it, blind.
    """
    item = (
        _with_reviews()
        .select_related("prediction__payload", "other__payload")
        .filter(queue__project_id=project_id, pk=item_id, state__in=[ItemState.DISPUTED, ItemState.SETTLED])
        .first()
    )
    return None if item is None else Dispute(item, list(item.reviews.all()))


def verdict_of(item: Item) -> Verdict | None:
    """What holds for a settled item."""
    if item.state != ItemState.SETTLED:
        return None
    return Verdict.objects.select_related("decided_by").filter(item=item.pk, withdrawn_at=None).first()


def compare(reviews: Sequence[Review]) -> list[Difference]:
    """The decision and each answered question side by side, in the order of the reviews."""
    keys: dict[str, None] = {}  # an ordered set
    for review in reviews:
        keys |= dict.fromkeys(review.answers)
    answers = [Difference(key, tuple(review.answers.get(key) for review in reviews)) for key in keys]
    return [Difference("decision", tuple(review.decision for review in reviews)), *answers]


def _with_reviews() -> QuerySet[Item]:
    standing = (
        Review.objects.filter(withdrawn_at__isnull=True).select_related("person", "form").order_by("pk")
    )
    return Item.objects.select_related("queue__form", "prediction").prefetch_related(
        Prefetch("reviews", standing)
    )
