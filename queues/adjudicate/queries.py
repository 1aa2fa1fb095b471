"""Disputes, read: which items are open between their reviewers, and where the reviews differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.compiled import Argument, Compiled
from queues.ingest.queries import excerpt
from queues.models import Decision, Item, ItemState, Queue, Review, Verdict
from queues.newest import COUNT_LIMIT, PAGE_SIZE
from queues.review import form as forms

# The order is the index's own, as in the counts of queues (queues.assign.queries).
_OPEN_DISPUTES = """
SELECT q.project_id, sum(n.n) FROM queues_queue q CROSS JOIN LATERAL (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM queues_item WHERE queue_id = q.id AND state = 'disputed'
    ORDER BY priority DESC, due_at, id LIMIT %s) counted) n
WHERE q.project_id = ANY (%s) GROUP BY q.project_id
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was decided in several reviews. values: one per review, None = not answered.

    ratings: the strings under which the values are compared. settles: reviews that differ here do not
    agree; texts and marked places never do so by themselves.
    """

    key: str
    values: tuple[object, ...]
    ratings: tuple[str | None, ...]
    settles: bool = True

    @property
    def differs(self) -> bool:
        return len(set(self.ratings)) > 1


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disputed item with its standing reviews, oldest first."""

    item: Item
    reviews: Sequence[Review]

    @property
    def is_escalated(self) -> bool:
        """Somebody asked the lead instead of deciding."""
        return bool(self.questions)

    @property
    def questions(self) -> list[Review]:
        """The escalations: each asks the lead something in its note."""
        return [review for review in self.reviews if review.decision == Decision.ESCALATE]

    @property
    def disputed_over(self) -> list[str]:
        """What the reviews disagree on: "decision" or the keys of questions."""
        return [one.key for one in compare(self.reviews) if one.differs and one.settles]


def disputes_of(project_id: int, *, queue_id: int | None = None, after: int = 0) -> list[Dispute]:
    """Disputed items, the longest waiting first; at most a page and one more, to know if more follow."""
    items = _with_reviews().filter(queue__project_id=project_id, state=ItemState.DISPUTED, pk__gt=after)
    if queue_id is not None:
        items = items.filter(queue_id=queue_id)
    return [Dispute(item, list(item.reviews.all())) for item in items.order_by("pk")[: PAGE_SIZE + 1]]


def counts_of(project_ids: Sequence[int]) -> dict[int, int]:
    """Project → how many disputes are open, no further than COUNT_LIMIT + 1 in a queue; one statement."""
    if not project_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_DISPUTES, [COUNT_LIMIT + 1, list(project_ids)])
        return {project_id: int(n) for project_id, n in cursor.fetchall()}


def disputed_in(queue: Queue, *, at_most: int) -> list[Dispute]:
    """The disputes of one queue, the longest waiting first, without texts and names; two statements."""
    standing = Review.objects.filter(withdrawn_at__isnull=True).only(
        "id", "item_id", "person_id", "form_id", "decision", "answers"
    )
    items = Item.objects.filter(queue=queue, state=ItemState.DISPUTED).only("id", "reasons", "other_id")
    items = items.prefetch_related(Prefetch("reviews", standing.order_by("pk")))
    return [Dispute(item, list(item.reviews.all())) for item in items.order_by("pk")[:at_most]]


def disputes_called(item_ids: Sequence[int]) -> list[Dispute]:
    """These, with all that a page shows; the caller has found them in their project."""
    items = _with_reviews().filter(pk__in=item_ids, state=ItemState.DISPUTED)
    return [Dispute(item, list(item.reviews.all())) for item in items.order_by("pk")]


def dispute_of(project_id: int, item_id: int) -> Dispute | None:
    """One disputed or settled item with what its reviewers said; None when there is no such one.

    Of an item under review nothing is shown: whoever asks may be about to review it, blind.
    """
    item = _CALLED.first(project=project_id, item=item_id)
    if item is None:
        return None
    reviews = _REVIEWS.all(item=item.pk)
    for review in reviews:
        review.item = item
    return Dispute(item, reviews)


def next_dispute(after: Item, *, person_id: int) -> int | None:
    """The item that this lead settles next: of the same queue the longest waiting behind `after`, then any.

    Each queue is one walk along the index `item_disputed`; items that the lead has reviewed are passed over.
    """
    here = {"person": person_id, "but": after.pk}
    found = _WAITING.first(queue=after.queue_id, behind=after.pk, **here)
    found = found or _WAITING.first(queue=after.queue_id, behind=0, **here)
    if found is not None:
        return found.pk
    others = Queue.objects.filter(project=after.queue.project_id).exclude(pk=after.queue_id)
    for queue_id in others.values_list("pk", flat=True):
        if (found := _WAITING.first(queue=queue_id, behind=0, **here)) is not None:
            return found.pk
    return None


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
    decisions = tuple(review.decision for review in reviews)
    rated = [forms.of_version(review.form_id).ratings(review.answers) for review in reviews]
    settling = [forms.of_version(review.form_id).closed(review.answers) for review in reviews]
    return [
        Difference("decision", decisions, decisions),
        *(
            Difference(
                key,
                values=tuple(review.answers.get(key) for review in reviews),
                ratings=tuple(ratings.get(key) for ratings in rated),
                settles=any(key in closed for closed in settling),
            )
            for key in keys
        ),
    ]


def _standing() -> QuerySet[Review]:
    return Review.objects.filter(withdrawn_at__isnull=True).select_related("person").order_by("pk")


def _with_reviews() -> QuerySet[Item]:
    items = Item.objects.select_related("queue", "prediction").annotate(excerpt=excerpt("prediction__"))
    return items.prefetch_related(Prefetch("reviews", _standing()))


def _waiting() -> QuerySet[Item]:
    """Disputes of a queue that this lead has not reviewed, the longest waiting first."""
    own = Review.objects.filter(item=OuterRef("pk"), person=Argument("person"), withdrawn_at=None)
    waiting = Item.objects.filter(~Exists(own), state=ItemState.DISPUTED, queue=Argument("queue"))
    return waiting.filter(pk__gt=Argument("behind")).exclude(pk=Argument("but")).order_by("pk").only("pk")


# A lead waits for these at the desk.
_CALLED = Compiled(
    lambda: Item.objects.select_related("queue", "prediction__payload", "other__payload").filter(
        queue__project=Argument("project"),
        pk=Argument("item"),
        state__in=[ItemState.DISPUTED, ItemState.SETTLED],
    )
)
_REVIEWS = Compiled(lambda: _standing().filter(item=Argument("item")))
_WAITING = Compiled(_waiting)
