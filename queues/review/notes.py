"""The thread of an item: who may read it, who may write in it, and whom a note names.

An item is reviewed blind, so no annotator reads what others say about it before having submitted: not who
holds it, nor who could still be given it. Nor can such a person be named, who would be led to it. Who may
read the whole project, such as a lead, may read threads as well, but not of an item that they hold.
Where several review the item, submitted means for good: see `taking_back`.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.events import record
from accounts.models import Membership, Project
from accounts.names import folded
from accounts.roles import ROLES, Permission, Role
from accounts.storable import is_storable
from queues.errors import Fault, Invalid, NotAllowed, NotFound
from queues.models import Item, Mention, Note, Review, Slot, SlotState
from queues.models.note import NOTE_MAX
from queues.numbers import localized
from queues.review import taking_back

_READERS = [role for role, held in ROLES.items() if Permission.READ in held]
THREAD_SHOWN = 500  # notes of one item: the newest, in their order


def item_of(project_id: int, item_id: int) -> Item:
    """The item of this project with its texts, or NotFound."""
    items = Item.objects.select_related("queue", "prediction__payload")
    item = items.filter(pk=item_id, queue__project=project_id).first()
    if item is None:
        raise _unknown()
    return item


def check_can_read(item: Item, by: Actor, held: Collection[Permission]) -> None:
    """Whoever may read the project or has submitted a review of the item, and does not hold it now.

    Anybody else is told what they are told of an item that does not exist: else who asks for numbers before
    they are given out would know a hidden check, which is made when it is given, by its number.

    held: what this request may do: of a key both its scopes and the role of its person.
    """
    own = Slot.objects.filter(item=item.pk, person=by.person_id, state=SlotState.LEASED)
    if own.exists():
        raise NotAllowed(_("You hold this item. What others say about it is shown after you have submitted."))
    if Permission.READ in held:
        return
    review = Review.objects.filter(item=item.pk, person=by.person_id, withdrawn_at=None).first()
    if review is None:
        raise _unknown()
    if taking_back.is_blind(item) and taking_back.is_fresh(review, item):
        raise NotAllowed(
            _("You can still take your review back. What others say is shown when it stands, in a minute.")
        )


def _unknown() -> NotFound:
    return NotFound(
        _(
            "There is no such item among those that are shown to you. What is said about an item is shown"
            " after you have submitted your review of it: choose one from your decisions."
        )
    )


def thread_of(item_id: int) -> Sequence[Note]:
    """The notes of an item, oldest first, with their authors and mentions; two statements."""
    return list(notes_of(item_id).order_by("-id")[:THREAD_SHOWN])[::-1]


def notes_of(item_id: int) -> QuerySet[Note]:
    """All of them, to be read page by page."""
    return Note.objects.filter(item=item_id).select_related("author").prefetch_related("mentions__person")


def mentions_of(person_id: int, *project_ids: int, may_read: bool = True) -> QuerySet[Mention]:
    """Where this person was named in these projects, to be read page by page, newest first.

    By the rule of `check_can_read`. may_read: False for a key that does not read the project.
    """
    mine = {"item": OuterRef("note__item"), "person": person_id}
    reviews = Review.objects.filter(**mine, withdrawn_at=None)
    stands = Exists(reviews.exclude(taking_back.blind(), submitted_at__gt=taking_back.blind_since()))
    reads = Exists(
        Membership.objects.filter(
            project=OuterRef("note__item__queue__project"), person=person_id, role__in=_READERS
        )
    )
    found = Mention.objects.filter(person=person_id, note__item__queue__project__in=project_ids)
    found = found.filter(stands | reads if may_read else stands)
    found = found.exclude(Exists(Slot.objects.filter(**mine, state=SlotState.LEASED)))
    return found.select_related("note__author", "note__item__queue__project")


@transaction.atomic
def add(item_id: int, *, project: Project, by: Actor, held: Collection[Permission], text: str) -> Note:
    """Add a note to the item's thread, and tell the members whom it names with @.

    held: as for `check_can_read`. Raises Invalid for a text that cannot be a note, or that names somebody who
    may not read the thread.
    """
    item = item_of(project.pk, item_id)
    check_can_read(item, by, held)
    if fault := text_fault(text):
        raise Invalid(_("The note was not added: see the marked place."), [fault])
    named = named_in(text, project.pk)
    if alike := _alike(named):
        raise Invalid(
            _("The note was not added: see the marked place."),
            [Fault("/text", "note.mention_is_ambiguous", _ambiguous(alike))],
        )
    if blind := sorted(one.person.name for one in named if not _may_be_led_to(one, item)):
        raise Invalid(
            _("The note was not added: see the marked place."),
            [Fault("/text", "note.mention_is_blind", _blind(blind))],
        )
    return write(item, project_id=project.pk, by=by, text=text, to=[one.person_id for one in named])


def write(item: Item, *, project_id: int, by: Actor, text: str, to: Sequence[int]) -> Note:
    """A note that names these people; who may write and whom it may name, the caller has checked."""
    note = Note.objects.create(item=item, author_id=by.as_person(), text=text)
    Mention.objects.bulk_create([Mention(note=note, person_id=person_id) for person_id in to])
    record(
        kind="note.added",
        project_id=project_id,
        by=by,
        subject_kind="item",
        subject_id=item.pk,
        after={"note": note.pk, "mentions": list(to)},
    )
    return note


def named_in(text: str, project_id: int) -> list[Membership]:
    """The members whom a text names: @ and the whole name, after a space or at the beginning.

    Where one name begins another, the longer one is meant. Two members of one name are both found.
    """
    if "@" not in text:
        return []
    members = Membership.objects.filter(project=project_id, person__is_active=True).select_related("person")
    found: dict[int, Membership] = {}
    rest = folded(text)
    by_length = sorted(members, key=lambda one: (-len(folded(one.person.name)), one.pk))
    for name in dict.fromkeys(folded(one.person.name) for one in by_length):
        pattern = re.compile(rf"(?<!\S)@{re.escape(name)}(?!\w)")
        if pattern.search(rest):
            rest = pattern.sub(" ", rest)
            found |= {one.pk: one for one in by_length if folded(one.person.name) == name}
    return sorted(found.values(), key=lambda one: one.pk)


def text_fault(text: str) -> Fault | None:
    """Why a text cannot be a note; None when it can."""
    if not text.strip():
        return Fault("/text", "note.missing", _("Write what you want to say."))
    if len(text) > NOTE_MAX:
        return Fault("/text", "note.too_long", _("At most %(n)s characters.") % {"n": localized(NOTE_MAX)})
    if not is_storable(text):
        return Fault("/text", "note.not_storable", _("NUL and lone surrogates cannot be stored."))
    return None


def _may_be_led_to(member: Membership, item: Item) -> bool:
    """Whether this member would not read the thread before a review of their own."""
    holds = Slot.objects.filter(item=item.pk, person=member.person_id, state=SlotState.LEASED).exists()
    if holds:
        return False
    if Permission.READ in ROLES[Role(member.role)]:
        return True
    return Review.objects.filter(item=item.pk, person=member.person_id, withdrawn_at=None).exists()


def _alike(named: Sequence[Membership]) -> list[str]:
    """Names that several of these members have, so that nobody can say who is meant."""
    times = Counter(folded(one.person.name) for one in named)
    return sorted({one.person.name for one in named if times[folded(one.person.name)] > 1})


def _ambiguous(names: Sequence[str]) -> str:
    return _("Several members are called %(names)s. Write the name without @.") % {"names": ", ".join(names)}


def _blind(names: Sequence[str]) -> str:
    return _("%(names)s could still be given this item, and would come to it unbiased no more.") % {
        "names": ", ".join(names)
    }
