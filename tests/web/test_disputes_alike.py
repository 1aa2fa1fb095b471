"""Disputes that are alike: found, looked at together, settled one by one with one reason."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Event, Person
from accounts.roles import Role
from queues.adjudicate import alike
from queues.models import Flag, Item, ItemState, Queue, Review, Verdict
from tests.factories.projects import Cast, member
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import FORM, TONE, queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE]})


@pytest.fixture
def bo(people: Cast) -> Person:
    return member(people.project, Role.ANNOTATOR, name="Bo")


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def over_tone(one: Person, other: Person, **fields: Any) -> Shared:
    both = [Given(one, answers={"tone": "fine"}), Given(other, answers={"tone": "rude"})]
    return Shared(both, state="disputed", **fields)


def batch_of(queue: Queue, people: Cast) -> alike.Batch:
    (batch,) = alike.batches_of(queue, person_id=people.lee.pk)
    return batch


def address(people: Cast, queue: Queue, key: str) -> str:
    return f"/projects/{people.project.slug}/queues/{queue.slug}/disputes/{key}"


def test_what_differs_in_the_same_way_is_alike_whoever_said_it(
    people: Cast, queue: Queue, bo: Person
) -> None:
    over_decision = Shared(
        [
            Given(people.ann, answers={"tone": "fine"}),
            Given(bo, "reject", {"tone": "fine"}, reasons=["factual"]),
        ],
        state="disputed",
    )
    ids = shared(queue, [over_tone(people.ann, bo), over_tone(bo, people.ann), over_decision])

    batch = batch_of(queue, people)

    assert [dispute.item.pk for dispute in batch.disputes] == ids[:2]
    assert (batch.disputed, batch.positions) == (("tone",), ((("fine",), 1), (("rude",), 1)))


@pytest.mark.parametrize("kinds", [("safety_flagged",), ("golden_deviation",)])
def test_what_deserves_a_look_of_its_own_is_never_in_a_batch(
    people: Cast, queue: Queue, bo: Person, kinds: tuple[str, ...]
) -> None:
    shared(queue, [over_tone(people.ann, bo, kinds=kinds) for _ in range(3)])

    assert alike.batches_of(queue, person_id=people.lee.pk) == []


def test_a_lead_settles_no_dispute_that_they_are_part_of(people: Cast, queue: Queue) -> None:
    shared(queue, [over_tone(people.ann, people.lee) for _ in range(3)])

    assert alike.batches_of(queue, person_id=people.lee.pk) == []
    assert len(alike.batches_of(queue, person_id=people.olga.pk)) == 1


def test_the_ticked_ones_are_settled_each_with_its_own_verdict_and_event(
    people: Cast, lee: Client, queue: Queue, bo: Person
) -> None:
    first, second, third = shared(queue, [over_tone(people.ann, bo) for _ in range(3)])
    where = address(people, queue, batch_of(queue, people).key)

    listed = lee.get(f"/projects/{people.project.slug}/disputes/?queue={queue.slug}").content.decode()
    page = lee.get(address(people, queue, "")).content.decode()
    answer = lee.post(where, {"item": [first, third], "position": "1", "why": "Insults are rude."})

    assert address(people, queue, "") in listed
    assert where in page
    assert answer.status_code == 302
    verdicts = Verdict.objects.filter(withdrawn_at=None).order_by("item")
    assert [(one.item_id, one.answers["tone"], one.why) for one in verdicts] == [
        (first, "rude", "Insults are rude."),
        (third, "rude", "Insults are rude."),
    ]
    assert Item.objects.get(pk=second).state == ItemState.DISPUTED
    assert Event.objects.filter(kind="item.adjudicated", actor_person_id=people.lee.pk).count() == 2


def test_an_item_that_changed_meanwhile_is_left_alone(
    people: Cast, lee: Client, queue: Queue, bo: Person
) -> None:
    ids = shared(queue, [over_tone(people.ann, bo) for _ in range(3)])
    key = batch_of(queue, people).key
    Review.objects.filter(item=ids[0], person=bo).update(withdrawn_at="2026-11-01T00:00:00Z")

    answer = lee.post(
        address(people, queue, key), {"item": ids, "position": "0", "why": "Fine."}, follow=True
    )

    assert Item.objects.get(pk=ids[0]).state == ItemState.DISPUTED
    assert Item.objects.filter(pk__in=ids, state=ItemState.SETTLED).count() == 2
    assert "2 items are settled." in answer.content.decode()
    assert "1 item was left as it is" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"item": [], "position": "0", "why": "w"}, "item"),
        ({"item": ["x", "-1", "99999999999999999999"], "position": "0", "why": "w"}, "item"),
        ({"position": "7", "why": "w"}, "position"),
        ({"position": "0", "why": " "}, "why"),
        ({"position": "0", "why": "a\0b"}, "why"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_settled(
    people: Cast, lee: Client, queue: Queue, bo: Person, fields: dict[str, Any], place: str
) -> None:
    ids = shared(queue, [over_tone(people.ann, bo) for _ in range(2)])
    where = address(people, queue, batch_of(queue, people).key)

    answer = lee.post(where, {"item": ids, **fields})

    assert answer.status_code == 422
    assert list(answer.context["marks"]) == [place]
    assert not Verdict.objects.exists()


def test_what_a_filter_found_severe_is_folded_away(
    people: Cast, lee: Client, queue: Queue, bo: Person
) -> None:
    first, _second = shared(queue, [over_tone(people.ann, bo) for _ in range(2)])
    prediction_id = Item.objects.get(pk=first).prediction_id
    Flag.objects.create(
        prediction_id=prediction_id, component="filter", category="hate", flagged=True, severity=3
    )

    page = lee.get(address(people, queue, batch_of(queue, people).key)).content.decode()

    assert page.count('<details class="veiled">') == 1


def test_a_batch_that_is_gone_is_not_found(people: Cast, lee: Client, queue: Queue) -> None:
    assert lee.get(address(people, queue, "0123456789abcdef")).status_code == 404


def test_the_page_costs_the_same_statements_for_many(
    people: Cast, lee: Client, queue: Queue, bo: Person
) -> None:
    shared(queue, [over_tone(people.ann, bo) for _ in range(2)])
    where = address(people, queue, batch_of(queue, people).key)
    lee.get(where)
    with CaptureQueriesContext(connection) as few:
        lee.get(where)
    shared(queue, [over_tone(people.ann, bo) for _ in range(20)])

    with CaptureQueriesContext(connection) as many:
        lee.get(where)

    assert len(many) == len(few)
