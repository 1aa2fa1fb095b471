"""Who is told in a project, and what became of it."""

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from queues.errors import NotFound
from queues.models import Delivery, DeliveryState, Webhook, WhyDisabled


def webhooks_of(project_id: int) -> QuerySet[Webhook]:
    """All addresses of a project, newest first."""
    return Webhook.objects.filter(project=project_id).order_by("-id")


def find(project_id: int, number: int) -> Webhook:
    """One address; NotFound for any other project's."""
    found = webhooks_of(project_id).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such webhook in this project. Look at the list of webhooks."))
    return found


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """What the address was owed, or is, newest first."""
    return Delivery.objects.filter(webhook=webhook).order_by("-id")


def in_trouble(project_id: int, *, at_most: int) -> list[Webhook]:
    """Those that somebody has to look at: gone by their own word, or whose last delivery was given up."""
    last = Delivery.objects.filter(webhook=OuterRef("pk")).exclude(state=DeliveryState.WAITING)
    last_state = Subquery(last.order_by("-id").values("state")[:1])
    gone = Q(disabled_why=WhyDisabled.GONE)
    gave_up = Q(disabled_at=None, last_state=DeliveryState.FAILED)
    return list(webhooks_of(project_id).annotate(last_state=last_state).filter(gone | gave_up)[:at_most])


def waiting_of(webhook: Webhook) -> int:
    """How many deliveries are owed to the address now."""
    return Delivery.objects.filter(webhook=webhook, state="waiting").count()
