"""Word lists over the API: versions, activation, trial; every fault by its place in the body."""

from typing import Any

import pytest

from accounts.models import Event
from queues.models import WordList
from tests.api.conftest import Program
from tests.factories.projects import Cast

pytestmark = pytest.mark.django_db

DOCUMENT = {"kind": "words", "entries": ["free delivery"], "category": "promise", "severity": "high"}


def body(**changes: Any) -> dict[str, Any]:
    return {"name": "promises", "document": DOCUMENT, "reason": "for the test", **changes}


@pytest.fixture
def lee(people: Cast) -> Program:
    return Program(people, people.lee)


def test_a_list_is_stored_read_activated_and_switched_off(lee: Program) -> None:
    made = lee.post("lists", body())
    active = lee.post("lists/promises:activate", {"version": 1, "reason": "go"})
    read = lee.get("lists/promises/1")
    ended = lee.post("lists/promises:deactivate", {"reason": "too many"})

    assert (made.status_code, active.status_code, read.status_code, ended.status_code) == (201, 200, 200, 200)
    assert made.headers["Location"].endswith("/lists/promises/1")
    assert made.json()["is_active"] is False
    assert read.json()["entries"] == ["free delivery"]
    assert (read.json()["is_active"], read.json()["severity"], read.json()["author"]) == (True, "high", "Lee")
    assert ended.json()["is_active"] is False


def test_the_list_of_lists_is_newest_first_and_narrowed(lee: Program) -> None:
    lee.post("lists", body())
    lee.post("lists", body(name="names", activate=True))
    lee.post("lists", body())

    def told(query: str) -> list[tuple[str, int]]:
        return [(row["name"], row["version"]) for row in lee.get(f"lists{query}").json()["items"]]

    assert told("") == [("promises", 2), ("names", 1), ("promises", 1)]
    assert told("?name=promises") == [("promises", 2), ("promises", 1)]
    assert told("?state=active") == [("names", 1)]
    assert lee.get("lists?state=off").status_code == 400


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": "Not good"}, "/name", "list.name"),
        ({"document": {**DOCUMENT, "entries": [""]}}, "/document/entries/0", "list.word_text"),
        (
            {"document": {**DOCUMENT, "kind": "patterns", "entries": ["ok", "("]}},
            "/document/entries/1",
            "list.pattern_syntax",
        ),
        ({"document": {**DOCUMENT, "more": 1}}, "/document/more", "list.extra_forbidden"),
        ({"reason": " "}, "/reason", "string_pattern_mismatch"),
    ],
)
def test_a_fault_is_told_by_its_place_and_nothing_is_stored(
    lee: Program, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = lee.post("lists", body(**change))

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"].removeprefix("body.")) == (pointer, code)
    assert not WordList.objects.exists()
    assert not Event.objects.filter(kind="list.created").exists()


def test_a_list_is_tried_without_being_stored(lee: Program) -> None:
    document = {**DOCUMENT, "kind": "patterns", "entries": [r"\d+ days", "(?i)free"]}

    answer = lee.post("lists:try", {"document": document, "text": "ä Free in 5 days"})

    assert answer.json()["places"] == [
        {"entry": 1, "span": [2, 6], "text": "Free"},
        {"entry": 0, "span": [10, 16], "text": "5 days"},
    ]
    assert not WordList.objects.exists()


def test_what_is_not_there_is_not_found(lee: Program) -> None:
    answers = [
        lee.get("lists/promises/1"),
        lee.post("lists/promises:activate", {"version": 1, "reason": "go"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert lee.post("lists/promises:deactivate", {"reason": "go"}).status_code == 409
