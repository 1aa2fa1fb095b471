"""A lead finds nothing right that is hidden from them: on the desk, among alike disputes, through the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.models import Event
from queues import pipeline
from queues.adjudicate import alike, queries
from queues.models import Flag, Item, ItemState, WorkProfile
from tests.api.conftest import Program
from tests.factories.projects import Cast, cast
from tests.factories.reviews import disputed

pytestmark = pytest.mark.django_db
APPROVE: dict[str, Any] = {"source": "written", "decision": "approve", "why": "It is so."}
REJECT = APPROVE | {"decision": "reject", "reasons": "factual"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def item(people: Cast) -> Item:
    """In dispute between Ann and Olga; a filter found something severe in it."""
    found = disputed(people, people.ann, people.olga)
    Flag.objects.create(
        prediction_id=found.prediction_id, component="filter", category="hate", flagged=True, severity=3
    )
    return found


@pytest.fixture
def lee(people: Cast) -> Client:
    client = Client()
    client.force_login(people.lee)
    return client


def settle(item: Item) -> str:
    return f"/projects/{item.queue.project.slug}/items/{item.pk}/settle"


def said_in_the_log() -> object:
    after = Event.objects.get(kind="item.adjudicated").after
    return after["unveiled"] if isinstance(after, dict) else None


def is_open(item: Item) -> bool:
    return Item.objects.get(pk=item.pk).state == ItemState.DISPUTED


def test_the_desk_asks_whether_it_was_looked_at(item: Item, lee: Client) -> None:
    refused = lee.post(settle(item), APPROVE)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'name="unveiled" value="yes" aria-invalid="true"' in page
    assert "Show it before you approve or correct it" in page
    assert "It is so." in page
    assert is_open(item)


def test_once_looked_at_it_is_settled_and_the_log_says_so(item: Item, lee: Client) -> None:
    lee.post(settle(item), APPROVE | {"unveiled": "yes"})

    assert not is_open(item)
    assert said_in_the_log() is True


def test_to_reject_no_lead_has_to_look(item: Item, lee: Client) -> None:
    lee.post(settle(item), REJECT)

    assert not is_open(item)
    assert said_in_the_log() is False


def test_who_is_shown_all_at_once_has_seen_it(item: Item, lee: Client, people: Cast) -> None:
    WorkProfile.objects.create(project=people.project, person=people.lee, veils=False)

    assert 'name="unveiled"' not in lee.get(settle(item)).content.decode()
    lee.post(settle(item), APPROVE)

    assert not is_open(item)


def test_a_review_that_is_picked_is_no_way_round(item: Item, lee: Client) -> None:
    approving = item.reviews.get(decision="approve")

    assert lee.post(settle(item), {"source": approving.pk, "why": "As Ann says."}).status_code == 422
    assert is_open(item)


def test_among_alike_disputes_it_is_left_to_be_settled_by_itself(item: Item, people: Cast) -> None:
    dispute = queries.dispute_of(people.project.pk, item.pk)
    assert dispute

    done = pipeline.settle_alike(
        [item.pk],
        project=people.project,
        by=Actor(people.lee.pk),
        key=alike.key_of(dispute),
        position=("approve",),
        why="It is so.",
    )

    assert (done.items, list(done.left)) == ([], [item.pk])
    assert "it is still hidden" in done.left[item.pk]
    assert is_open(item)


def test_a_program_says_so_too(item: Item, people: Cast) -> None:
    lee = Program(people, people.lee)
    body = {"decision": "approve", "why": "It is so."}

    refused = lee.post(f"items/{item.pk}:settle", body)
    settled = lee.post(f"items/{item.pk}:settle", body | {"unveiled": True})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/unveiled"
    assert settled.status_code == 201
