"""The notes of an item through the API: read and written by the rules of the pages."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Permission, Role
from queues.models import Item, Mention, Note
from tests.api.conftest import Program
from tests.factories.projects import Cast, member
from tests.factories.reviews import leased, reviewed
from tests.factories.work import queue_in, waiting


@pytest.fixture(autouse=True)
def reviews_stand_at_once(settings: Any) -> None:
    """As if the minute were over in which a review is taken back."""
    settings.BLIND_UNDO_SECONDS = 0


@pytest.fixture
def item(people: Cast) -> Item:
    """An item that needs two reviews; ann has given one."""
    queue = queue_in(people.project)
    found = waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann)
    return found


def path(item: Item) -> str:
    return f"items/{item.pk}/notes"


def test_a_note_comes_back_code_point_for_code_point_with_whom_it_names(people: Cast, item: Item) -> None:
    ann, lee = Program(people, people.ann), Program(people, people.lee)
    text = " @Lee <b>is it</b>\u202e\r\ne\u0301? "

    made = ann.post(path(item), {"text": text})

    assert made.status_code == 201
    assert made.json()["text"] == text
    assert made.json()["author"] == {"id": people.ann.pk, "name": "Ann"}
    assert made.json()["mentions"] == [{"id": people.lee.pk, "name": "Lee"}]
    assert lee.get(path(item)).json()["items"] == [made.json()]
    assert lee.get("mentions").json()["items"] == [made.json()]
    assert ann.get("mentions").json()["items"] == []


def test_nobody_reads_or_writes_before_their_own_review(people: Cast, item: Item) -> None:
    ben = Program(people, member(people.project, Role.ANNOTATOR))
    lee = Program(people, people.lee)
    before = lee.get(path(item)).status_code
    leased(item.queue, people.lee)

    assert before == 200
    for program, refused in ((ben, 404), (lee, 403)):
        assert program.get(path(item)).status_code == refused
        assert program.post(path(item), {"text": "x"}).status_code == refused
    assert not Note.objects.exists()


def test_a_leads_key_without_the_scope_to_read_reads_no_thread(people: Cast, item: Item) -> None:
    narrow = Program(people, people.lee, Permission.ENTER)

    assert narrow.get(path(item)).status_code == 403
    assert narrow.post(path(item), {"text": "x"}).status_code == 403
    assert Program(people, people.ann, Permission.REVIEW).get(path(item)).status_code == 200


def test_a_key_with_the_scope_to_enter_alone_neither_reads_nor_writes_notes(people: Cast, item: Item) -> None:
    narrow = Program(people, people.ann, Permission.ENTER)

    assert narrow.get(path(item)).status_code == 403
    assert narrow.post(path(item), {"text": "x"}).status_code == 403
    assert narrow.get("mentions").status_code == 403
    assert not Note.objects.exists()


def test_an_item_of_another_project_is_not_there(people: Cast, item: Item) -> None:
    other = waiting(queue_in(people.other))

    assert Program(people, people.olga).get(path(other)).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": " \n"}, "note.missing"),
        ({"text": "x" * 4_001}, "note.too_long"),
        ({"text": None}, "string_type"),
        ({}, "missing"),
        ({"text": "x", "to": "Lee"}, "extra_forbidden"),
    ],
)
def test_what_is_no_note_is_refused_by_its_place(
    people: Cast, item: Item, body: dict[str, object], code: str
) -> None:
    answer = Program(people, people.ann).post(path(item), body)

    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["errors"]] == [code]
    assert not Note.objects.exists()


def test_who_could_still_review_the_item_cannot_be_named(people: Cast, item: Item) -> None:
    ben = member(people.project, Role.ANNOTATOR, name="Ben")
    ann = Program(people, people.ann)

    refused = ann.post(path(item), {"text": "@Ben see this"})
    reviewed(item.queue, ben)

    assert [fault["code"] for fault in refused.json()["errors"]] == ["note.mention_is_blind"]
    assert ann.post(path(item), {"text": "@Ben see this"}).status_code == 201


def test_the_same_key_adds_one_note(people: Cast, item: Item) -> None:
    ann = Program(people, people.ann)

    answers = [ann.post(path(item), {"text": "once"}, Idempotency_Key="n-1") for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert Note.objects.count() == 1


def test_a_thread_is_read_in_pages_with_as_many_statements_however_long_it_is(
    people: Cast, item: Item
) -> None:
    ann = Program(people, people.ann)
    ann.get(path(item))
    counts = []
    for _round in range(2):
        for number in range(10):
            note = Note.objects.create(item=item, author=people.ann, text=f"Note {number}")
            Mention.objects.create(note=note, person=people.lee)
        with CaptureQueriesContext(connection) as seen:
            first = ann.get(f"{path(item)}?limit=5").json()
        counts.append(len(seen))
    second = ann.get(f"{path(item)}?limit=5&cursor={first['next_cursor']}").json()

    assert counts[0] == counts[1]
    assert [note["text"] for note in (first["items"] + second["items"])] == [f"Note {n}" for n in range(10)]
