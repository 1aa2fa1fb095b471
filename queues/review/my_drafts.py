"""What a person has in hand and what they have typed: leases, kept items, drafts, and where each stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from queues.assign.lease import is_ahead
from queues.models import UNDER_REVIEW, Draft, Item, ItemState, Skip, Slot, SlotState, told_withdrawn

IN_HAND_MOST = 100  # leases that are shown; nobody holds as many


class Standing(TextChoices):
    """Where the item of a draft stands for the person who typed it."""

    HELD = "held", _("you hold it")
    KEPT = "kept", _("you keep it for later")
    FREE = "free", _("open: you can take it again")
    BUSY = "busy", _("with others now")
    OVER = "over", _("needs no review any more")

    @property
    def can_be_opened(self) -> bool:
        """Whether the person can go on with it now."""
        return self in (Standing.HELD, Standing.KEPT, Standing.FREE)


@dataclass(frozen=True, slots=True)
class InHand:
    """A lease of this person, and the draft that belongs to it."""

    slot: Slot
    draft: Draft | None


def in_hand(person_id: int, project_id: int) -> Sequence[InHand]:
    """The person's running leases in the project, on the screen and for later; two statements.

    Without what is only rendered ahead, unless something was typed on it.
    """
    slots = Slot.objects.filter(
        person=person_id, queue__project=project_id, state=SlotState.LEASED, lease_until__gt=Now()
    ).select_related("queue", "item__prediction")
    held = list(slots.order_by("aside", "lease_until", "pk")[:IN_HAND_MOST])
    ids = [slot.item_id for slot in held]
    typed = Draft.objects.select_related("item").filter(person=person_id, item__in=ids, discarded_at=None)
    by_item = {draft.item_id: draft for draft in typed}
    found = [InHand(slot, by_item.get(slot.item_id)) for slot in held]
    return [one for one in found if one.draft or not is_ahead(one.slot)]


def drafts_of(
    person_id: int, project_ids: Collection[int], *, but_for: Collection[Standing] = ()
) -> QuerySet[Draft]:
    """The person's drafts in these projects, to be read page by page; each with its `standing`.

    but_for: standings that are left out. Nothing on withdrawn items: their texts may have to be forgotten.
    """
    return (
        _all_of(person_id, project_ids)
        .filter(discarded_at=None)
        .annotate(standing=_standing(person_id))
        .exclude(standing__in=but_for)
        .order_by("-pk")
    )


def without_lease(person_id: int, project_id: int) -> QuerySet[Draft]:
    """Those of drafts whose items the person does not hold."""
    return drafts_of(person_id, [project_id], but_for=[Standing.HELD, Standing.KEPT])


def put_away_by(person_id: int, project_id: int) -> QuerySet[Draft]:
    """What can still be brought back, newest first."""
    away = _all_of(person_id, [project_id]).filter(discarded_at__isnull=False)
    return away.order_by("-discarded_at")


def _all_of(person_id: int, project_ids: Collection[int]) -> QuerySet[Draft]:
    drafts = Draft.objects.filter(person=person_id, item__queue__project__in=project_ids)
    return drafts.exclude(told_withdrawn("item__")).select_related("item__queue__project", "item__prediction")


_IS_CHECK = Q(item__state=ItemState.CHECK)
_BESIDE_WAITS = Q(item__served_check__beside__state__in=UNDER_REVIEW)


def _standing(person_id: int) -> Case:
    of_item = Slot.objects.filter(item=OuterRef("item"))
    mine = of_item.filter(person=person_id, state=SlotState.LEASED, lease_until__gt=Now())
    skipped = Skip.objects.filter(item=OuterRef("item"), person=person_id)
    # A lease that has ended frees its slot at the next claim.
    is_open = of_item.filter(
        Q(state=SlotState.OPEN)
        | Q(state=SlotState.LEASED, lease_until__lte=Now())
        | Q(state=SlotState.VOID, item__state=ItemState.CHECK)  # its person's own, given back
    )
    under_review = Item.objects.filter(pk=OuterRef("item"), state__in=(*UNDER_REVIEW, ItemState.CHECK))
    return Case(
        When(Exists(mine.filter(aside=True)), then=Value(Standing.KEPT)),
        When(Exists(mine), then=Value(Standing.HELD)),
        When(~Exists(under_review), then=Value(Standing.OVER)),
        # One that its person passed on is as good as done by others once the item beside it is.
        When(_IS_CHECK & Exists(skipped) & ~_BESIDE_WAITS, then=Value(Standing.OVER)),
        When(Exists(is_open) & ~Exists(skipped), then=Value(Standing.FREE)),
        default=Value(Standing.BUSY),
    )


def standing_of(draft: Draft) -> Standing:
    """What `drafts_of` has noted on the row."""
    return Standing(draft.standing)  # type: ignore[attr-defined]  # an annotation
