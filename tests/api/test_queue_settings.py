"""The settings of a queue through the API."""

import json
from typing import Any

import pytest

from queues.models import Queue
from tests.api.conftest import Program
from tests.factories.projects import Cast
from tests.factories.work import FORM, queue_in


@pytest.fixture
def program(people: Cast) -> Program:
    return Program(people, people.lee)


def patch(program: Program, slug: str, body: object, **headers: str) -> Any:
    return program.client.patch(
        f"{program.base}queues/{slug}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_a_queue_is_opened_with_its_settings_read_and_changed(people: Cast, program: Program) -> None:
    made = program.post("queues", {"slug": "answers", "name": "Answers", "overlap_rate": 0.1, "form": FORM})
    assert made.status_code == 201
    read = program.get("queues/answers")
    assert (read.json()["overlap_rate"], read.json()["version"]) == (0.1, 1)

    changed = patch(program, "answers", {"session_goal": 25}, **{"If-Match": read.headers["ETag"]})

    assert changed.status_code == 200
    assert (changed.json()["session_goal"], changed.json()["version"]) == (25, 2)
    assert changed.json()["overlap_rate"] == 0.1
    assert changed.headers["ETag"] != read.headers["ETag"]


def test_a_change_needs_the_version_it_was_made_of(people: Cast, program: Program) -> None:
    queue_in(people.project, slug="answers")
    etag = program.get("queues/answers").headers["ETag"]
    patch(program, "answers", {"session_goal": 25}, **{"If-Match": etag})

    blind = patch(program, "answers", {"session_goal": 30})
    late = patch(program, "answers", {"session_goal": 30}, **{"If-Match": etag})

    assert (blind.status_code, late.status_code) == (428, 412)
    assert Queue.objects.get().session_goal == 25


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"overlap_rate": 1.1}, "/overlap_rate"),
        ({"reviews_per_item": 0}, "/reviews_per_item"),
        ({"reviews_per_item": None}, "/reviews_per_item"),
        ({"reviews_per_item": True}, "/reviews_per_item"),
        ({"due_hours": "4"}, "/due_hours"),
        ({"order": "sideways"}, "/order"),
        ({"languages": ["german"]}, "/languages/0"),
        ({"slug": "other"}, "/slug"),
        ({"version": 7}, "/version"),
        ({"salt": "known"}, "/salt"),
        ({}, ""),
    ],
)
def test_what_is_wrong_is_named(people: Cast, program: Program, body: dict, pointer: str) -> None:
    queue_in(people.project, slug="answers")
    etag = program.get("queues/answers").headers["ETag"]

    answer = patch(program, "answers", body, **{"If-Match": etag})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert Queue.objects.get().version == 1


def test_an_empty_queue_is_closed_and_opened_again(people: Cast, program: Program) -> None:
    queue_in(people.project, slug="answers")
    etag = program.get("queues/answers").headers["ETag"]

    closed = patch(program, "answers", {"archived": True}, **{"If-Match": etag})
    assert (closed.status_code, closed.json()["archived"]) == (200, True)
    refused = patch(program, "answers", {"name": "X"}, **{"If-Match": closed.headers["ETag"]})
    assert refused.status_code == 409
    again = patch(
        program, "answers", {"archived": False, "name": "X"}, **{"If-Match": closed.headers["ETag"]}
    )
    assert (again.json()["archived"], again.json()["name"]) == (False, "X")


def test_the_salt_of_the_draws_never_leaves(people: Cast, program: Program) -> None:
    queue = queue_in(people.project, slug="answers")
    queue.refresh_from_db()

    assert str(queue.salt) not in program.get("queues/answers").content.decode()
    assert str(queue.salt) not in program.get("queues").content.decode()
