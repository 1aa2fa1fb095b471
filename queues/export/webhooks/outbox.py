"""What is owed to whom: a row per address, in the transaction of what it tells."""

from collections.abc import Mapping
from uuid import uuid4

import orjson
from django.utils import timezone

from accounts.models import Project
from queues.doorbell import ring
from queues.models import Delivery, Webhook, WebhookEvent

Facts = Mapping[str, object]


def announce(project: Project, event: WebhookEvent, *, subject: str, facts: Facts) -> None:
    """Owe this event to every enabled address that wants it. Inside the transaction of the event.

    facts: ids, versions and codes, never a text or a person. The addresses are locked, so that their
    deliveries are numbered in the order of the commits, which is the order in which they are sent.
    """
    wanting = (
        Webhook.objects.select_for_update(no_key=True)
        .filter(project=project, disabled_at=None, wants__contains=[event])
        .order_by("pk")
    )
    now = timezone.now()
    body = {
        "type": str(event),
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"project": project.slug, **facts},
    }
    text = orjson.dumps(body).decode()
    owed = [
        Delivery(webhook=one, message_id=f"msg_{uuid4().hex}", event=event, subject=subject, body=text)
        for one in wanting
    ]
    Delivery.objects.bulk_create(owed)
    for delivery in owed:
        ring("queues.tasks.deliver", delivery.webhook_id)
