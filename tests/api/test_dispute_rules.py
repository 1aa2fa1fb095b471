"""Dispute rules and reopening through the API."""

import json
from typing import Any

import pytest

from queues.models import Item, ItemState, Queue
from tests.api.conftest import Program
from tests.factories.projects import Cast
from tests.factories.reviews import reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting

MAJORITY: dict[str, Any] = {"needs": "majority", "reason": "Three look at each."}


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE]})


def put(program: Program, queue: Queue, body: dict[str, Any], etag: str | None) -> Any:
    headers = {} if etag is None else {"If-Match": etag}
    return program.client.put(
        f"{program.base}queues/{queue.pk}/dispute-rule",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def test_the_default_is_version_0_and_a_change_makes_version_1(people: Cast, queue: Queue) -> None:
    program = Program(people, people.lee)
    before = program.get(f"queues/{queue.pk}/dispute-rule")

    answer = put(program, queue, MAJORITY, before.headers["ETag"])

    assert (before.json()["version"], before.json()["needs"]) == (0, "unanimous")
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["needs"], answer.json()["author"]) == (
        1,
        "majority",
        "Lee",
    )
    assert answer.headers["ETag"] != before.headers["ETag"]


def test_a_change_needs_the_present_version(people: Cast, queue: Queue) -> None:
    program = Program(people, people.lee)
    etag = program.get(f"queues/{queue.pk}/dispute-rule").headers["ETag"]
    put(program, queue, MAJORITY, etag)

    assert put(program, queue, MAJORITY, None).status_code == 428
    assert put(program, queue, MAJORITY, etag).status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**MAJORITY, "needs": "some"}, "/needs"),
        ({**MAJORITY, "at_least": 2}, "/at_least"),
        ({**MAJORITY, "needs": "k_of_n", "at_least": 1}, "/at_least"),
        ({**MAJORITY, "by_question": {"colour": "majority"}}, "/by_question/colour"),
        ({**MAJORITY, "by_question": {"tone": "k_of_n"}}, "/by_question/tone"),
        ({**MAJORITY, "reason": " "}, "/reason"),
        ({"needs": "majority"}, "/reason"),
        ({**MAJORITY, "colour": 1}, "/colour"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(
    people: Cast, queue: Queue, body: dict[str, Any], pointer: str
) -> None:
    program = Program(people, people.lee)
    etag = program.get(f"queues/{queue.pk}/dispute-rule").headers["ETag"]

    answer = put(program, queue, body, etag)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_queue_of_another_project_is_not_there(people: Cast) -> None:
    program = Program(people, people.lee)

    assert program.get(f"queues/{queue_in(people.other).pk}/dispute-rule").status_code == 404


def test_a_settled_item_is_reopened_with_a_reason(people: Cast, queue: Queue) -> None:
    item = waiting(queue)
    review = reviewed(queue, people.ann, {"decision": "approve", "answers": {"tone": "fine"}})
    program = Program(people, people.lee)
    verdict = program.get("verdicts").json()["items"][0]

    refused = program.post(f"items/{item.pk}:reopen", {"why": " "})
    reopened = program.post(f"items/{item.pk}:reopen", {"why": "The policy changed."})
    again = program.post(f"items/{item.pk}:reopen", {"why": "The policy changed."})

    assert (verdict["reviews"], verdict["dispute_rule"]) == ([review.pk], None)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/why")
    assert (reopened.status_code, reopened.json()["state"]) == (200, "disputed")
    assert again.status_code == 409
    assert Item.objects.get(pk=item.pk).state == ItemState.DISPUTED
