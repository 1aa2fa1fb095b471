"""Where a group of people works with one form."""

from collections.abc import Mapping

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Value
from django.db.models.functions import Now


class WorkOrder(models.TextChoices):
    """In which order the items of a queue are handed out, within one priority; see `queues.assign.orders`."""

    PRIORITY_DUE = "priority_due"
    OLDEST = "oldest"
    RANDOM = "random"
    DIVERSE = "diverse"
    LANGUAGE = "language"


class SpreadBy(models.TextChoices):
    """What the order "diverse" spreads the work over."""

    RULE = "rule"
    LOCALE = "locale"
    SEGMENT = "segment"
    MODEL_VERSION = "model_version"


# Lowest and highest value of each number among the settings; the constraints below are made of these.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "reviews_per_item": (1, 8),
    "overlap_rate": (0, 1),
    "overlap_extra": (1, 8),
    "blind_rate": (0, 1),
    "check_rate": (0, 1),
    "training_checks": (0, 50),
    "qualifying_checks": (0, 100),
    "qualifying_share": (0, 1),
    "due_hours": (1, 8_760),
    "max_held": (1, 3),
    "session_goal": (1, 500),
    "break_after": (1, 200),
}


def _within(name: str) -> models.CheckConstraint:
    low, high = BOUNDS[name]
    condition = models.Q(**{f"{name}__gte": low, f"{name}__lte": high})
    return models.CheckConstraint(condition=condition, name=f"queue_{name}_within_bounds")


class Queues(models.QuerySet["Queue"]):
    """The queues of one or more projects."""

    def taking_items(self) -> "Queues":
        """Those that a person may send items to: not closed, and with a form to review them by."""
        return self.filter(archived_at=None, form__isnull=False)


class Queue(models.Model):
    """A place where a group of people works with one form, one guideline and one dispute rule.

    reviews_per_item: the least that an item needs, whatever the rule asks. overlap_rate: the share of
    items, drawn at random when they are opened, that get `overlap_extra` reviews more; blind_rate: the
    share that gets one more by somebody who is told neither reasons nor flags. check_rate: the share of
    hidden checks among what a person is given; tells_checks: after their answer they are told which were,
    and what was expected. training_checks: so many come before anything else to somebody new, each with
    what was expected; qualifying_checks: so many come next, and at least qualifying_share of them must be
    right before the first real item. due_hours: no item waits longer, whatever the rule says. order,
    spread_by: in which order items are handed out. languages,
    skills: who works here has all of them. max_held: leases of one person at once, the one rendered ahead
    counts. break_after: severe items in a day after which a break is suggested. version: of the settings,
    one more with each change. salt: of the draws; it never leaves the server.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="queues")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    purpose = models.TextField(default="", blank=True)
    lease_seconds = models.PositiveIntegerField(default=600)
    shows_scores = models.BooleanField(default=False)  # else "why here" names the rule without its score
    reviews_per_item = models.SmallIntegerField(default=1, db_default=1)
    overlap_rate = models.FloatField(default=0.0, db_default=0.0)
    overlap_extra = models.SmallIntegerField(default=1, db_default=1)
    blind_rate = models.FloatField(default=0.0, db_default=0.0)
    check_rate = models.FloatField(default=0.0, db_default=0.0)
    tells_checks = models.BooleanField(default=False, db_default=False)
    training_checks = models.SmallIntegerField(default=0, db_default=0)
    qualifying_checks = models.SmallIntegerField(default=0, db_default=0)
    qualifying_share = models.FloatField(default=0.8, db_default=0.8)
    due_hours = models.FloatField(null=True)
    order = models.CharField(
        max_length=12, choices=WorkOrder.choices, default="priority_due", db_default="priority_due"
    )
    spread_by = models.CharField(max_length=13, choices=SpreadBy.choices, default="rule", db_default="rule")
    languages = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    skills = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    max_held = models.SmallIntegerField(default=3, db_default=3)
    session_goal = models.SmallIntegerField(null=True)
    break_after = models.SmallIntegerField(null=True, default=10, db_default=10)
    version = models.PositiveIntegerField(default=1, db_default=1)
    salt = models.UUIDField(db_default=RandomUUID(), editable=False)
    archived_at = models.DateTimeField(null=True)
    form = models.ForeignKey("queues.FormVersion", null=True, on_delete=models.PROTECT, related_name="+")
    dispute_rule = models.ForeignKey(  # None: unanimous
        "queues.DisputeRule", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = Queues.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="queue_slug_once_per_project"),
            models.CheckConstraint(
                condition=models.Q(lease_seconds__gte=10, lease_seconds__lte=86_400),
                name="queue_lease_between_10_s_and_a_day",
            ),
            *(_within(name) for name in BOUNDS),
            models.CheckConstraint(condition=models.Q(order__in=WorkOrder.values), name="queue_order_known"),
            models.CheckConstraint(
                condition=models.Q(spread_by__in=SpreadBy.values), name="queue_spread_by_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def begins_with_checks(self) -> bool:
        """Whether somebody new is given checks before the first real item."""
        return bool(self.training_checks or self.qualifying_checks)

    @property
    def tells_any_check(self) -> bool:
        """Whether somebody may be told afterwards that an item was a check."""
        return bool(self.tells_checks or self.training_checks)


NO_REASON = "No reason was given."


class FormVersion(models.Model):
    """One immutable version of a queue's form, as a form/1 document.

    reason: why it was published. mappings: question key → value of the version before → value of this one,
    where answers stay comparable only so (`queues.review.comparability`).
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="form_versions")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    author = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(default=NO_REASON, db_default=NO_REASON)
    mappings = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["queue", "version"], name="form_version_once_per_queue"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="form_version_has_a_reason"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="form_version_counts_from_1"),
        ]
