"""What comes before a claim in a queue with checks: is this person to be given one, or nothing yet?"""

import random
from collections.abc import Sequence

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.permissions import held_by_actor
from accounts.roles import Permission
from queues.assign import further, policy
from queues.assign.actions import free_ended
from queues.assign.lease import Lease
from queues.assign.orders import orders
from queues.assign.policy import Fit, MayNotWork
from queues.curate.checks import beginning
from queues.curate.checks.beginning import Stage, Standing
from queues.curate.checks.serving import again, is_left_open, serve
from queues.errors import Fault, Invalid
from queues.models import Item, Purpose, Queue, Slot, SlotState
from queues.numbers import percent

_DRAW = random.SystemRandom()


class NotQualified(MayNotWork):
    """The person has not passed the checks with which the queue begins, and a lead has to decide."""

    code = "not_qualified"
    title: Promise = gettext_lazy("A lead decides how it goes on")


class NoChecksLeft(MayNotWork):
    """The queue begins with checks, and has fewer than it asks for."""

    code = "no_checks_left"
    title: Promise = gettext_lazy("Not enough checks yet")


def gives_checks(queue: Queue) -> bool:
    """Whether anything has to be asked before a claim."""
    return bool(queue.check_rate or queue.begins_with_checks)


def make_way(queue: Queue, *, by: Actor, beside: Sequence[int], ahead: bool) -> bool:
    """Whether the claim may go on now; a check that is to come is then held by this person already.

    Nobody is given one who may read its answer. Raises NotQualified or NoChecksLeft, and what the claim
    itself would: a check is given only to who would be given an item.
    """
    is_drawn, comes_again = _DRAW.random() < queue.check_rate, is_left_open(queue, by)
    if not (is_drawn or comes_again or queue.begins_with_checks):
        return True
    if queue.archived_at is not None or len(beside) >= queue.max_held or _holds(queue, by, beside):
        return True
    if Permission.READ in held_by_actor(by, queue.project):
        return True
    fit = policy.check_may_work(queue, by.as_person())
    if queue.begins_with_checks:
        standing = beginning.advance(queue, by=by)
        if standing.stage is not Stage.AT_WORK:
            return _begin(queue, standing, by=by, fit=fit, ahead=ahead)
    # Whatever is drawn: an item that was given back is the next that its person is given, and so is a check.
    front = _coming(queue, by, fit) if is_drawn and not comes_again else None
    if comes_again or front is not None:
        serve(queue, by=by, fit=fit, purpose=Purpose.HIDDEN, ahead=ahead, front=front)
    return True


def hold_again(item: Item, *, by: Actor) -> Lease | None:
    """A check that this person has begun and given up, on the rules of any item; None when it is over."""
    queue = item.queue
    held = Slot.objects.filter(person=by.person_id, queue=queue.pk, state=SlotState.LEASED, aside=False)
    if held.count() >= queue.max_held:
        raise Invalid(
            _("You hold enough items."), [Fault("", "beside.too_many", _("Finish one of them first."))]
        )
    policy.check_may_work(queue, by.as_person())
    free_ended(queue_id=queue.pk)
    with transaction.atomic():
        if not again(queue, by, queue.lease_seconds, item_id=item.pk):
            return None
        fields = ("pk", "item_id", "queue_id", "lease_token", "lease_until", "leased_at")
        return Lease(*Slot.objects.values_list(*fields).get(item=item.pk, state=SlotState.LEASED))


def _begin(queue: Queue, standing: Standing, *, by: Actor, fit: Fit, ahead: bool) -> bool:
    """The next check of training or qualification; False while all of them lie before the person."""
    if standing.stage is Stage.FAILED:
        raise NotQualified(failed_text(queue, standing))
    if not standing.left:
        return False
    if standing.stage is Stage.TRAINING:
        if serve(queue, by=by, fit=fit, purpose=Purpose.TRAINING, ahead=ahead):
            return True
        if not queue.qualifying_checks:
            return True  # there is nothing left to train with
    if serve(queue, by=by, fit=fit, purpose=Purpose.QUALIFYING, ahead=ahead):
        return True
    raise NoChecksLeft(
        _(
            "The queue “%(queue)s” begins with checks, and there are not enough of them for you now. A lead"
            " has to add some."
        )
        % {"queue": queue.name}
    )


def failed_text(queue: Queue, standing: Standing) -> str:
    """What happened and how it goes on, in plain words."""
    return _(
        "Of %(n)d checks in the queue “%(queue)s” you had %(right)d right; it asks for %(needed)s. A lead"
        " looks at this with you, and lets you in or asks you again with other checks. You need not do"
        " anything."
    ) % {
        "n": standing.answered,
        "right": standing.right,
        "queue": queue.name,
        "needed": percent(standing.needed),
    }


def _holds(queue: Queue, by: Actor, beside: Sequence[int]) -> bool:
    held = Slot.objects.filter(person=by.person_id, queue=queue.pk, state=SlotState.LEASED, aside=False)
    return held.exclude(pk__in=list(beside)).exists()


def _coming(queue: Queue, by: Actor, fit: Fit) -> int | None:
    """The slot that this person would be given now."""
    walk = orders.get(queue.order).walk
    found = further.find(queue.pk, walk=walk, fit=fit, person_id=by.as_person())
    found.marks.store()
    return found.slots[0] if found.slots else None
