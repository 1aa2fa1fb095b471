"""A lease: a slot held by a person for some minutes, with a token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Event
from queues.errors import NotFound, WrongState
from queues.models import Slot

AHEAD_SECONDS = 120  # of an item that is rendered ahead and not yet looked at


def is_ahead(slot: Slot) -> bool:
    """Whether a leased slot is only rendered ahead: nobody has it on the screen yet.

    In a queue whose own leases are as short, none is told from the others.
    """
    if slot.leased_at is None or slot.lease_until is None or slot.queue.lease_seconds <= AHEAD_SECONDS:
        return False
    return slot.lease_until <= slot.leased_at + timedelta(seconds=AHEAD_SECONDS)


@dataclass(frozen=True, slots=True)
class Lease:
    """The token fences: draft, heartbeat, skip and submit are refused without the current one.

    is_blind: its holder is told neither why the item is here nor what filters found in it.
    """

    slot_id: int
    item_id: int
    queue_id: int
    token: UUID
    until: datetime
    opened_at: datetime
    is_blind: bool = False

    @classmethod
    def of(cls, slot: Slot) -> Self:
        """The lease of a slot; WrongState when nobody holds it."""
        if slot.lease_token is None or slot.lease_until is None or slot.leased_at is None:
            raise WrongState(_("This slot is not leased."))
        return cls(
            slot.pk,
            slot.item_id,
            slot.queue_id,
            slot.lease_token,
            slot.lease_until,
            slot.leased_at,
            slot.is_blind,
        )


def is_or_was_held(slot: Slot, *, project_id: int, by: Actor) -> bool:
    """Whether this person holds the slot, or ever did: the log knows, also after it was freed."""
    return (
        slot.person_id == by.person_id
        or Event.objects.filter(
            project_id=project_id,
            subject_kind="slot",
            subject_id=slot.pk,
            kind="slot.leased",
            actor_person_id=by.person_id,
        ).exists()
    )


def never_held() -> NotFound:
    """The one answer to who never held a slot, whether there is one or not.

    Else who asks for numbers before they are given out would know a hidden check, which is made when it is
    given, by its number.
    """
    return NotFound(_("There is no such lease of yours. Open the queue to take an item."))
