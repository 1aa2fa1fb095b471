"""A lead settles a dispute, with a reason, and never their own."""

from typing import Any

import pytest

from accounts.actor import Actor
from accounts.models import Event
from accounts.roles import Role
from queues import pipeline
from queues.assign import actions as assign
from queues.errors import Invalid, NotAllowed, NotFound, WrongState
from queues.models import Item, ItemState, Verdict
from tests.factories.projects import Cast, cast, member
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db

REJECT: dict[str, Any] = {"decision": "reject", "reasons": ["factual"]}


@pytest.fixture
def people() -> Cast:
    return cast()


def dispute(people: Cast, first: Actor) -> Item:
    """An item on which `first` and somebody else disagree."""
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=2)
    other = Actor(member(people.project, Role.ANNOTATOR).pk)
    for actor, document in ((first, {"decision": "approve"}), (other, REJECT)):
        lease = assign.lease_next(queue, by=actor)
        assert lease is not None
        pipeline.submit(
            lease.slot_id, project=people.project, token=lease.token, by=actor, submission=document
        )
    item.refresh_from_db()
    assert item.state == ItemState.DISPUTED
    return item


def settle(people: Cast, item: Item, **change: Any) -> Verdict:
    arguments = {"document": REJECT, "why": "The policy page says so.", "by": Actor(people.lee.pk), **change}
    return pipeline.settle_by_lead(item.pk, project=people.project, **arguments)


def test_the_leads_verdict_settles_the_item_with_who_and_why(people: Cast) -> None:
    item = dispute(people, Actor(people.ann.pk))

    verdict = settle(people, item)

    item.refresh_from_db()
    assert (item.state, verdict.basis, verdict.decided_by_id) == (
        ItemState.SETTLED,
        "adjudicated",
        people.lee.pk,
    )
    assert Event.objects.get(kind="item.adjudicated").reason == "The policy page says so."


def test_nobody_settles_a_dispute_that_they_took_part_in(people: Cast) -> None:
    item = dispute(people, Actor(people.lee.pk))

    with pytest.raises(NotAllowed):
        settle(people, item)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"why": " "}, "/why"),
        ({"document": {"decision": "escalate", "note": "?"}}, "/decision"),
        ({"document": {"decision": "reject"}}, "/reasons"),
        ({"document": {"decision": "correct", "reasons": ["vague"]}}, "/corrected_text"),
    ],
)
def test_an_incomplete_verdict_is_refused_with_its_place(people: Cast, change: Any, pointer: str) -> None:
    item = dispute(people, Actor(people.ann.pk))

    with pytest.raises(Invalid) as refused:
        settle(people, item, **change)

    assert pointer in {fault.pointer for fault in refused.value.faults}
    assert not Verdict.objects.exists()


def test_a_dispute_is_settled_once(people: Cast) -> None:
    item = dispute(people, Actor(people.ann.pk))
    settle(people, item)

    with pytest.raises(WrongState):
        settle(people, item)


def test_an_item_of_another_project_does_not_exist(people: Cast) -> None:
    item = waiting(queue_in(people.other))

    with pytest.raises(NotFound):
        settle(people, item)
