"""What a new version of a form touches: open work of its queue. Every figure is counted to a limit only."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from queues.models import UNFINISHED, Draft, Item, ItemState, Queue, Review, Slot, SlotState
from queues.newest import COUNT_LIMIT


@dataclass(frozen=True, slots=True)
class Impact:
    """waiting: items that nobody has begun; begun: items with some reviews under the version before and
    others still to come; held: leases now, which may still be answered under the version that they show;
    drafts: texts on open items. Each counts no further than COUNT_LIMIT + 1."""

    waiting: int
    begun: int
    held: int
    drafts: int

    @property
    def touches_nothing(self) -> bool:
        return not (self.waiting or self.begun or self.held or self.drafts)


def impact_of(queue: Queue) -> Impact:
    """Four bounded statements on the queue's indexes."""
    items = Item.objects.filter(queue=queue.pk)
    begun = Review.objects.filter(item=OuterRef("pk"), withdrawn_at=None)
    return Impact(
        waiting=_counted(items.filter(state=ItemState.OPEN)),
        begun=_counted(items.filter(Exists(begun), state=ItemState.IN_REVIEW)),
        held=_counted(Slot.objects.filter(queue=queue.pk, state=SlotState.LEASED)),
        drafts=_counted(
            Draft.objects.filter(
                item__queue=queue.pk,
                item__state__in=UNFINISHED,
                discarded_at=None,
            )
        ),
    )


def _counted(rows: QuerySet[Any]) -> int:
    return len(rows.order_by().values_list("pk")[: COUNT_LIMIT + 1])
