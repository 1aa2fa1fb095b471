"""Selections on pages and through the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from queues import jobs
from queues.models import Job, Selection
from queues.route.selection import asking
from queues.score import vectors
from tests.api.conftest import Program
from tests.factories.projects import Cast, cast
from tests.factories.rules import in_force, rule
from tests.factories.work import queue_in
from tests.route.test_selection import QUESTIONS, arrive

pytestmark = pytest.mark.django_db

FIELDS = {
    "queue": "answers",
    "size": "3",
    "last": "100",
    "part": "input",
    "by": "coverage",
    "measure": "",
    "priority": "50",
    "due_hours": "72",
    "reviews_needed": "1",
    "why": "a <b>first</b> look",
}


@pytest.fixture
def people() -> Iterator[Cast]:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    with override_settings(ENCODER="hashing"):
        people = cast()
        queue_in(people.project, slug="answers")
        in_force(people.project, rule("random_audit", "audit", rate=0.05))
        yield people


@pytest.fixture
def lead(people: Cast) -> Client:
    client = Client()
    client.force_login(people.lee)
    return client


def address(people: Cast, rest: str = "") -> str:
    return f"/projects/{people.project.slug}/policy/selections/{rest}"


def test_a_lead_asks_follows_and_sees_what_was_sent(people: Cast, lead: Client) -> None:
    arrive(people, *QUESTIONS)

    answer = lead.post(address(people, "ask"), FIELDS)
    page = lead.get(answer.headers["Location"]).content.decode()
    jobs.run_job(Job.objects.get(kind=asking.KIND).pk)
    done = lead.get(answer.headers["Location"]).content.decode()

    assert "Waiting for a worker" in page
    assert "a &lt;b&gt;first&lt;/b&gt; look" in done
    assert done.count('<th scope="row">') == 3


def test_a_form_that_is_wrong_says_so_beside_the_field_and_keeps_what_was_typed(
    people: Cast, lead: Client
) -> None:
    arrive(people, QUESTIONS[0])

    answer = lead.post(address(people, "ask"), {**FIELDS, "size": "501"})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"size"}
    assert "first&lt;/b&gt; look" in answer.content.decode()


def test_a_reader_sees_the_list_and_no_form(people: Cast, lead: Client) -> None:
    client = Client()
    client.force_login(people.mel)
    arrive(people, QUESTIONS[0])

    page = client.get(address(people)).content.decode()

    assert "Nothing was selected yet" in page
    assert "Select and send" not in page
    assert "Select and send" in lead.get(address(people)).content.decode()


def test_without_an_encoder_the_page_says_what_to_do(people: Cast, lead: Client) -> None:
    with override_settings(ENCODER=""):
        page = lead.get(address(people)).content.decode()

    assert "No encoder is configured" in page
    assert "Select and send" not in page


def test_the_list_of_selections_takes_as_many_statements_for_twenty_as_for_one(
    people: Cast, lead: Client, django_assert_max_num_queries: Any
) -> None:
    arrive(people, QUESTIONS[0])
    for _n in range(20):
        lead.post(address(people, "ask"), FIELDS)
        Selection.objects.filter(cancelled_at=None).update(cancelled_at="2026-01-01T00:00Z")

    with django_assert_max_num_queries(14):
        page = lead.get(address(people)).content.decode()

    assert page.count("3 of the newest 100") == 20


def test_a_program_asks_and_reads_what_was_sent(people: Cast) -> None:
    arrive(people, *QUESTIONS)
    lee = Program(people, people.lee)

    asked = lee.post("selections", {"queue": "answers", "why": "golden items", "size": 2})
    jobs.run_job(Job.objects.get(kind=asking.KIND).pk)
    done = lee.get(f"selections/{asked.json()['id']}").json()

    assert asked.status_code == 202
    assert done["state"] == "done"
    assert len(done["result"]["sent"]) == 2
    assert asked.headers["Location"].endswith(f"/selections/{done['id']}")
    assert lee.get("selections").json()["items"][0]["id"] == done["id"]


@pytest.mark.parametrize(
    ("change", "pointer"), [({"size": 501}, "/size"), ({"by": "best"}, "/by"), ({"sizes": 3}, "/sizes")]
)
def test_a_program_that_asks_for_what_is_not_there_is_told_the_field(
    people: Cast, change: dict[str, object], pointer: str
) -> None:
    answer = Program(people, people.lee).post("selections", {"queue": "answers", "why": "x", **change})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
