"""Figures about persons, put together: of all who work in a queue, and of one person everywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts import events
from accounts.actor import Actor
from accounts.models import Event, Membership, Person
from queues.agree import people as agree
from queues.agree.asked import DECISION
from queues.agree.metric import Figure
from queues.audit.people.figures import Work, overruled, unsteady, work_of
from queues.audit.people.habits import Habit, habits_of
from queues.audit.people.reading import Done, corrections_of, done_by
from queues.models import Queue
from queues.statistics.proportions import Proportion, proportion

PAGE_OF_PEOPLE = 25
QUEUES_OF_ONE = 3  # of a person's page: those with most of their newest reviews
CASES_SHOWN = 20
LOOKS_SHOWN = 5
LOOKED = "person.figures_read"


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """One person in a queue. agreement: of their decisions with those of the others; None: nothing shared.

    missed: of checks with known answers, those that they got wrong; None where they were given none.
    """

    person: Person
    work: Work
    agreement: Figure | None
    missed: Proportion | None
    habits: Sequence[Habit]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some members by name, compared with each other. has_more: further members follow."""

    people: Sequence[PersonFigures]
    has_more: bool


@dataclass(frozen=True, slots=True)
class OwnQueue:
    """What one person's reviews of one queue come to."""

    queue: Queue
    work: Work
    agreement: Figure | None


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """Of one person: all of their newest reviews in the project, and the queues they worked in most.

    overruled: those on which a lead decided otherwise; unsteady: the same seen twice and decided unlike,
    the newest first.
    """

    work: Work
    queues: Sequence[OwnQueue]
    overruled: Sequence[Done]
    unsteady: Sequence[tuple[Done, Done]]


Checks = Mapping[int, tuple[int, int]]
"""Person → (missed, given) of checks with known answers, which a later stage knows and brings."""


def figures_of_people(queue: Queue, *, page: int = 0, checks: Checks | None = None) -> PeoplePage:
    """The members of the project and what they did in this queue; the same few statements for any queue."""
    checks = checks or {}
    start = page * PAGE_OF_PEOPLE
    members = Membership.objects.filter(project=queue.project_id).select_related("person")
    rows = list(members.order_by("person__name", "pk")[start : start + PAGE_OF_PEOPLE + 1])
    people = {row.person_id: row.person for row in rows[:PAGE_OF_PEOPLE]}
    done = done_by(queue.project_id, list(people), queue_id=queue.pk)
    texts = corrections_of(done.values())
    work = {
        person_id: work_of(done[person_id], texts.get(person_id, ()), zone=person.zone)
        for person_id, person in people.items()
    }
    agreement = _agreement(queue, list(people))
    habits = habits_of({person_id: own for person_id, own in done.items() if own}, work, checks=checks)
    found = [
        PersonFigures(
            person,
            work[person_id],
            agreement.get(person_id),
            proportion(*checks.get(person_id, (0, 0))),
            habits.get(person_id, ()),
        )
        for person_id, person in people.items()
    ]
    return PeoplePage(found, len(rows) > PAGE_OF_PEOPLE)


def figures_of_one(project_id: int, person_id: int) -> OwnFigures:
    """What this person's newest reviews come to, for their own page."""
    zone = Person.objects.get(pk=person_id).zone
    done = done_by(project_id, [person_id])[person_id]
    texts = corrections_of([done]).get(person_id, ())
    by_queue: dict[int, list[Done]] = {}
    for one in done:
        by_queue.setdefault(one.queue_id, []).append(one)
    most = sorted(by_queue, key=lambda queue_id: -len(by_queue[queue_id]))[:QUEUES_OF_ONE]
    queues = Queue.objects.select_related("form").in_bulk(most)
    own = [
        OwnQueue(
            queues[queue_id],
            work_of(by_queue[queue_id], ()),
            _agreement(queues[queue_id], [person_id]).get(person_id),
        )
        for queue_id in most
    ]
    return OwnFigures(
        work_of(done, texts, zone=zone),
        own,
        overruled(done)[::-1][:CASES_SHOWN],
        unsteady(done)[::-1][:CASES_SHOWN],
    )


def note_reading(
    project_id: int, *, by: Actor, queue: Queue | None = None, person_id: int | None = None
) -> None:
    """A lead looked at figures about persons: all in a queue, or one person's page."""
    is_one = person_id is not None
    events.record(
        project_id=project_id,
        kind=LOOKED if is_one else "people.figures_read",
        by=by,
        subject_kind="person" if is_one else "queue",
        subject_id=person_id if is_one else (queue.pk if queue else None),
    )


def looks_at(project_id: int, person_id: int) -> list[Event]:
    """Who looked at this person's page lately, the newest first."""
    rows = Event.objects.filter(
        project_id=project_id, subject_kind="person", subject_id=person_id, kind=LOOKED
    )
    return list(rows.order_by("-pk")[:LOOKS_SHOWN])


def _agreement(queue: Queue, people: Sequence[int]) -> dict[int, Figure]:
    """Person → agreement of their decisions with those of the others, over the newest shared items."""
    return agree.with_the_others(queue, key=DECISION, people=people)
