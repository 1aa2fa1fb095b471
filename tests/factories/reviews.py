"""Reviews given the way people give them: lease the next item of a queue, submit."""

from typing import Any

from accounts.actor import Actor
from accounts.models import Person
from queues import reviewing
from queues.assign import actions as assign
from queues.assign.lease import Lease
from queues.models import Item, Queue, Review
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting

REJECT: dict[str, Any] = {"decision": "reject", "reasons": ["factual"]}
APPROVE: dict[str, Any] = {"decision": "approve"}


def leased(queue: Queue, person: Person) -> Lease:
    """The next item of the queue, held by this person."""
    lease = assign.lease_next(queue, by=Actor(person.pk))
    assert lease is not None
    return lease


def reviewed(queue: Queue, person: Person, document: dict[str, Any] | None = None) -> Review:
    """This person's review of the next item of the queue."""
    lease = leased(queue, person)
    done = reviewing.submit(
        lease.slot_id,
        project=queue.project,
        token=lease.token,
        by=Actor(person.pk),
        submission=document or APPROVE,
        unveiled=True,
    )
    return Review.objects.get(pk=done.review_id)


def disputed(people: Cast, first: Person, second: Person, *, form: dict[str, Any] | None = None) -> Item:
    """An item that the first approves and the second rejects, in a queue of its own."""
    answers = {"answers": {"tone": "fine"}} if form else {}
    queue = queue_in(people.project, form=form)
    item = waiting(queue, reviews_needed=2)
    reviewed(queue, first, {**APPROVE, **answers})
    reviewed(queue, second, {**REJECT, **answers})
    item.refresh_from_db()
    return item
