"""Sending what is owed: one at a time to an address, each subject in its order, again until it is heard."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts import events
from accounts.actor import SYSTEM
from queues.doorbell import ring
from queues.export.webhooks import sending, signing
from queues.export.webhooks.sending import Answer, NotSentError
from queues.models import Delivery, DeliveryState, Problem, Webhook, WebhookSecret, WhyDisabled

# After each attempt but the last: together almost three days, then somebody has to look.
PAUSES: Sequence[timedelta] = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
LONGEST_REST = timedelta(hours=24)  # whatever a receiver asks for
LEASE_SECONDS = 60  # several times what one attempt may take
_SILENT_REST = timedelta(seconds=60)  # who gave no answer keeps no worker busy with the next delivery
_WORKS_SECONDS = 20.0
_FORGOTTEN_AT_ONCE = 1_000
_SUCCESS, _GONE, _ASKS_FOR_A_PAUSE = range(200, 300), 410, frozenset({429, 503})

_TAKE = """
UPDATE queues_delivery d SET attempts = attempts + 1, lease_until = now() + make_interval(secs => %(lease)s)
WHERE d.id = (
  SELECT w.id FROM queues_delivery w
  WHERE w.webhook_id = %(webhook)s AND w.state = 'waiting' AND w.due_at <= now()
    AND NOT EXISTS (SELECT 1 FROM queues_delivery b WHERE b.webhook_id = w.webhook_id AND b.state = 'waiting'
                    AND b.lease_until > now())
    AND NOT EXISTS (SELECT 1 FROM queues_delivery e WHERE e.webhook_id = w.webhook_id AND e.state = 'waiting'
                    AND e.subject = w.subject AND e.id < w.id)
  ORDER BY w.due_at, w.id LIMIT 1)
RETURNING d.id
"""


def owed(*, at_most: int = 100) -> list[int]:
    """Addresses to which something is due, and which nobody is sending to."""
    due = Delivery.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=Now()),
        Q(webhook__rests_until=None) | Q(webhook__rests_until__lte=Now()),
        state=DeliveryState.WAITING,
        due_at__lte=Now(),
        webhook__disabled_at=None,
    )
    return sorted(due.values_list("webhook", flat=True).distinct()[:at_most])


def forget_old() -> int:
    """Delete some of what was heard or given up WEBHOOK_KEPT_DAYS ago; how many. What is owed stays."""
    over = Delivery.objects.filter(finished_at__lt=Now() - timedelta(days=settings.WEBHOOK_KEPT_DAYS))
    oldest = over.order_by("finished_at").values("pk")[:_FORGOTTEN_AT_ONCE]
    return Delivery.objects.filter(pk__in=oldest).exclude(state=DeliveryState.WAITING).delete()[0]


def deliver(webhook_id: int) -> None:
    """Send what is due to this address, one after the other; nothing when another worker is at it."""
    until = time.monotonic() + _WORKS_SECONDS
    while (delivery := _take(webhook_id)) is not None:
        _attempt(delivery)
        if time.monotonic() > until:
            ring("queues.tasks.deliver", webhook_id)
            return


@transaction.atomic
def _take(webhook_id: int) -> Delivery | None:
    """The next delivery, leased. The address is locked, so that two workers never both find one."""
    ready = Webhook.objects.select_for_update(no_key=True).filter(
        Q(rests_until=None) | Q(rests_until__lte=Now()), pk=webhook_id, disabled_at=None
    )
    if not ready.exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"webhook": webhook_id, "lease": LEASE_SECONDS})
        found = cursor.fetchone()
    return Delivery.objects.select_related("webhook").get(pk=found[0]) if found else None


def _attempt(delivery: Delivery) -> None:
    if delivery.attempts > len(PAUSES) + 1:  # whoever made the last attempt did not live to say how it ended
        _put_off(delivery, rest=None)
        return
    body = delivery.body.encode()
    headers = signing.headers_of(
        delivery.message_id, int(time.time()), body, keys=_living_secrets(delivery.webhook_id)
    )
    try:
        answer = sending.post(delivery.webhook.url, body, headers)
    except NotSentError as silence:
        _put_off(delivery, problem=silence.problem, rest=_SILENT_REST)
        return
    if answer.status in _SUCCESS:
        _finish(delivery, DeliveryState.DELIVERED, status=answer.status, problem="")
    elif answer.status == _GONE:
        _disable(delivery)
    else:
        _put_off(delivery, status=answer.status, rest=_asked_rest(answer))


def _living_secrets(webhook_id: int) -> list[str]:
    """The present one first, then those that were replaced a short while ago."""
    living = WebhookSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=Now()), webhook=webhook_id)
    return list(living.order_by(F("ends_at").desc(nulls_first=True), "-pk").values_list("text", flat=True))


def _asked_rest(answer: Answer) -> timedelta | None:
    if answer.status not in _ASKS_FOR_A_PAUSE or answer.retry_after is None:
        return None
    return min(timedelta(seconds=answer.retry_after), LONGEST_REST)


@transaction.atomic
def _put_off(
    delivery: Delivery, *, status: int | None = None, problem: Problem | str = "", rest: timedelta | None
) -> None:
    """Again after a pause, which grows; given up after the last attempt. rest: of the whole address."""
    now = timezone.now()
    if rest:
        Webhook.objects.filter(pk=delivery.webhook_id).update(rests_until=now + rest)
    if delivery.attempts > len(PAUSES):
        if _finish(delivery, DeliveryState.FAILED, status=status, problem=problem):
            _record(delivery, "webhook.gave_up")
        return
    pause = PAUSES[delivery.attempts - 1]
    due_at: datetime = now + max(pause, rest or pause)
    _ours(delivery).update(lease_until=None, due_at=due_at, status=status, problem=problem)


@transaction.atomic
def _disable(delivery: Delivery) -> None:
    """It is gone: nothing is sent any more until somebody says so; what is owed stays owed."""
    enabled = Webhook.objects.filter(pk=delivery.webhook_id, disabled_at=None)
    if enabled.update(disabled_at=Now(), disabled_why=WhyDisabled.GONE):
        _record(delivery, "webhook.disabled")
    _ours(delivery).update(lease_until=None, status=_GONE, problem="", attempts=0)


def _finish(delivery: Delivery, state: DeliveryState, *, status: int | None, problem: str) -> bool:
    changed = _ours(delivery).update(
        state=state, finished_at=Now(), lease_until=None, status=status, problem=problem
    )
    return bool(changed)


def _ours(delivery: Delivery) -> "QuerySet[Delivery]":
    """The row while this attempt is the one that counts: a worker that was replaced changes nothing."""
    return Delivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.WAITING, attempts=delivery.attempts, lease_until__isnull=False
    )


def _record(delivery: Delivery, kind: str) -> None:
    events.record(
        project_id=delivery.webhook.project_id,
        kind=kind,
        by=SYSTEM,
        subject_kind="webhook",
        subject_id=delivery.webhook_id,
        after={"delivery": delivery.pk, "event": delivery.event, "attempts": delivery.attempts},
    )
