"""Sending feedback, and reading what was said."""

import gzip
import json
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Permission
from queues.models import Feedback, Rating
from tests.api.conftest import Program
from tests.factories.projects import Cast
from tests.ingest.events import event
from tests.ingest.records import record


@pytest.fixture
def program(people: Cast) -> Program:
    return Program(people, people.mel)


def push_lines(program: Program, *lines: object) -> Any:
    text = b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines)
    return program.client.generic(
        "POST",
        program.base + "feedback:batch",
        gzip.compress(text),
        content_type="application/x-ndjson",
        headers={"Content-Encoding": "gzip"},
    )


def test_an_event_is_created_once_then_a_duplicate_then_a_conflict(program: Program) -> None:
    number = program.post("predictions", record()).json()["id"]

    first = program.post("feedback", event())
    again = program.post("feedback", event())
    other = program.post("feedback", event(value=1))

    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 409]
    assert first.json()["prediction"] == again.json()["prediction"] == number
    assert first.json()["id"] == Feedback.objects.get().pk
    assert other.json()["errors"][0]["code"] == "event_id.taken"
    assert Rating.objects.get().number == -1


def test_feedback_may_come_first_and_for_what_is_not_ours_reads_the_same(program: Program) -> None:
    answer = program.post("feedback", event(prediction_id="never-seen"))

    assert (answer.status_code, answer.json()["prediction"]) == (201, None)


def test_a_wrong_event_is_refused_with_every_fault(program: Program) -> None:
    answer = program.post("feedback", event(value="up", weight=7))

    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("/weight", "key.unknown"),
        ("/value", "value.unknown"),
    }
    assert not Feedback.objects.exists()


def test_a_batch_answers_for_each_event(program: Program) -> None:
    program.post("predictions", record())
    program.post("feedback", event("f-0"))

    answer = push_lines(
        program,
        event("f-0"),
        event("f-1", comment="a\0b"),
        event("f-2", value=9),
        b"no json",
        event("f-0", value=1),
    )

    results = answer.json()["results"]
    assert answer.status_code == 207
    assert [one["status"] for one in results] == [200, 201, 422, 422, 409]
    assert [one["event_id"] for one in results] == ["f-0", "f-1", "f-2", None, "f-0"]
    assert results[1]["warnings"][0]["pointer"] == "/comment"
    assert results[4]["problem"]["errors"][0]["pointer"] == "/event_id"


def test_a_list_is_sent_to_the_address_for_lists(program: Program) -> None:
    answer = program.post("feedback", [event()])

    assert answer.status_code == 422
    assert ":batch" in answer.json()["detail"]


def test_more_than_an_arrival_can_join_is_told_to_wait(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.ingest.limits.WAITING_PER_PREDICTION", 1)
    program.post("feedback", event("a"))

    one = program.post("feedback", event("b"))
    batch = push_lines(program, event("b"))

    assert one.status_code == 429
    assert "Retry-After" in one.headers
    assert (batch.json()["results"][0]["status"], batch.json()["results"][0]["id"]) == (429, None)


def test_the_list_is_newest_first_and_narrows(program: Program) -> None:
    number = program.post("predictions", record()).json()["id"]
    push_lines(
        program,
        event("down"),
        event("up", value=1, actor={"user_ref": "h:0001"}),
        event("copied", kind="implicit", name="copy", value={"share": 0.5}, prediction_id="p-2"),
    )

    def ids(query: str = "") -> list[str]:
        return [row["event_id"] for row in program.get("feedback" + query).json()["items"]]

    assert ids() == ["copied", "up", "down"]
    assert ids("?name=thumb") == ["up", "down"]
    assert ids("?kind=implicit") == ["copied"]
    assert ids("?is_negative=true") == ["down"]
    assert ids(f"?prediction={number}") == ["up", "down"]
    assert ids("?event_id=up") == ["up"]
    assert program.get("feedback?name=vote").status_code == 400
    assert program.get("feedback?colour=red").status_code == 400


def test_one_event_reads_as_it_was_stored(program: Program) -> None:
    stored = program.post("feedback", event(comment="No.\r\n")).json()["id"]

    answer = program.get(f"feedback/{stored}")

    assert answer.json()["record"] == event(comment="No.\r\n")
    assert program.get("feedback/999999").status_code == 404


def test_the_story_of_a_prediction_says_what_counts_and_what_was_said_before(program: Program) -> None:
    number = program.post("predictions", record()).json()["id"]
    push_lines(program, event("first"), event("then", value=1))

    told = program.get(f"predictions/{number}/story").json()["feedback"]

    assert [(one["event_id"], one["counts"]) for one in told] == [("then", True), ("first", False)]


def test_a_key_needs_its_scope(people: Cast) -> None:
    reader = Program(people, people.mel, Permission.READ)
    sender = Program(people, people.mel, Permission.PUSH)

    assert reader.post("feedback", event()).status_code == 403
    assert sender.post("feedback", event()).status_code == 201
    assert sender.get("feedback").status_code == 403


def test_the_cost_of_an_event_does_not_grow_with_those_before(
    program: Program, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    program.post("predictions", record())
    push_lines(program, *(event(f"f-{n}") for n in range(300)))

    with django_assert_max_num_queries(20):
        assert program.post("feedback", event("one-more")).status_code == 201
