"""Which items a bulk change is about: those that a lead chose, or all that fit the filter of the list."""

from datetime import datetime

from django.db.models import QuerySet

from queues.models import BulkChange, Item, ItemState


def items_of(change: BulkChange) -> list[int]:
    """The ids, ascending. Nothing that was opened after the change was asked for."""
    found = Item.objects.filter(queue=change.queue_id, created_at__lte=change.created_at)
    found = found.exclude(state=ItemState.CHECK)
    if change.item_ids is not None:
        return sorted(found.filter(pk__in=change.item_ids).values_list("pk", flat=True))
    matching = narrowed(
        found.filter(state=change.state), reason=change.reason, late=change.late, now=change.created_at
    )
    return sorted(matching.values_list("pk", flat=True))


def narrowed(items: QuerySet[Item], *, reason: str, late: bool, now: datetime) -> QuerySet[Item]:
    """Those that a rule sent, or that are overdue."""
    if reason:
        items = items.filter(reasons__contains=[{"rule": reason}])
    return items.filter(due_at__lt=now) if late else items
