"""A prediction in a queue."""

from collections.abc import Collection

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ItemState(models.TextChoices):
    """open → in_review → settled, or disputed → settled, or withdrawn.

    check: a hidden check, an item of one person's own. It never becomes anything else, so whatever counts
    or settles items of the other states passes it by.
    """

    OPEN = "open", _("open")
    IN_REVIEW = "in_review", _("in review")
    DISPUTED = "disputed", _("disputed")
    SETTLED = "settled", _("settled")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CHECK = "check", _("hidden check")


UNDER_REVIEW = (ItemState.OPEN, ItemState.IN_REVIEW)  # people give reviews
UNFINISHED = (*UNDER_REVIEW, ItemState.DISPUTED)  # nothing holds yet

# The whole life of an item on one screen. The way back: an undo, of a review or a withdrawal, or a lead who
# reopens.
ITEM_MOVES: dict[ItemState, frozenset[ItemState]] = {
    ItemState.OPEN: frozenset({ItemState.IN_REVIEW, ItemState.WITHDRAWN}),
    ItemState.IN_REVIEW: frozenset(
        {ItemState.OPEN, ItemState.SETTLED, ItemState.DISPUTED, ItemState.WITHDRAWN}
    ),
    ItemState.DISPUTED: frozenset({ItemState.SETTLED, ItemState.IN_REVIEW, ItemState.WITHDRAWN}),
    ItemState.SETTLED: frozenset({ItemState.IN_REVIEW, ItemState.DISPUTED}),
    ItemState.WITHDRAWN: frozenset({ItemState.OPEN, ItemState.IN_REVIEW, ItemState.DISPUTED}),
    ItemState.CHECK: frozenset(),
}


def told_withdrawn(item: str = "") -> Q:
    """As `Item.is_withdrawn`, of the item at the end of this path."""
    return Q(**{f"{item}state": ItemState.WITHDRAWN}) | Q(
        **{f"{item}served_check__withdrawn_at__isnull": False}
    )


class ItemQuerySet(models.QuerySet["Item"]):
    """Items by what they show."""

    def showing(self, prediction_ids: Collection[int]) -> list[int]:
        """Ids of the items that show one of these predictions, alone or beside another."""
        own = self.filter(prediction__in=prediction_ids).values_list("pk", flat=True)
        beside = self.filter(other__in=prediction_ids).values_list("pk", flat=True)
        return sorted({*own, *beside})  # each by its own index


class Item(models.Model):
    """A prediction in a queue: what people review. Higher priority comes first.

    reasons: why it is here, those of its routing and of later looks, so that lists and the desk read one
    row. fingerprint: equal for predictions that say the same in answer to the same. other: the prediction
    that it is compared with, and which of the two is shown first.

    extra_reviews: how many of `reviews_needed` are beyond what rule and queue ask of every item.
    overlap_drawn, blind_drawn: these were given by a draw when it was opened, not because it is hard: what
    is measured on drawn items speaks for all.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, db_index=False)
    prediction = models.ForeignKey("queues.Prediction", on_delete=models.PROTECT, related_name="items")
    state = models.CharField(max_length=10, choices=ItemState.choices, db_default=ItemState.OPEN)
    priority = models.SmallIntegerField(default=50)  # 0..100
    due_at = models.DateTimeField()
    reviews_needed = models.SmallIntegerField(default=1)
    extra_reviews = models.SmallIntegerField(default=0, db_default=0)
    overlap_drawn = models.BooleanField(default=False, db_default=False)
    blind_drawn = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    reasons = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    fingerprint = models.BinaryField(max_length=16, null=True)
    other = models.ForeignKey(
        "queues.Prediction", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    other_first = models.BooleanField(null=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "prediction"],
                condition=~models.Q(state="check"),
                name="item_prediction_once_per_queue",
            ),
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="item_state_known"),
            models.CheckConstraint(
                condition=models.Q(priority__gte=0, priority__lte=100), name="item_priority_0_to_100"
            ),
            models.CheckConstraint(
                condition=models.Q(reviews_needed__gte=1, reviews_needed__lte=20), name="item_reviews_1_to_20"
            ),
            models.CheckConstraint(
                condition=models.Q(extra_reviews__gte=0, extra_reviews__lt=models.F("reviews_needed")),
                name="item_extra_reviews_beyond_the_first",
            ),
            models.CheckConstraint(
                condition=models.Q(overlap_drawn=False, blind_drawn=False) | models.Q(extra_reviews__gte=1),
                name="item_drawn_has_extra_reviews",
            ),
            models.CheckConstraint(
                condition=models.Q(state="settled", settled_at__isnull=False)
                | (~models.Q(state="settled") & models.Q(settled_at__isnull=True)),
                name="item_settled_at_goes_with_settled",
            ),
            models.CheckConstraint(
                condition=models.Q(other__isnull=True, other_first__isnull=True)
                | models.Q(other__isnull=False, other_first__isnull=False),
                name="item_pair_has_an_order",
            ),
        ]
        indexes = [
            # Read by the lead's lists: the items of a queue in one state, most urgent first.
            models.Index(fields=["queue", "state", "-priority", "due_at", "id"], name="item_by_state"),
            # Read by the adjudication desk: the dispute that has waited longest.
            models.Index(fields=["queue", "id"], condition=models.Q(state="disputed"), name="item_disputed"),
            # Read by routing: does something that says the same wait in this queue already?
            models.Index(
                fields=["queue", "fingerprint"],
                condition=models.Q(state__in=["open", "in_review"], fingerprint__isnull=False),
                name="item_waiting_fingerprint",
            ),
            # Read by the figures of agreement: the newest items that several people were to review.
            models.Index(
                fields=["queue", "id"],
                condition=models.Q(reviews_needed__gt=1, state__in=["in_review", "disputed", "settled"]),
                name="item_with_overlap",
            ),
            # Read by recalls: the comparisons in which a prediction is the other output.
            models.Index(fields=["other"], condition=models.Q(other__isnull=False), name="item_of_other"),
        ]

    @property
    def told_state(self) -> ItemState:
        """The state as its reviewers are told it: of a check, that of any other item.

        Where several review it, a check goes the way of the item beside which it was put.
        """
        if self.state != ItemState.CHECK:
            return ItemState(self.state)
        served = self.served_check
        if served.withdrawn_at is not None:
            return ItemState.WITHDRAWN
        if served.review is None:
            return ItemState.IN_REVIEW
        if served.review.decision == "escalate":
            return ItemState.DISPUTED if served.reply_id is None else ItemState.SETTLED
        is_over = served.beside is not None and served.beside.state not in UNFINISHED
        return ItemState.SETTLED if self.reviews_needed == 1 or is_over else ItemState.IN_REVIEW

    @property
    def is_withdrawn(self) -> bool:
        """Whether nobody reviews it any more, as its reviewers are told; of a check, by a statement."""
        if self.state != ItemState.CHECK:
            return self.state == ItemState.WITHDRAWN
        return Item.objects.filter(told_withdrawn(), pk=self.pk).exists()


class Attachment(models.Model):
    """A prediction that is counted on an item that says the same, instead of being reviewed by itself.

    similarity: 1 for the same words; else the cosine of their questions or of their answers, the smaller.
    """

    prediction = models.OneToOneField(
        "queues.Prediction", primary_key=True, on_delete=models.PROTECT, related_name="attachment"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="attachments")
    similarity = models.FloatField()
    attached_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(similarity__gte=0, similarity__lte=1),
                name="attachment_similarity_is_a_share",
            ),
        ]
