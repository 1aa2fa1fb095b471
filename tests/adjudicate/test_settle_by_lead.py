"""A lead settles a dispute, with a reason, and never their own."""

from typing import Any

import pytest

from accounts.actor import Actor
from accounts.models import Event
from accounts.roles import Role
from queues import pipeline, reviewing
from queues.assign import actions as assign
from queues.assign import aside
from queues.errors import Invalid, NotAllowed, NotFound, WrongState
from queues.models import Item, ItemState, Review, Slot, SlotState, Verdict
from queues.review import form_versions
from tests.factories.projects import Cast, cast, member
from tests.factories.reviews import leased
from tests.factories.work import FORM, TONE, queue_in, waiting

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
        reviewing.submit(
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
    assert verdict.why == "The policy page says so."
    assert Event.objects.get(kind="item.adjudicated").reason == ""  # what is in the log cannot be erased


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


def test_an_item_that_somebody_keeps_for_later_is_settled_all_the_same(people: Cast) -> None:
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=2)
    kept = leased(queue, people.olga)
    first = leased(queue, people.ann)
    aside.keep(kept.slot_id, token=kept.token, by=Actor(people.olga.pk), hours=4)
    escalation = {"decision": "escalate", "note": "Which policy holds?"}
    reviewing.submit(
        first.slot_id,
        project=people.project,
        token=first.token,
        by=Actor(people.ann.pk),
        submission=escalation,
    )

    settle(people, item)

    slot = Slot.objects.get(pk=kept.slot_id)
    assert (slot.state, slot.aside, slot.person) == (SlotState.VOID, False, None)


def test_a_picked_review_holds_under_the_form_that_its_author_saw(people: Cast) -> None:
    """The form of today asks another question, which the author of the review was never asked."""
    item = dispute(people, Actor(people.ann.pk))
    form_versions.new_version(
        item.queue, document={**FORM, "questions": [TONE]}, by=Actor(people.lee.pk), reason="Tone matters"
    )
    picked = Review.objects.get(item=item, decision="reject")

    verdict = settle(people, item, picked=picked.pk)

    assert (verdict.decision, verdict.answers, verdict.form_id) == ("reject", {}, picked.form_id)


def test_what_a_lead_writes_holds_under_the_present_form(people: Cast) -> None:
    item = dispute(people, Actor(people.ann.pk))
    newest = form_versions.new_version(
        item.queue, document={**FORM, "questions": [TONE]}, by=Actor(people.lee.pk), reason="Tone matters"
    )

    with pytest.raises(Invalid) as refused:
        settle(people, item)
    verdict = settle(people, item, document={**REJECT, "answers": {"tone": "rude"}})

    assert [fault.pointer for fault in refused.value.faults] == ["/answers/tone"]
    assert verdict.form == newest


def test_a_review_that_was_taken_back_cannot_be_picked(people: Cast) -> None:
    item = dispute(people, Actor(people.ann.pk))

    with pytest.raises(WrongState, match="taken back"):
        settle(people, item, picked=0)
