"""The audit log of one project, read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.models import Event, Membership, Person
from queues.models import Slot, SlotState
from queues.newest import Page, newest


@dataclass(frozen=True, slots=True)
class EventSearch:
    """What a person looks for in the log; an empty field asks nothing."""

    kind: str = ""
    person_id: int | None = None
    subject_kind: str = ""
    subject_id: int | None = None


def events_of(
    project_id: int, wanted: EventSearch, *, before: int | None = None, but_for: Sequence[int] = ()
) -> Page[Event]:
    """The newest events of a project that match; one bounded walk (see `newest`).

    but_for: items of which nothing is told, as their reader is to answer without knowing.
    """
    rows = Event.objects.filter(project_id=project_id)
    if but_for:
        slots = list(Slot.objects.filter(item__in=but_for).values_list("pk", flat=True))
        rows = rows.exclude(subject_kind="item", subject_id__in=but_for)
        rows = rows.exclude(subject_kind="slot", subject_id__in=slots)
    if wanted.subject_kind and wanted.subject_id is not None:  # has an index of its own
        rows = rows.filter(subject_kind=wanted.subject_kind, subject_id=wanted.subject_id)
    tests = Q()
    if wanted.kind:
        tests &= Q(kind__startswith=wanted.kind)
    if wanted.person_id is not None:
        tests &= Q(actor_person_id=wanted.person_id)
    if wanted.subject_kind:
        tests &= Q(subject_kind=wanted.subject_kind)
    return newest(rows, tests or None, before=before)


def held_by(person_id: int, project_id: int) -> list[int]:
    """The items that this person holds now: of what others say about them, nothing is shown."""
    held = Slot.objects.filter(person=person_id, state=SlotState.LEASED, queue__project=project_id)
    return list(held.values_list("item", flat=True))


def events_about(
    project_id: int, subjects: Mapping[str, Iterable[int]], *, but_for: str = "", limit: int = 200
) -> list[Event]:
    """The events about these subjects (kind → ids), oldest first: what happened to a thing.

    but_for: a kind that may come so often that nothing else would be left.
    """
    about = Q()
    for kind, ids in subjects.items():
        about |= Q(subject_kind=kind, subject_id__in=list(ids))
    found = Event.objects.filter(about, project_id=project_id).exclude(kind=but_for)
    return list(found.order_by("id")[:limit])


def names_of(person_ids: Iterable[int | None]) -> dict[int, str]:
    """Person id → name, for rows that hold plain ids; one statement."""
    known = {person_id for person_id in person_ids if person_id is not None}
    return dict(Person.objects.filter(pk__in=known).values_list("pk", "name")) if known else {}


def names_here(project_id: int, person_ids: Iterable[int]) -> dict[int, str]:
    """Person id → name of those who are in the project or have reviewed in it; nobody else's is told."""
    member = Membership.objects.filter(project=project_id, person=OuterRef("pk"))
    worked = Slot.objects.filter(queue__project=project_id, person=OuterRef("pk"), state=SlotState.DONE)
    found = Person.objects.filter(Exists(member) | Exists(worked), pk__in=list(person_ids))
    return dict(found.values_list("pk", "name"))
