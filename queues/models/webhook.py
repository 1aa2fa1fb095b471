"""Who is told of what happens in a project: addresses, their secrets, and what is owed to each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class WebhookEvent(models.TextChoices):
    """What an address can be told of: a closed list, named as in the body that is sent."""

    RECALL_MADE = "recall.made", _("a recall is done")
    RECALL_FAILED = "recall.failed", _("a recall failed in every attempt")
    RELEASE_PUBLISHED = "release.published", _("a release is published")


class WhyDisabled(models.TextChoices):
    """Who wanted no more."""

    BY_HAND = "by_hand", _("somebody disabled it")
    GONE = "gone", _("it answered 410: it wants to be told no more")


class Webhook(models.Model):
    """One address that a project tells of events. The address stays: another one is another webhook.

    So no secret ever goes where it was not made for. wants: the events. rests_until: nothing is sent before,
    because it asked for a pause or gave no answer.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    url = models.CharField(max_length=2000)
    wants = ArrayField(models.CharField(max_length=20, choices=WebhookEvent.choices))
    created_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    rests_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=7, choices=WhyDisabled.choices, blank=True, default="")

    objects = models.Manager["Webhook"]()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "url"], name="webhook_url_once"),
            models.CheckConstraint(
                condition=Q(wants__len__gte=1) & Q(wants__contained_by=WebhookEvent.values),
                name="webhook_wants_known_events",
            ),
            models.CheckConstraint(
                condition=Q(disabled_at__isnull=True, disabled_why="")
                | Q(disabled_at__isnull=False, disabled_why__in=WhyDisabled.values),
                name="webhook_disabled_says_why",
            ),
        ]

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None


class WebhookSecret(models.Model):
    """One secret that what is sent to an address is signed with; kept as it is, or nothing could be signed.

    ends_at: None for the present one; one that was replaced signs as well until then.
    """

    id = models.BigAutoField(primary_key=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="secrets", db_index=False)
    text = models.CharField(max_length=60)
    created_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True)

    objects = models.Manager["WebhookSecret"]()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["webhook"], condition=Q(ends_at__isnull=True), name="webhook_secret_one_present"
            ),
        ]
        indexes = [models.Index(fields=["webhook", "ends_at"], name="webhook_secret_living")]


class DeliveryState(models.TextChoices):
    """waiting → delivered, or failed after the last attempt; either is waiting again when somebody asks."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("given up")


DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.WAITING: frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED}),
    DeliveryState.DELIVERED: frozenset({DeliveryState.WAITING}),
    DeliveryState.FAILED: frozenset({DeliveryState.WAITING}),
}


class Problem(models.TextChoices):
    """Why an attempt had no answer."""

    REFUSED = "refused", _("its name leads to an address that is not public")
    UNRESOLVED = "unresolved", _("its name leads nowhere")
    UNREACHABLE = "unreachable", _("nobody answers there")
    TLS = "tls", _("its certificate does not hold, or it speaks no TLS")
    TIMEOUT = "timeout", _("it took too long")
    NO_HTTP = "no_http", _("it answered something that is not HTTP")


class Delivery(models.Model):
    """One event that one address is owed. Written with the event itself, so that it is owed for certain.

    message_id: the same in every attempt, so that a receiver can tell a repeat. subject: deliveries of the
    same subject are sent one after the other. body: exactly what is signed and sent. status, problem: what
    came of the last attempt. lease_until: while it is being sent, by when its worker must have said so.
    """

    id = models.BigAutoField(primary_key=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    message_id = models.CharField(max_length=36)
    event = models.CharField(max_length=20, choices=WebhookEvent.choices)
    subject = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=9, choices=DeliveryState.choices, db_default=DeliveryState.WAITING)
    attempts = models.SmallIntegerField(db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)
    problem = models.CharField(max_length=11, choices=Problem.choices, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = models.Manager["Delivery"]()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="delivery_message_once"),
            models.CheckConstraint(condition=Q(event__in=WebhookEvent.values), name="delivery_event_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at__isnull=True)
                | Q(state__in=["delivered", "failed"], finished_at__isnull=False, lease_until__isnull=True),
                name="delivery_finished_or_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_newest"),
            # Read by who sends: what is the first of each subject that is owed?
            models.Index(
                fields=["webhook", "subject", "id"], condition=Q(state="waiting"), name="delivery_owed"
            ),
            # Read by the overview: what became of the last one that was finished?
            models.Index(fields=["webhook", "-id"], condition=~Q(state="waiting"), name="delivery_last"),
            # Read by what deletes old ones.
            models.Index(
                fields=["finished_at"], condition=Q(finished_at__isnull=False), name="delivery_by_age"
            ),
        ]
