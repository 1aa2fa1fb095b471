"""Reviewing through the API: what a body may hold, and what becomes of an older text."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.actor import Actor
from queues.assign.lease import Lease
from queues.models import Draft, Review
from queues.review import drafts
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.reviews import leased
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


class Program:
    """A front end of ann's own, holding one item."""

    def __init__(self, people: Cast) -> None:
        _key, text = api_key(people.project, people.ann)
        self.client = Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False)
        self.root = f"/api/v1/projects/{people.project.slug}"
        self.ann = Actor(people.ann.pk)
        queue = queue_in(people.project)
        self.item = waiting(queue)
        self.lease: Lease = leased(queue, people.ann)

    def send(self, method: str, path: str, **body: object) -> Any:
        body = {"token": str(self.lease.token), **body}
        return self.client.generic(
            method, f"{self.root}/{path}", _json(body), content_type="application/json"
        )

    def submit(self, **fields: object) -> Any:
        return self.send("POST", "reviews", **{"slot": self.lease.slot_id, "decision": "approve", **fields})

    def draft(self, **fields: object) -> Any:
        return self.send("PUT", f"slots/{self.lease.slot_id}/draft", **{"content": {"note": "n"}, **fields})


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode()


@pytest.fixture
def program() -> Program:
    return Program(cast())


@pytest.mark.parametrize("number", [2**63, 10**30, -1])
def test_a_number_that_the_database_cannot_hold_is_refused_by_name(program: Program, number: int) -> None:
    for answer, field in (
        (program.submit(slot=number), "/slot"),
        (program.submit(revision=number), "/revision"),
        (program.submit(next=True, beside=[number]), "/beside/0"),
        (program.draft(revision=number), "/revision"),
    ):
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [field]


def test_what_the_database_cannot_hold_is_no_draft(program: Program) -> None:
    answer = program.draft(content={"decision": "a\0", "reasons": ["\ud800"]})

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/decision", "/reasons"}


def test_a_review_typed_over_an_older_draft_is_refused(program: Program) -> None:
    for text in ("one", "two"):
        drafts.keep(program.item.pk, by=program.ann, content={"note": text})

    refused = program.submit(revision=1)

    assert refused.status_code == 409
    assert refused.json()["type"].endswith(":draft_conflict")
    assert Draft.objects.get().content == {"note": "two"}
    assert not Review.objects.exists()
    assert program.submit(revision=2).status_code == 201
