"""Nobody reviews what is withdrawn: the items that show it are closed, whoever holds them."""

from collections.abc import Sequence

from accounts.actor import Actor
from accounts.events import EventRow, record_many
from queues.adjudicate.actions import void_slots
from queues.assign.bulk.run import lock
from queues.curate.checks import actions as checks
from queues.models import UNFINISHED, Item, ItemState, RecallRequest


def close_items(request: RecallRequest, prediction_ids: Sequence[int]) -> None:
    """Unfinished items become withdrawn, comparisons with one of these predictions too.

    A check stays one, and its person is told that it was withdrawn if they were not through with it.

    Who holds one holds it no longer: a late submit meets "withdrawn", and nothing of it is kept. Settled
    items are locked as well, so that nobody opens one again before the tombstone is there to see.
    """
    found = lock(Item.objects.showing(prediction_ids))
    closing = [one.item for one in found if one.item.state in UNFINISHED]
    ids = [item.pk for item in closing]
    given = [one.item.pk for one in found if one.item.state == ItemState.CHECK]
    void_slots([*ids, *given])
    Item.objects.filter(pk__in=ids).update(state=ItemState.WITHDRAWN)
    told = {item.pk: item.told_state for item in (*closing, *checks.withdraw(given))}
    record_many([_event(request, item_id, state) for item_id, state in told.items()])


def _event(request: RecallRequest, item_id: int, state: ItemState) -> EventRow:
    return EventRow(
        project_id=request.project_id,
        kind="item.recalled",
        by=Actor(request.asked_by_id),
        subject_kind="item",
        subject_id=item_id,
        before={"state": state},
        after={"state": ItemState.WITHDRAWN, "recall": request.pk, "reason": request.reason},
    )
