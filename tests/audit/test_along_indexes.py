"""All that was said of one item is found along an index, also what was taken back: no table is read whole."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.actor import Actor
from queues import reviewing
from queues.models import Item, Review
from tests.benchmarks.statements import explained
from tests.factories.projects import Cast, cast
from tests.factories.reviews import disputed

pytestmark = pytest.mark.django_db
TABLES = {"queues_review", "queues_verdict"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def item(people: Cast) -> Item:
    """In dispute between Ann and Olga; from here on tables are read whole only where nothing else is left."""
    found = disputed(people, people.ann, people.olga)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return found


@pytest.fixture
def lee(people: Cast) -> Client:
    client = Client()
    client.force_login(people.lee)
    return client


def looked_through(plans: list[dict[str, Any]]) -> list[str]:
    """Scans that pick the rows of an item out of others."""
    return [f"{node['Relation Name']}: {node['Filter']}" for plan in plans for node in _picking(plan["Plan"])]


def _picking(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    is_found = "Index Cond" in node or node["Node Type"] == "Bitmap Heap Scan"
    if node.get("Relation Name") in TABLES and not is_found and "item_id = " in node.get("Filter", ""):
        yield node
    for inner in node.get("Plans", ()):
        yield from _picking(inner)


@pytest.mark.parametrize("page", ["items/{item.pk}/story", "predictions/{item.prediction_id}/"])
def test_a_story_reads_only_what_it_tells(people: Cast, item: Item, lee: Client, page: str) -> None:
    with explained() as plans:
        answer = lee.get(f"/projects/{people.project.slug}/{page.format(item=item)}")

    assert answer.status_code == 200
    assert looked_through(plans) == []


def test_a_verdict_of_a_lead_reads_only_the_reviews_of_its_item(
    people: Cast, item: Item, lee: Client
) -> None:
    desk = f"/projects/{people.project.slug}/items/{item.pk}/settle"

    with explained() as plans:
        answer = lee.post(desk, {"source": "written", "decision": "approve", "why": "It is so."})

    assert answer.status_code == 302
    assert looked_through(plans) == []


def test_an_undo_reads_only_the_verdicts_of_its_item(people: Cast, item: Item) -> None:
    review = Review.objects.get(item=item, person=people.ann)

    with explained() as plans:
        reviewing.undo(review.pk, project=people.project, by=Actor(people.ann.pk))

    assert looked_through(plans) == []
