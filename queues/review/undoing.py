"""Taking one's own review back, while that is still allowed: its slot is leased again, its text a draft."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.events import EventRow
from queues.assign.lease import Lease
from queues.errors import NotFound, WrongState
from queues.models import Draft, Item, ItemState, Recall, Review, Slot, SlotState
from queues.review import taking_back
from queues.review.submission import document_of


@dataclass(frozen=True, slots=True)
class Undone:
    """A withdrawn review, and the lease under which its author may go on."""

    review: Review
    lease: Lease
    event: EventRow | None


def check_can_undo(review: Review, item: Item, by: Actor) -> None:
    """One's own review, in the seconds after it, or later while the item is not settled.

    Where several review an item: in the minute after it, whatever became of the item, and never later.
    """
    if review.person_id != by.person_id:
        raise _no_review_of_theirs()
    is_fresh, told_state = taking_back.is_fresh(review, item), item.told_state
    if told_state == ItemState.WITHDRAWN:
        raise WrongState(_("This item was withdrawn; there is nothing to undo."))
    if taking_back.is_blind(item) and not is_fresh:
        raise WrongState(_("Others review this item too, so your review stands after a minute. Ask a lead."))
    if told_state == ItemState.SETTLED and not is_fresh:
        raise WrongState(_("This item is settled. Ask a lead to reopen it."))


def check_not_recalled(item: Item) -> None:
    """What was withdrawn from all releases is not reviewed again. The item is locked, so it stays so."""
    if Recall.objects.among([item.prediction_id, item.other_id]):
        raise WrongState(
            _("What this item shows was withdrawn from all releases, so nobody reviews it again.")
        )


def _no_review_of_theirs() -> NotFound:
    """The one answer, whether there is such a review or not: its number tells nobody that it was given."""
    return NotFound(_("There is no such review of yours. Your reviews are listed under “My decisions”."))


def locked_slot(review_id: int, *, project_id: int, by: Actor) -> Slot:
    """The slot of this person's own review, locked with its item; NotFound for the review of anybody else."""
    own = Slot.objects.filter(queue__project=project_id, review=review_id, review__person=by.person_id)
    slot = own.select_related("item__queue").select_for_update(of=("self", "item")).first()
    if slot is None:
        raise _no_review_of_theirs()
    return slot


def undo(slot: Slot, review_id: int, *, by: Actor) -> Undone:
    """Withdraw one's own review and lease its `locked_slot` again, with the text as a draft.

    Must run inside the transaction that also reopens the item. Undoing twice gives the same lease.
    """
    item, review = slot.item, Review.objects.get(pk=review_id)
    if review.withdrawn_at is not None:
        return _undone_before(review, by)
    check_can_undo(review, item, by)
    check_not_recalled(item)
    Review.objects.filter(pk=review_id).update(withdrawn_at=Now())
    lease = _lease_again(review, item.queue.lease_seconds)
    Draft.objects.update_or_create(
        item_id=item.pk,
        person_id=by.as_person(),
        defaults={"content": document_of(review), "revision": F("revision") + 1, "discarded_at": None},
        create_defaults={"content": document_of(review)},
    )
    event = EventRow(
        project_id=item.queue.project_id,
        kind="review.withdrawn",
        by=by,
        subject_kind="item",
        subject_id=item.pk,
        before={"review": review.pk, "decision": review.decision},
    )
    return Undone(review, lease, event)


def _lease_again(review: Review, seconds: int) -> Lease:
    """The lease goes on where it ended: what it took counts on, and so does for how long it may be kept."""
    token = uuid4()
    held = max(review.submitted_at - review.opened_at, timedelta(0))
    Slot.objects.filter(pk=review.slot_id).update(
        state=SlotState.LEASED,
        person=review.person_id,
        lease_token=token,
        leased_at=Now() - held,
        lease_until=Now() + timedelta(seconds=seconds),
    )
    return Lease.of(Slot.objects.get(pk=review.slot_id))


def _undone_before(review: Review, by: Actor) -> Undone:
    slot = Slot.objects.get(pk=review.slot_id)
    if slot.state != SlotState.LEASED or slot.person_id != by.person_id:
        raise WrongState(_("This review was already undone."))
    return Undone(review, Lease.of(slot), None)
