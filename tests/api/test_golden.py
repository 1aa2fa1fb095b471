"""Golden items through the API."""

import json
from typing import Any

import pytest

from accounts.roles import Permission
from queues.models import Golden, GoldenVersion
from tests.api.conftest import Program
from tests.factories.golden import golden_record, verified
from tests.factories.projects import Cast


@pytest.fixture
def program(people: Cast) -> Program:
    return Program(people, people.lee)


def put(program: Program, number: int, body: object, **headers: str) -> Any:
    return program.client.put(
        f"{program.base}golden/{number}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_an_item_is_added_read_and_listed(program: Program) -> None:
    added = program.post("golden", golden_record(tags=["refunds"]) | {"reason": "from the handbook"})

    number = added.json()["id"]
    assert (added.status_code, added.headers["Location"]) == (201, f"{program.base}golden/{number}")
    read = program.get(f"golden/{number}").json()
    assert read["record"] == golden_record(tags=["refunds"], rule={"kind": "normalised"})
    assert (read["version"], read["author"], read["reason"]) == (1, "Lee", "from the handbook")
    assert [row["id"] for row in program.get("golden").json()["items"]] == [number]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (golden_record(), "/reason"),
        (golden_record() | {"reason": " "}, "/reason"),
        (golden_record(target=None) | {"reason": "x"}, "/target"),
        (golden_record(rule={"kind": "regex", "pattern": "("}) | {"reason": "x"}, "/rule/pattern"),
        (golden_record() | {"reason": "x", "version": 7}, "/version"),
    ],
)
def test_what_is_wrong_is_named(program: Program, body: dict[str, Any], pointer: str) -> None:
    answer = program.post("golden", body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Golden.objects.exists()


def test_another_content_under_the_same_id_is_a_conflict(program: Program) -> None:
    program.post("golden", golden_record() | {"reason": "x"})

    again = program.post("golden", golden_record() | {"reason": "x"})
    other = program.post("golden", golden_record(target="x") | {"reason": "x"})

    assert (again.status_code, other.status_code) == (200, 409)
    assert other.json()["errors"][0]["code"] == "golden_id.taken"


def test_who_edits_must_have_seen_the_present_version(program: Program) -> None:
    number = program.post("golden", golden_record() | {"reason": "x"}).json()["id"]
    etag = program.get(f"golden/{number}").headers["ETag"]
    body = golden_record(target="Two weeks.") | {"reason": "new terms"}

    assert put(program, number, body).status_code == 428
    edited = put(program, number, body, **{"If-Match": etag})
    assert (edited.status_code, edited.json()["version"]) == (200, 2)
    assert put(program, number, body | {"target": "x"}, **{"If-Match": etag}).status_code == 412
    fresh = {"If-Match": edited.headers["ETag"]}
    assert put(program, number, body | {"golden_id": "other"}, **fresh).status_code == 422
    assert [one["version"] for one in edited.json()["versions"]] == [2, 1]


def test_an_item_is_retired_and_restored_with_a_reason(program: Program) -> None:
    number = program.post("golden", golden_record() | {"reason": "x"}).json()["id"]

    retired = program.post(f"golden/{number}:retire", {"reason": "outdated"})
    assert (retired.status_code, retired.json()["retired_why"]) == (200, "outdated")
    assert program.post(f"golden/{number}:retire", {"reason": "outdated"}).status_code == 409
    assert program.get("golden?state=current").json()["items"] == []
    restored = program.post(f"golden/{number}:restore", {"reason": "still right"})
    assert (restored.status_code, restored.json()["retired_at"]) == (200, None)


def test_a_batch_answers_for_each_item(program: Program) -> None:
    program.post("golden", golden_record() | {"reason": "x"})
    batch = [
        golden_record(),
        golden_record(target="x"),
        golden_record("g-2", target=None),
        golden_record("g-3"),
    ]

    plain = program.post("golden:batch", batch).json()["results"]
    edited = program.post("golden:batch?as_new_version=true&reason=terms", batch).json()["results"]

    assert [one["status"] for one in plain] == [200, 409, 422, 201]
    assert [(one["status"], one.get("version")) for one in edited] == [
        (200, 1),
        (201, 2),
        (422, None),
        (200, 1),
    ]
    assert GoldenVersion.objects.get(golden__golden_id="g-1", version=2).reason == "terms"
    assert program.post("golden:batch?colour=red", batch).status_code == 400


def test_what_is_taken_out_can_be_sent_again(program: Program, people: Cast) -> None:
    verified(people.project, golden_record(), golden_record("g-2", target="x"))

    text = b"".join(program.get("golden:export"))
    again = program.client.post(
        program.base + "golden:batch", text, content_type="application/x-ndjson"
    ).json()["results"]

    assert [one["result"] for one in again] == ["duplicate", "duplicate"]


def test_nothing_of_another_project_is_reached(program: Program, people: Cast) -> None:
    (theirs,) = verified(people.other)

    assert program.get(f"golden/{theirs.id}").status_code == 404
    assert program.post(f"golden/{theirs.id}:retire", {"reason": "x"}).status_code == 404
    assert program.get("golden").json()["items"] == []


def test_reading_and_changing_need_their_scopes(people: Cast) -> None:
    reader = Program(people, people.lee, Permission.READ)
    reviewer = Program(people, people.ann, Permission.REVIEW, Permission.ENTER)

    assert reader.get("golden").status_code == 200
    assert reader.post("golden", golden_record() | {"reason": "x"}).status_code == 403
    for path in ("golden", "golden:export", "golden/1"):
        assert reviewer.get(path).status_code == 403
