"""Items that a person keeps for later: a lease of hours instead of minutes, off the screen.

It ends by itself like every lease, and the item goes back to the others; the draft stays. However often
one is taken up and kept again, it is kept no longer than LONGEST from the moment in which it was leased.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Least, Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from queues.assign import policy
from queues.assign.actions import lease_ended, locked_lease
from queues.assign.lease import is_or_was_held, never_held
from queues.errors import Fault, Invalid, Taken
from queues.models import Slot, SlotState

AT_ONCE = 5  # of one person in a project
HOURS = (1, 4, 24)
LONGEST = timedelta(hours=72)


@transaction.atomic
def keep(slot_id: int, *, token: UUID, by: Actor, hours: int) -> Slot:
    """Put a held item aside for these hours; Invalid when too many are there, or this one for too long."""
    if hours not in HOURS:
        detail = _("Choose one of these: %(choices)s.") % {"choices": ", ".join(map(str, HOURS))}
        raise Invalid(_("The item was not kept."), [Fault("/hours", "aside.hours", detail)])
    slot = locked_lease(slot_id, token, by)
    # One after the other: two tabs at once must not both find room for the last one.
    Project.objects.select_for_update(no_key=True).get(pk=slot.queue.project_id)
    if kept_by(by, slot.queue.project_id).count() >= AT_ONCE:
        detail = _("Take one of them up, or give it back, first.")
        raise Invalid(
            _("You keep %(n)d items for later, as many as one may.") % {"n": AT_ONCE},
            [Fault("", "aside.too_many", detail)],
        )
    until = Least(Now() + timedelta(hours=hours), F("leased_at") + LONGEST)
    young = Slot.objects.filter(pk=slot.pk, leased_at__gt=Now() - LONGEST)
    if not young.update(aside=True, lease_token=uuid4(), lease_until=until):
        raise Invalid(
            _("You have kept this item for three days."),
            [Fault("", "aside.too_long", _("Finish it, or pass it on to somebody else."))],
        )
    _record(slot, "slot.kept", by, hours=hours)
    return Slot.objects.get(pk=slot.pk)


@transaction.atomic
def take_up(slot_id: int, *, project_id: int, by: Actor) -> Slot:
    """Bring a kept item back to the screen, with the lease of its queue; Taken when its time has passed."""
    policy.check_not_paused(project_id, by.as_person())
    slot = _mine(slot_id, project_id, by)
    Slot.objects.filter(pk=slot.pk).update(
        aside=False,
        lease_token=uuid4(),
        lease_until=Now() + timedelta(seconds=slot.queue.lease_seconds),
    )
    _record(slot, "slot.taken_up", by)
    return slot


def kept_by(by: Actor, *project_ids: int) -> QuerySet[Slot]:
    """What this person keeps for later in these projects, what ends first first."""
    return Slot.objects.filter(
        person=by.person_id,
        queue__project__in=project_ids,
        state=SlotState.LEASED,
        aside=True,
        lease_until__gt=Now(),
    ).order_by("lease_until", "pk")


def is_running(slot: Slot) -> bool:
    """Whether this lease has not ended, by the database's clock."""
    return Slot.objects.filter(pk=slot.pk, state=SlotState.LEASED, lease_until__gt=Now()).exists()


def others_on_screen(slot: Slot, by: Actor) -> list[int]:
    """The other leases of this person in the queue, which a page must not show instead of this one."""
    held = Slot.objects.filter(person=by.person_id, queue=slot.queue_id, state=SlotState.LEASED, aside=False)
    return list(held.exclude(pk=slot.pk).order_by("leased_at").values_list("pk", flat=True)[:2])


def _mine(slot_id: int, project_id: int, by: Actor) -> Slot:
    slot = (
        Slot.objects.select_related("queue")
        .select_for_update(of=("self",))
        .filter(pk=slot_id, queue__project=project_id)
        .first()
    )
    if slot is None or not is_or_was_held(slot, project_id=project_id, by=by):
        raise never_held()
    still = kept_by(by, project_id).filter(pk=slot.pk).exists()
    if not still:
        raise lease_ended() if slot.person_id != by.person_id else _on_screen()
    return slot


def _on_screen() -> Taken:
    return Taken(_("You do not keep this item for later any more. Open its queue to go on."))


def _record(slot: Slot, kind: str, by: Actor, **after: object) -> None:
    events.record(
        project_id=slot.queue.project_id,
        kind=kind,
        by=by,
        subject_kind="slot",
        subject_id=slot.pk,
        after={"item": slot.item_id, **after},
    )
