"""What is withdrawn is not reviewed: its items are closed whoever holds them, and nobody opens one again."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from accounts.roles import Role
from queues import jobs, pipeline, reviewing
from queues.assign import actions as assign
from queues.assign.bulk import asking as bulk
from queues.assign.bulk import run as bulk_run
from queues.errors import Taken, WrongState
from queues.models import Check, Draft, Item, ItemState, Job, Policy, Queue, Review, ServedCheck, Slot
from queues.review import drafts
from queues.route import opening
from queues.route.decide import Decision
from queues.route.opening import Pick
from queues.route.queries import active_policy
from tests.export.recalling import withdraw
from tests.factories.checks import APPROVE as CHECKED
from tests.factories.checks import next_lease, queue_with_checks, submit
from tests.factories.projects import Cast, cast, member
from tests.factories.reviews import APPROVE, leased, reviewed
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db
TYPED: dict[str, Any] = {"decision": "correct", "corrected_text": "What Ada told me."}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


def name_of(item: Item) -> str:
    return item.prediction.prediction_id


def states(item: Item) -> tuple[str, set[str]]:
    slots = Slot.objects.filter(item=item).values_list("state", flat=True)
    return Item.objects.get(pk=item.pk).state, set(slots)


def compared(queue: Queue) -> tuple[Item, Item]:
    """An item of its own, and one in which another output is compared with what that shows."""
    alone, both = waiting(queue), waiting(queue)
    Item.objects.filter(pk=both.pk).update(other=alone.prediction_id, other_first=False)
    return alone, both


def test_an_item_in_somebodys_hands_is_closed_with_its_other_slots(people: Cast, queue: Queue) -> None:
    item = waiting(queue, reviews_needed=2)
    leased(queue, people.ann)

    withdraw(people, name_of(item))

    assert states(item) == ("withdrawn", {"void"})
    assert assign.lease_next(queue, by=Actor(people.lee.pk)) is None
    told: Any = Event.objects.get(kind="item.recalled")
    assert (told.subject_id, told.before, told.after["reason"]) == (item.pk, {"state": "in_review"}, "wrong")


def test_nothing_that_its_holder_types_or_submits_afterwards_is_kept(people: Cast, queue: Queue) -> None:
    item = waiting(queue)
    lease, ann = leased(queue, people.ann), Actor(people.ann.pk)
    mine: dict[str, Any] = {"token": lease.token, "by": ann}
    drafts.save(lease.slot_id, project_id=people.project.pk, content=TYPED, **mine)

    withdraw(people, name_of(item), erases=True)

    with pytest.raises(WrongState, match="withdrawn meanwhile, so nothing was stored"):
        drafts.save(lease.slot_id, project_id=people.project.pk, content=TYPED, **mine)
    with pytest.raises(WrongState, match="withdrawn meanwhile, so nothing was stored"):
        reviewing.submit(lease.slot_id, project=people.project, submission=TYPED, **mine)
    assert not Draft.objects.exists()
    assert not Review.objects.exists()


def test_no_draft_is_kept_of_a_settled_item_that_was_withdrawn(people: Cast, queue: Queue) -> None:
    item = waiting(queue)
    reviewed(queue, people.ann, APPROVE)
    withdraw(people, name_of(item))

    with pytest.raises(WrongState, match="nothing was stored"):
        drafts.keep(item.pk, by=Actor(people.ann.pk), content=TYPED)


def test_a_comparison_with_a_withdrawn_output_is_closed(people: Cast, queue: Queue) -> None:
    alone, both = compared(queue)

    withdraw(people, name_of(alone))

    assert (states(both)[0], states(alone)[0]) == ("withdrawn", "withdrawn")


def test_an_undo_of_many_changes_leaves_a_withdrawn_item_closed(people: Cast, queue: Queue) -> None:
    item = waiting(queue)
    lee = Actor(people.lee.pk)
    change = bulk.ask(queue, kind="withdraw", why="x", by=lee, item_ids=[item.pk]).change
    jobs.run_job(Job.objects.get(unique_key=f"{bulk_run.KIND}:{change.pk}").pk)
    withdraw(people, name_of(item))

    undo = bulk.undo(people.project.pk, change.pk, by=lee).change
    jobs.run_job(Job.objects.get(unique_key=f"{bulk_run.KIND}:{undo.pk}").pk)

    undo.refresh_from_db()
    assert (states(item)[0], undo.passed_by) == ("withdrawn", {"recalled": 1})


def test_neither_a_lead_nor_an_undo_opens_a_withdrawn_item_again(people: Cast, queue: Queue) -> None:
    item = waiting(queue)
    review = reviewed(queue, people.ann, APPROVE)
    withdraw(people, name_of(item))

    with pytest.raises(WrongState, match="withdrawn from all releases"):
        pipeline.reopen_by_lead(item.pk, project=people.project, by=Actor(people.lee.pk), why="x")
    with pytest.raises(WrongState, match="withdrawn from all releases"):
        reviewing.undo(review.pk, project=people.project, by=Actor(people.ann.pk))
    assert states(item)[0] == "settled"


def test_a_later_look_opens_no_item_for_it_nor_for_a_comparison_with_it(people: Cast, queue: Queue) -> None:
    alone, both = compared(queue)
    policy = Policy.objects.get(project=people.project)
    withdraw(people, name_of(alone))
    elsewhere = queue_in(people.project, slug="elsewhere")
    found = active_policy(people.project.pk)
    assert found is not None
    assert found.version == policy.version
    reasons: dict[int, dict[str, Any]] = {
        alone.prediction_id: {"rule": "a"},
        both.prediction_id: {"other": alone.prediction_id},
    }
    picks = [
        Pick(id_, Decision(pi=1.0, reasons=[{"rule": "a", "first": "this", **reason}], queue="elsewhere"), {})
        for id_, reason in reasons.items()
    ]

    opened = opening.open_items(found, picks, timezone.now())

    assert opened.opened == ()
    assert not Item.objects.filter(queue=elsewhere).exists()


@pytest.mark.parametrize("side", ["prediction", "other"])
def test_the_database_opens_no_item_that_shows_what_was_withdrawn(
    people: Cast, queue: Queue, side: str
) -> None:
    alone, both = compared(queue)
    withdraw(people, name_of(alone))
    shown: dict[str, Any] = {"prediction": alone.prediction}
    if side == "other":
        shown = {"prediction": both.prediction, "other": alone.prediction, "other_first": True}

    with pytest.raises(IntegrityError, match="what was recalled is not reviewed"), transaction.atomic():
        Item.objects.create(queue=queue_in(people.project), due_at=timezone.now(), **shown)
    with pytest.raises(IntegrityError, match="what was recalled is not reviewed again"), transaction.atomic():
        Item.objects.filter(pk=both.pk if side == "other" else alone.pk).update(state=ItemState.OPEN)


@pytest.mark.parametrize("erases", [False, True])
def test_a_hidden_check_of_what_was_withdrawn_is_given_to_nobody_and_its_answers_stay(
    people: Cast, *, erases: bool
) -> None:
    queue = queue_with_checks(people, check_rate=1.0)
    check = Check.objects.get()
    bob, newcomer = (member(people.project, Role.ANNOTATOR) for _person in range(2))
    for _person in (people.ann, bob, newcomer):
        waiting(queue)
    submit(queue, people.ann, next_lease(queue, people.ann), CHECKED)
    held = next_lease(queue, bob)
    assert Item.objects.get(pk=held.item_id).state == "check"

    withdraw(people, name_of(check.source), erases=erases)

    with pytest.raises((Taken, WrongState)):
        submit(queue, bob, held, CHECKED)
    assert not Draft.objects.exists()
    following = [next_lease(queue, person).item_id for person in (bob, newcomer)]
    assert set(Item.objects.filter(pk__in=following).values_list("state", flat=True)) == {"in_review"}
    assert (Item.objects.get(pk=held.item_id).state, states(check.source)[0]) == ("check", "settled")
    assert Review.objects.filter(item__state="check").count() == 1
    assert ServedCheck.objects.get(person=people.ann).right is True
    check.refresh_from_db()
    assert (check.retired_at is not None, check.why == "(erased)") == (erases, erases)
