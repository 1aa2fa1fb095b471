"""One change of many items at once, item by item, so that it can be undone."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from queues.models.item import ItemState


class BulkKind(models.TextChoices):
    """What a lead can do to many items at once."""

    PRIORITY = "priority", _("Raise the priority")
    DUE = "due", _("Put off the due time")
    REVIEWS = "reviews", _("Ask for more reviews")
    MOVE = "move", _("Move to another queue")
    WITHDRAW = "withdraw", _("Withdraw")


# Lowest and highest amount of the kinds that have one: a priority, hours, reviews.
AMOUNTS: dict[str, tuple[int, int]] = {
    BulkKind.PRIORITY: (1, 100),
    BulkKind.DUE: (1, 8_760),
    BulkKind.REVIEWS: (1, 8),
}


class BulkChange(models.Model):
    """One change that a lead asked for: of the items named, or of all in `state` that fit the filter.

    amount: the priority to raise to, hours to put off, or reviews to add; target: the queue to move to.
    reason, late: the filter: a rule's name, and whether only what is overdue. changed: how many items;
    passed_by: why others were left alone → how many. undo_of: the change that this one takes back; once.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=BulkKind.choices)
    amount = models.SmallIntegerField(null=True)
    target = models.ForeignKey(
        "queues.Queue", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=ItemState.choices)
    reason = models.CharField(max_length=60, default="", blank=True)
    late = models.BooleanField(default=False)
    item_ids = models.JSONField(null=True)
    why = models.CharField(max_length=500)
    undo_of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    changed = models.IntegerField(default=0, db_default=0)
    passed_by = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BulkKind.values), name="bulk_change_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=list(AMOUNTS), amount__isnull=False, target=None)
                | Q(kind="move", amount=None, target__isnull=False)
                | Q(kind="withdraw", amount=None, target=None),
                name="bulk_change_says_how_much_or_where",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="bulk_change_has_a_why"),
        ]
        indexes = [models.Index(fields=["project", "queue", "-id"], name="bulk_change_newest")]


class ChangedItem(models.Model):
    """One item that a bulk change has changed: what differs, before and after."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(BulkChange, on_delete=models.PROTECT, related_name="items", db_index=False)
    item = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="+")
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["change", "item"], name="changed_item_once_per_change"),
        ]
