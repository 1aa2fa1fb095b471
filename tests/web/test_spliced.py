"""Drafts of long texts, posted as what changed: the whole text is stored, or asked for."""

import zlib
from typing import Any

import pytest

from queues.models import Draft
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.web.reviewing import OnScreen, Reviewer, on_screen

pytestmark = pytest.mark.django_db

OUTPUT = "one\r\ntwo \U0001f600\r\nthree"
IN_A_FIELD = "one\ntwo \U0001f600\nthree"


@pytest.fixture
def ann(people: Cast) -> Reviewer:
    queue = queue_in(people.project)
    waiting(queue, output_text=OUTPUT)
    return Reviewer(people.ann, queue)


def splice(base: str, start: int, end: int, text: str) -> dict[str, Any]:
    """As `splice.js` posts it: offsets in UTF-16."""
    crc = zlib.crc32(base.encode("utf-16-le"))
    return {"splice_of": crc, "splice_start": start, "splice_end": end, "splice_text": text}


def save(ann: Reviewer, item: OnScreen, revision: int, **fields: Any) -> Any:
    return ann.post(item, "draft", as_script=True, revision=revision, **fields)


def test_what_changed_of_the_output_and_then_of_the_draft_gives_the_whole_text(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    first = save(ann, item, 0, **splice(IN_A_FIELD, 0, 3, "ONE\r\nand more"))
    base = IN_A_FIELD.replace("one", "ONE\nand more")
    at = base.encode("utf-16-le").index("three".encode("utf-16-le")) // 2
    second = save(ann, item, 1, note="n", **splice(base, at, at + 5, ""))

    assert (first.json(), second.json()) == ({"revision": 1}, {"revision": 2})
    content = Draft.objects.get().content
    assert content["corrected_text"] == "ONE\r\nand more\r\ntwo \U0001f600\r\n"
    assert content["note"] == "n"


@pytest.mark.parametrize(
    ("revision", "changed"),
    [
        (1, splice(IN_A_FIELD, 0, 0, "x")),
        (0, splice("another text", 0, 0, "x")),
        (0, splice(IN_A_FIELD, 5, 4, "x")),
        (0, splice(IN_A_FIELD, 0, 999, "x")),
        (0, {**splice(IN_A_FIELD, 0, 0, "x"), "splice_start": "-1"}),
        (0, {**splice(IN_A_FIELD, 0, 0, "x"), "splice_end": "\u0663"}),
        (0, {"splice_of": "x"}),
    ],
)
def test_what_changed_of_another_text_is_not_stored_and_all_of_it_is_asked_for(
    ann: Reviewer, revision: int, changed: dict[str, Any]
) -> None:
    item = on_screen(ann.open())

    assert save(ann, item, revision, **changed).status_code == 412
    assert not Draft.objects.exists()


def test_half_a_character_is_refused_and_not_stored(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    at = IN_A_FIELD.encode("utf-16-le").index("\U0001f600".encode("utf-16-le")) // 2

    assert save(ann, item, 0, **splice(IN_A_FIELD, at, at + 1, "")).status_code == 422
    assert not Draft.objects.exists()


def test_a_draft_that_was_put_away_is_no_base(ann: Reviewer, people: Cast) -> None:
    item = on_screen(ann.open())
    save(ann, item, 0, corrected_text="put away")
    ann.client.post(f"{ann.project_url}/drafts/{Draft.objects.get().pk}/discard")

    assert save(ann, item, 0, **splice(IN_A_FIELD, 0, 0, "New. ")).status_code == 200
    assert Draft.objects.get().content["corrected_text"] == "New. " + OUTPUT


def test_after_the_lease_has_ended_what_changed_is_kept_all_the_same(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "give-back", as_script=True)

    answer = save(ann, item, 0, **splice(IN_A_FIELD, 0, 0, "Late. "))

    assert answer.status_code == 409
    assert Draft.objects.get().content["corrected_text"] == "Late. " + OUTPUT


def test_a_submit_has_the_whole_text_or_is_refused(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    answer = ann.post(item, "submit", as_script=True, decision="correct", **splice(IN_A_FIELD, 0, 0, "x"))

    assert answer.status_code == 422
