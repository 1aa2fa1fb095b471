"""Handing work out and taking it back: lease, heartbeat, skip, give back, expiry.

A lease is granted by the database's clock and fenced by its token; nothing here trusts a caller's time.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import SYSTEM, Actor
from queues.assign import further, policy
from queues.assign.claim import Asking, claim, claim_found, claim_of_item, held
from queues.assign.lease import AHEAD_SECONDS, Lease
from queues.assign.orders import orders
from queues.assign.policy import Fit
from queues.errors import Fault, Invalid, Taken
from queues.models import UNDER_REVIEW, Item, ItemState, Queue, Skip, SkipReason, Slot, SlotState

BESIDE_MAX = 2  # leases a person may hold in a queue beside the one asked for
_CLAIM_TRIES = 3
_LOCKED_TRIES = 10  # a claim under way is over within milliseconds
_SEARCHES = 3  # each looks at some 20,000 slots that may not be for this person
_LOCKED_PAUSE_SECONDS = 0.01

# Only a lease that was made ahead and never renewed begins anew: nobody's time is shortened afterwards.
_BEGIN_IF_AHEAD = Case(
    When(lease_until__lte=F("leased_at") + timedelta(seconds=AHEAD_SECONDS), then=Now()),
    default=F("leased_at"),
)


def lease_next(queue: Queue, *, by: Actor, beside: Sequence[int] = (), ahead: bool = False) -> Lease | None:
    """The next item for this person: their live lease in the queue, else a new one; None when empty.

    beside: slots already on the person's screen, not to be given again: no new lease beside as many as the
    queue lets a person hold. ahead: a short lease, for an item that is only rendered ahead.
    """
    if len(beside) > BESIDE_MAX:
        raise Invalid(
            _("You hold enough items."), [Fault("/beside", "beside.too_many", _("Finish one of them first."))]
        )
    seconds = AHEAD_SECONDS if ahead else queue.lease_seconds
    lease = held(queue.pk, person_id=by.as_person(), beside=list(beside), seconds=seconds)
    if lease is not None or len(beside) >= queue.max_held or queue.archived_at is not None:
        return lease
    return _claim_or_be_sure(queue, by, seconds, policy.check_may_work(queue, by.as_person()))


def _claim_or_be_sure(queue: Queue, by: Actor, seconds: int, fit: Fit) -> Lease | None:
    """A new lease. None only when nothing is left: not while somebody else's claim holds the last rows.

    And when very many slots in front are not for this person: asked again, it goes on where it stopped.
    """
    walk, asking = orders.get(queue.order).walk, Asking(queue, by, seconds)
    for _try in range(_LOCKED_TRIES):
        if lease := _claim(partial(claim, asking, walk=walk, fit=fit)):
            return lease
        found = further.find(queue.pk, walk=walk, fit=fit, person_id=by.as_person())
        if found.slots:
            if lease := _claim(partial(claim_found, asking, found.slots, found.marks)):
                return lease
            time.sleep(_LOCKED_PAUSE_SECONDS)
            continue
        found.marks.store()
        # Nobody swept: the worker may be away.
        if not free_ended(queue_id=queue.pk) and (found.is_all or _try + 1 >= _SEARCHES):
            return None
    return None


def _claim(take: Callable[..., Lease | None]) -> Lease | None:
    """What `take` leases by a new token: one statement mostly, which is a transaction by itself."""
    for _try in range(_CLAIM_TRIES):
        try:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                return take(token=uuid4())
        except IntegrityError:
            # Another tab of the same person took a slot of the same item in this very moment.
            continue
    return None


def lease_again(item: Item, *, by: Actor) -> Lease | None:
    """An item that this person has begun and does not hold any more; None when it is not to be had now.

    That they have begun it, the caller has checked: nobody chooses their items.
    """
    queue, person_id = item.queue, by.as_person()
    on_screen = Slot.objects.filter(
        person=person_id, queue=queue.pk, state=SlotState.LEASED, aside=False, lease_until__gt=Now()
    )
    if on_screen.count() >= queue.max_held:
        raise Invalid(
            _("You hold enough items."), [Fault("", "beside.too_many", _("Finish one of them first."))]
        )
    policy.check_may_work(queue, person_id)
    free_ended(queue_id=queue.pk)
    return _claim(partial(claim_of_item, Asking(queue, by, queue.lease_seconds), item.pk))


def heartbeat(slot_id: int, *, token: UUID, by: Actor, is_first_look: bool = False) -> datetime:
    """Renew a lease that still runs; the new end. Taken when it has ended.

    is_first_look: an item rendered ahead comes on the screen now; the time on it counts from here.
    """
    seconds = _mine(slot_id, token, by).values_list("queue__lease_seconds", flat=True).first()
    until = Now() + timedelta(seconds=seconds or 0)
    begin = {"leased_at": _BEGIN_IF_AHEAD} if is_first_look else {}
    _mine(slot_id, token, by).update(lease_until=until, **begin)
    renewed = _mine(slot_id, token, by).values_list("lease_until", flat=True).first()
    if renewed is None:
        raise lease_ended()
    return renewed


@transaction.atomic
def skip(slot_id: int, *, token: UUID, by: Actor, reason: str) -> None:
    """Pass the item on to someone else, with a reason; it never comes back to this person."""
    if reason not in SkipReason.values:
        raise Invalid(
            _("The item was not skipped."),
            [Fault("/reason", "reason.unknown", _("Choose one of the reasons."))],
        )
    slot = locked_lease(slot_id, token, by)
    Skip.objects.create(item_id=slot.item_id, person_id=by.as_person(), reason=reason, at=Now())
    _reopen(slot, "slot.skipped", by, reason)


@transaction.atomic
def give_back(slot_id: int, *, token: UUID, by: Actor) -> None:
    """End a lease early, without a reason; the item may come back to this person."""
    _reopen(locked_lease(slot_id, token, by), "slot.given_back", by, "")


@transaction.atomic
def free_held_by(person_id: int, *, project_id: int, by: Actor) -> int:
    """Open every slot that a person holds in the project, whatever its lease says; how many. Drafts stay."""
    held_slots = (
        Slot.objects.filter(person=person_id, queue__project=project_id, state=SlotState.LEASED)
        .select_related("queue")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    slots = list(held_slots)
    for slot in slots:
        _reopen(slot, "slot.taken_back", by, "")
    return len(slots)


@transaction.atomic
def free_ended(*, queue_id: int | None = None, at_most: int = 500) -> int:
    """Open the slots whose leases have ended, so that others get them; how many. Drafts stay."""
    ended = Slot.objects.filter(state=SlotState.LEASED, lease_until__lt=Now())
    if queue_id is not None:
        ended = ended.filter(queue=queue_id)
    slots = list(
        ended.select_related("queue")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:at_most]
    )
    for slot in slots:
        _reopen(slot, "slot.lease_ended", SYSTEM, "")
    return len(slots)


def lease_ended() -> Taken:
    return Taken(
        _("Your lease on this item has ended. Your text is kept as a draft; take the item again to go on.")
    )


def _mine(slot_id: int, token: UUID, by: Actor) -> "QuerySet[Slot]":
    return Slot.objects.filter(
        pk=slot_id,
        lease_token=token,
        person=by.person_id,
        state=SlotState.LEASED,
        lease_until__gt=Now(),
    )


def locked_lease(slot_id: int, token: UUID, by: Actor) -> Slot:
    """The slot that this person holds by this token, locked; Taken when the lease has ended."""
    slot = _mine(slot_id, token, by).select_related("queue").select_for_update(of=("self",)).first()
    if slot is None:
        raise lease_ended()
    return slot


def _reopen(slot: Slot, kind: str, by: Actor, reason: str) -> None:
    """leased → open, and the item in_review → open when nobody else works on it or has reviewed it.

    Of an item that no longer needs it (disputed, settled) the slot becomes void.
    """
    before = {"person": slot.person_id}
    # Locked in a statement of its own: what another claim has just committed is seen by those below.
    item = Item.objects.select_for_update().get(pk=slot.item_id)
    is_needed = item.state in UNDER_REVIEW
    Slot.objects.filter(pk=slot.pk).update(
        state=SlotState.OPEN if is_needed else SlotState.VOID,
        person=None,
        lease_token=None,
        leased_at=None,
        lease_until=None,
        aside=False,
    )
    busy = Slot.objects.filter(item=OuterRef("pk"), state__in=[SlotState.LEASED, SlotState.DONE])
    Item.objects.filter(~Exists(busy), pk=slot.item_id, state=ItemState.IN_REVIEW).update(
        state=ItemState.OPEN
    )
    events.record(
        project_id=slot.queue.project_id,
        kind=kind,
        by=by,
        subject_kind="slot",
        subject_id=slot.pk,
        before=before,
        reason=reason,
    )
