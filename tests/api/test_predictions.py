"""Sending predictions, and reading what became of them."""

import gzip
import json
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.roles import Permission
from queues.models import Payload, Prediction
from queues.route import policies
from tests.api.conftest import Program
from tests.factories.projects import Cast
from tests.factories.work import queue_in
from tests.ingest.records import full_record, record
from tests.ingest.test_dialects import OBSERVATION

POLICY = {
    "schema": "policy/1",
    "rules": [{"kind": "random_audit", "name": "all", "queue": "audit", "rate": 1.0}],
}


@pytest.fixture
def program(people: Cast) -> Program:
    return Program(people, people.mel)


@pytest.fixture
def audit_of_all(people: Cast) -> None:
    """Every prediction goes to the queue `audit`."""
    queue_in(people.project, slug="audit")
    by = Actor(people.lee.pk)
    policy = policies.new_version(people.project.pk, document=POLICY, by=by, reason="test")
    policies.activate(people.project.pk, policy.version, by=by, reason="test")


def push_lines(program: Program, *lines: object, **headers: str) -> Any:
    text = b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines)
    return program.client.generic(
        "POST",
        program.base + "predictions:batch",
        gzip.compress(text) if headers else text,
        content_type="application/x-ndjson",
        headers=headers,
    )


def test_a_record_is_created_once_then_a_duplicate_then_a_conflict(program: Program) -> None:
    first = program.post("predictions", record())
    again = program.post("predictions", record())
    other = program.post("predictions", record(output={"text": "b"}))

    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 409]
    assert first.json()["id"] == again.json()["id"] == Prediction.objects.get().pk
    assert other.headers["Content-Type"] == "application/problem+json"
    assert other.json()["errors"][0]["pointer"] == "/prediction_id"
    assert Payload.objects.get().output_text == "Refunds are instant."


def test_a_wrong_record_is_refused_with_every_fault(program: Program) -> None:
    answer = program.post("predictions", record(confidense=0.5, confidence="0.9"))

    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("/confidense", "key.unknown"),
        ("/confidence", "type.wrong"),
    }
    assert not Prediction.objects.exists()


def test_what_was_replaced_is_told(program: Program) -> None:
    answer = program.post("predictions", record(output={"text": "a\0b"}))

    assert answer.status_code == 201
    assert [warning["pointer"] for warning in answer.json()["warnings"]] == ["/output/text"]
    assert Prediction.objects.get().altered


def test_a_batch_answers_for_each_record(program: Program) -> None:
    program.post("predictions", record("p-0"))

    answer = push_lines(
        program,
        record("p-0"),
        record("p-1"),
        record("p-2", confidence=7),
        b"not json",
        record("p-1", output={"text": "b"}),
        Content_Encoding="gzip",
    )

    assert answer.status_code == 207
    results = answer.json()["results"]
    assert [(r["index"], r["status"], r["prediction_id"]) for r in results] == [
        (0, 200, "p-0"),
        (1, 201, "p-1"),
        (2, 422, "p-2"),
        (3, 422, None),
        (4, 409, "p-1"),
    ]
    assert results[2]["problem"]["errors"][0]["pointer"] == "/confidence"
    assert Prediction.objects.count() == 2


def test_a_hostile_id_in_a_refused_record_does_no_harm(program: Program) -> None:
    answer = push_lines(program, b'{"prediction_id": "\\ud800"}', record())

    assert [result["status"] for result in answer.json()["results"]] == [422, 201]


def test_what_arrived_can_be_leased_when_the_answer_is_there(program: Program, audit_of_all: None) -> None:
    number = program.post("predictions", full_record()).json()["id"]

    told = program.get(f"predictions/{number}").json()

    assert told["record"] == full_record()
    assert (told["state"], told["routing"]["pi"]) == ("routed", 1.0)
    assert told["scores"]["values"]["client_confidence"] == pytest.approx(0.38)
    assert [flag["component"] for flag in told["flags"]] == ["openai_moderation"]


def test_the_story_tells_of_items_slots_and_events(program: Program, audit_of_all: None) -> None:
    number = program.post("predictions", record()).json()["id"]

    story = program.get(f"predictions/{number}/story").json()

    (item,) = story["items"]
    assert (item["queue"]["slug"], item["state"], item["releases"]) == ("audit", "open", [])
    assert [slot["state"] for slot in item["slots"]] == ["open"]
    assert story["events"][0]["kind"] == "predictions.received"


def test_the_list_is_newest_first_and_narrowed_by_known_names_only(program: Program) -> None:
    push_lines(program, *[record(f"p-{n}", model={"request_model": f"m-{n % 2}"}) for n in range(5)])

    def ids(query: str) -> list[str]:
        return [row["prediction_id"] for row in program.get(f"predictions?{query}").json()["items"]]

    assert ids("") == ["p-4", "p-3", "p-2", "p-1", "p-0"]
    assert ids("model_version=m-1") == ["p-3", "p-1"]
    assert ids("prediction_id=p-2") == ["p-2"]
    assert ids("environment=staging") == []
    assert ids("received_before=2026-01-01T00:00:00Z") == []
    assert program.get("predictions?state=lost").status_code == 400
    assert program.get("predictions?payload__output_text=a").status_code == 400


def test_the_list_goes_on_with_its_cursor(program: Program) -> None:
    push_lines(program, *[record(f"p-{n}") for n in range(5)])

    first = program.get("predictions?limit=3").json()
    second = program.get(f"predictions?limit=3&cursor={first['next_cursor']}").json()

    assert [row["prediction_id"] for row in second["items"]] == ["p-1", "p-0"]
    assert second["next_cursor"] is None


def test_predictions_of_another_project_do_not_exist(program: Program, people: Cast) -> None:
    other = Prediction.objects.create(
        project=people.other,
        prediction_id="p",
        content_hash=b"\0" * 32,
        model_version="m",
        occurred_at="2026-03-01T10:00:00Z",
    )

    assert program.get(f"predictions/{other.pk}").status_code == 404
    assert program.get(f"predictions/{other.pk}/story").status_code == 404


@pytest.mark.parametrize(("scope", "expected"), [(Permission.READ, 403), (Permission.PUSH, 201)])
def test_sending_needs_the_scope_to_push(people: Cast, scope: Permission, expected: int) -> None:
    program = Program(people, people.mel, scope)

    assert program.post("predictions", record()).status_code == expected


def test_a_batch_takes_few_statements(
    program: Program, audit_of_all: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    records = [record(f"p-{n}") for n in range(100)]

    with django_assert_max_num_queries(45):
        answer = push_lines(program, *records)

    assert {result["status"] for result in answer.json()["results"]} == {201}


def test_records_of_other_tools_are_taken_in_their_dialect(program: Program) -> None:
    lost = OBSERVATION | {"id": "obs-2", "output": None}
    span = OBSERVATION | {"type": "SPAN"}

    one = program.post("predictions?dialect=langfuse@3", OBSERVATION)
    many = program.post("predictions:batch?dialect=langfuse@3", [OBSERVATION, lost, span])

    assert (one.status_code, one.json()["prediction_id"]) == (201, "obs-1")
    results = many.json()["results"]
    assert [(row["prediction_id"], row["status"]) for row in results] == [
        ("obs-1", 200),
        ("obs-2", 422),
        (None, 422),
    ]
    assert results[1]["problem"]["errors"][0]["code"] == "output.missing"
    assert program.post("predictions?dialect=cobol", OBSERVATION).status_code == 400
    assert program.get("predictions?dialect=langfuse@3").status_code == 400
