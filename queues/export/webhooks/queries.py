"""Who is told in a project, and what became of it."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from queues.errors import NotFound
from queues.models import Delivery, Webhook


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


def waiting_of(webhook: Webhook) -> int:
    """How many deliveries are owed to the address now."""
    return Delivery.objects.filter(webhook=webhook, state="waiting").count()
