"""The pages of word lists: written, tried on real outputs, stored, put in force and switched off."""

from typing import Any

import pytest
from django.test import Client

from accounts.actor import Actor
from queues.models import WordList
from queues.score import lists
from tests.factories.arrivals import arrived
from tests.factories.projects import Cast
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"
FORM: dict[str, Any] = {
    "name": "promises",
    "kind": "words",
    "entries": "free delivery\r\n\r\n  for ever \r\n",
    "category": "promise",
    "severity": "3",
    "target": "output",
    "locale": "",
    "reason": "nobody may promise this",
    "is_active": "on",
}


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def address(people: Cast, rest: str = "") -> str:
    return f"/projects/{people.project.slug}/policy/lists/{rest}"


def stored(people: Cast, *, active: bool = True) -> WordList:
    by = Actor(people.lee.pk)
    document = {"kind": "words", "entries": ["free delivery"], "category": "promise"}
    row = lists.new_version(people.project.pk, "promises", document=document, by=by, reason=HOSTILE)
    return lists.activate(people.project.pk, row.name, row.version, by=by, reason="go") if active else row


def test_the_empty_list_says_what_a_list_is_for(people: Cast, lee: Client) -> None:
    shown = lee.get(address(people)).content.decode()

    assert "No word list yet" in shown
    assert address(people, "new") in shown


def test_a_list_is_written_one_entry_a_line_and_is_in_force_at_once(people: Cast, lee: Client) -> None:
    answer = lee.post(address(people, "new"), FORM)

    row = WordList.objects.get()
    assert answer.status_code == 302
    assert (row.entries, row.severity, row.is_active) == (["free delivery", "for ever"], 3, True)


def test_a_reader_sees_lists_and_may_not_write_them(people: Cast, signed_in: SignIn) -> None:
    stored(people)
    mel = signed_in(people.mel)

    shown = mel.get(address(people, "promises/")).content.decode()

    assert "free delivery" in shown
    assert "Edit or try" not in shown
    assert HOSTILE not in shown
    assert mel.get(address(people, "new")).status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"entries": "ok\nOK"}, "Entry 2: This entry is there already"),
        ({"entries": "fine\n(", "kind": "patterns"}, "Entry 2: RE2 cannot read it: missing )"),
        ({"entries": "a*", "kind": "patterns"}, "Entry 1: It fits nothing at all"),
        ({"name": "Not good"}, "Use 1 to 60 small letters"),
        ({"category": "Big"}, "Use small letters, digits"),
        ({"reason": ""}, "Say why"),
        ({"severity": "9"}, "Select a valid choice"),
        ({"entries": ""}, "This field is required"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_what_was_written_stays(
    people: Cast, lee: Client, change: dict[str, str], said: str
) -> None:
    answer = lee.post(address(people, "new"), FORM | change)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "nobody may promise this" in answer.content.decode() or "reason" in change
    assert not WordList.objects.exists()


def test_it_is_tried_on_a_text_and_on_the_newest_outputs_without_being_stored(
    people: Cast, lee: Client
) -> None:
    arrived(people.project, {"output": {"text": f"{HOSTILE} You get Free delivery today."}})
    arrived(people.project, {"output": {"text": "Nothing of it."}})
    arrived(people.other, {"output": {"text": "free delivery"}})

    answer = lee.post(address(people, "new"), FORM | {"try": "1", "text": "Is it for ever?", "reason": ""})

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert '<mark title="entry 2">for ever</mark>' in shown
    assert "1 of the 2 newest outputs" in shown
    assert '<mark title="entry 1">Free delivery</mark>' in shown
    assert HOSTILE not in shown
    assert not WordList.objects.exists()


def test_an_edit_is_a_new_version_of_the_same_name_and_kind(people: Cast, lee: Client) -> None:
    stored(people)
    form = FORM | {"name": "another", "kind": "patterns", "entries": "refund"}

    lee.post(address(people, "promises/edit"), form)

    new = WordList.objects.get(version=2)
    assert (new.name, new.kind, new.entries, new.is_active) == ("promises", "words", ["refund"], True)
    assert not WordList.objects.get(version=1).is_active


def test_a_list_is_switched_off_and_on_again(people: Cast, lee: Client) -> None:
    stored(people)

    lee.post(address(people, "promises/switch-off"), {"reason": "too many"})
    assert not WordList.objects.filter(is_active=True).exists()

    lee.post(address(people, "promises/activate"), {"version": "1", "reason": "again"})
    assert WordList.objects.filter(is_active=True).exists()
    assert lee.post(address(people, "promises/activate"), {"version": "x", "reason": "a"}).status_code == 404
    assert lee.post(address(people, "promises/switch-off"), {"reason": ""}).status_code == 422


def test_a_list_that_was_too_slow_is_told_on_its_pages(people: Cast, lee: Client) -> None:
    row = stored(people)
    lists.switch_off(row.pk, milliseconds=87)

    for page in ("", "promises/"):
        shown = lee.get(address(people, page)).content.decode()
        assert "took 87 ms on one text and was switched off" in shown
        assert "switched off: too slow" in shown


def test_an_unknown_list_is_not_found(people: Cast, lee: Client) -> None:
    assert lee.get(address(people, "nothing/")).status_code == 404
    assert lee.get(address(people, "nothing/edit")).status_code == 404


def test_a_list_with_a_pattern_that_is_refused_by_now_says_which(people: Cast, lee: Client) -> None:
    WordList.objects.create(
        project=people.project,
        name="old",
        version=1,
        kind="patterns",
        entries=["fine", r"\C"],
        category="promise",
        severity=2,
        target="output",
        reason="r",
        is_active=True,
    )

    one, every = (lee.get(address(people, rest)).content.decode() for rest in ("old/", ""))

    assert "can no longer be used: 2." in one
    assert "can no longer be used; they are skipped" in every
