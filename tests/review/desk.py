"""A queue with two annotators, and what they say."""

from typing import Any

from accounts.actor import Actor
from accounts.roles import Role
from queues import reviewing
from queues.assign import actions as assign
from queues.assign.lease import Lease
from queues.models import Queue
from tests.factories.projects import Cast, member

APPROVE: dict[str, Any] = {"decision": "approve"}
REJECT: dict[str, Any] = {"decision": "reject", "reasons": ["factual"]}
CORRECT: dict[str, Any] = {
    "decision": "correct",
    "reasons": ["factual", "vague"],
    "corrected_text": "Refunds take five days.",
    "note": "Policy P-4.",
}


class World:
    """One project with a queue, and two annotators who lease and submit."""

    def __init__(self, people: Cast, queue: Queue) -> None:
        self.people, self.queue = people, queue
        self.ann = Actor(people.ann.pk)
        self.ben = Actor(member(people.project, Role.ANNOTATOR, name="Ben").pk)

    def lease(self, by: Actor) -> Lease:
        lease = assign.lease_next(self.queue, by=by)
        assert lease is not None
        return lease

    def submit(self, lease: Lease, by: Actor, document: dict[str, Any], **extra: Any) -> reviewing.Submission:
        return reviewing.submit(
            lease.slot_id,
            project=self.people.project,
            token=lease.token,
            by=by,
            submission=document,
            **extra,
        )

    def review(self, by: Actor, document: dict[str, Any]) -> reviewing.Submission:
        return self.submit(self.lease(by), by, document)

    def undo(self, review_id: int, by: Actor) -> Lease:
        return reviewing.undo(review_id, project=self.people.project, by=by)
