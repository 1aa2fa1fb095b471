"""Reviewing through the API: what a body may hold, and what becomes of an older text."""

import json
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from accounts.actor import Actor
from accounts.models import Event
from queues.assign.lease import Lease
from queues.models import Draft, Flag, Queue, Review, Severity
from queues.review import drafts
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.questions import ANSWERS, KINDS, question
from tests.factories.reviews import leased
from tests.factories.work import FORM, queue_in, waiting

pytestmark = pytest.mark.django_db


class Program:
    """A front end of ann's own, holding one item."""

    def __init__(self, people: Cast) -> None:
        _key, text = api_key(people.project, people.ann)
        self.client = Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False)
        self.root = f"/api/v1/projects/{people.project.slug}"
        self.ann = Actor(people.ann.pk)
        self.project, self.person = people.project, people.ann
        self.takes(queue_in(people.project))

    def takes(self, queue: Queue) -> None:
        """Hold an item of this queue."""
        self.item = waiting(queue)
        self.lease: Lease = leased(queue, self.person)

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


def test_answers_of_every_kind_are_stored_as_they_were_sent(program: Program) -> None:
    asked = [question(kind) for kind in KINDS if kind != "preference"]
    program.takes(queue_in(program.project, form={**FORM, "questions": asked}))
    said = {one["key"]: ANSWERS[one["key"]] for one in asked}

    first, again = program.submit(answers=said), program.submit(answers=dict(reversed(said.items())))

    assert (first.status_code, again.status_code) == (201, 200), first.content
    assert Review.objects.get().answers == said


def test_a_repeat_that_says_the_same_in_another_order_is_the_same_review(program: Program) -> None:
    program.takes(queue_in(program.project, form={**FORM, "questions": [question("multiple_choice")]}))

    first = program.submit(answers={"multiple_choice": ["brief", "clear"]})
    again = program.submit(answers={"multiple_choice": ["clear", "brief"]})
    other = program.submit(answers={"multiple_choice": ["clear"]})

    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 409]


def test_a_wrong_answer_is_refused_by_the_place_within_it(program: Program) -> None:
    program.takes(queue_in(program.project, form={**FORM, "questions": [question("spans")]}))
    place = {"start": 0, "end": 99, "category": "accuracy", "severity": "major"}

    answer = program.submit(answers={"spans": [place], "number": 1})

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/answers/number", "answers.unknown"),
        ("/answers/spans/0/end", "answers.range"),
    ]


def test_the_log_keeps_codes_and_no_texts_of_an_answer(program: Program) -> None:
    asked = [question("yes_no"), question("long_text")]
    program.takes(queue_in(program.project, form={**FORM, "questions": asked}))

    program.submit(answers={"yes_no": "no", "long_text": "About a person."})

    after = Event.objects.get(kind="review.submitted").after
    assert after and after["answers"] == {"yes_no": "no"}


def test_the_schema_of_forms_is_served(program: Program) -> None:
    schema = program.client.get(f"{program.root}/schemas/form")

    Draft202012Validator(schema.json()).validate({**FORM, "questions": [question(kind) for kind in KINDS]})
    assert not Draft202012Validator(schema.json()).is_valid({**FORM, "questions": [question("slider")]})


def test_severe_content_is_told_and_nobody_approves_it_unseen(program: Program) -> None:
    Flag.objects.create(
        prediction_id=program.item.prediction_id,
        component="filter",
        category="hate",
        flagged=True,
        severity=Severity.HIGH,
    )

    address = f"{program.root}/queues/{program.lease.queue_id}:next"
    held = program.client.post(address, {}, content_type="application/json").json()
    refused = program.submit()
    stored = program.submit(unveiled=True)

    assert held["veil"] == {"categories": ["hate"], "is_down": True}
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/unveiled"]
    assert stored.status_code == 201
