"""Queues with hidden checks: settled items whose verdict is used as a known answer."""

from typing import Any

from accounts.actor import Actor
from accounts.models import Person
from queues import reviewing
from queues.assign.lease import Lease
from queues.curate.checks import actions as checks
from queues.models import Check, Item, ItemState, Queue
from tests.factories.projects import Cast
from tests.factories.work import FORM, TONE, queue_in, waiting

APPROVE: dict[str, Any] = {"decision": "approve", "answers": {"tone": "fine"}}
REJECT: dict[str, Any] = {"decision": "reject", "reasons": ["factual"], "answers": {"tone": "rude"}}


def queue_with_checks(people: Cast, *, n: int = 1, **settings: Any) -> Queue:
    """Lee has approved n items, and Olga has made checks of them; after that nothing waits."""
    queue = queue_in(people.project, form={**FORM, "questions": [TONE]})
    for number in range(n):
        waiting(queue, priority=90)
        review(queue, people.lee, APPROVE)
        source = Item.objects.filter(queue=queue, state=ItemState.SETTLED).latest("pk")
        why = f"It says {number + 5} days."
        checks.make(source.pk, project_id=people.project.pk, by=Actor(people.olga.pk), why=why)
    assert Check.objects.filter(queue=queue).count() == n
    Queue.objects.filter(pk=queue.pk).update(**settings)
    return Queue.objects.get(pk=queue.pk)


def next_lease(queue: Queue, person: Person) -> Lease:
    """What this person is given next; there is something."""
    found = reviewing.lease_next(queue, by=Actor(person.pk))
    assert found
    return found


def submit(queue: Queue, person: Person, lease: Lease, document: dict[str, Any]) -> reviewing.Submission:
    return reviewing.submit(
        lease.slot_id, project=queue.project, token=lease.token, by=Actor(person.pk), submission=document
    )


def review(queue: Queue, person: Person, document: dict[str, Any]) -> reviewing.Submission:
    """This person's answer to what they are given next."""
    return submit(queue, person, next_lease(queue, person), document)
