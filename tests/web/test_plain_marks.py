"""Marking places without a script: by their words or their numbers, checked, drawn again, taken out."""

import json
from typing import Any

import pytest

from queues.models import Draft, Review
from tests.factories.projects import Cast
from tests.factories.questions import question
from tests.factories.work import FORM, queue_in, waiting
from tests.web.reviewing import OnScreen, Reviewer, on_screen

pytestmark = pytest.mark.django_db

OUTPUT = "Five days \U0001f600.\r\nIt takes five days, five at most."
PLACE = {"start": 0, "end": 4, "category": "accuracy", "severity": "major", "on": "output"}


@pytest.fixture
def ann(people: Cast) -> Reviewer:
    queue = queue_in(people.project, form={**FORM, "questions": [question("spans"), question("claims")]})
    waiting(queue, output_text=OUTPUT)
    return Reviewer(people.ann, queue)


def marked(key: str = "spans", **fields: str) -> dict[str, Any]:
    return {f"mark.{key}.{name}": value for name, value in fields.items()}


def add(ann: Reviewer, item: OnScreen, **fields: Any) -> Any:
    """As the button does; what is said already stands in the hidden field."""
    return ann.post(item, "draft", **fields)


def kept(key: str = "spans") -> Any:
    return Draft.objects.get().content["answers"][key]


def test_words_are_marked_with_category_severity_and_comment_and_drawn_again(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    answer = add(
        ann,
        item,
        **marked(quote="It takes", code="fluency", severity="minor", comment="why <b>so</b>?"),
    )
    page = ann.client.get(answer.headers["Location"]).content.decode()

    start = OUTPUT.index("It takes")
    assert kept() == [
        {
            "start": start,
            "end": start + 8,
            "on": "output",
            "category": "fluency",
            "severity": "minor",
            "comment": "why <b>so</b>?",
        }
    ]
    assert '<bdi class="words" dir="auto">It takes</bdi>' in page
    assert "why &lt;b&gt;so&lt;/b&gt;?" in page
    assert 'name="mark.spans.remove" value="0"' in page


def test_words_over_two_lines_are_found_whatever_line_ends_the_browser_sends(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    add(ann, item, **marked(quote="\U0001f600.\nIt", code="fluency", severity="minor"))

    assert OUTPUT[kept()[0]["start"] : kept()[0]["end"]] == "\U0001f600.\r\nIt"


def test_which_of_several_is_asked_for_and_taken(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    typed = marked(quote="five", code="accuracy", severity="minor")

    asked = add(ann, item, **typed)
    page = asked.content.decode()
    add(ann, item, **typed, **marked(nth="2"))

    assert asked.status_code == 422
    assert "stand in the text 2 times" in page
    assert 'dir="auto">\nfive</textarea>' in page and 'value="accuracy" selected' in page
    assert kept()[0]["start"] == OUTPUT.rindex("five")


def test_a_place_is_marked_by_its_numbers_and_in_the_message(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    add(ann, item, **marked(start="0", end="3", on="input", code="accuracy", severity="minor"))

    assert kept() == [{"start": 0, "end": 3, "on": "input", "category": "accuracy", "severity": "minor"}]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"quote": "elephant", "code": "accuracy", "severity": "minor"}, "do not stand in the text"),
        ({"code": "accuracy", "severity": "minor"}, "Copy the words to mark"),
        ({"start": "3", "end": "x", "code": "accuracy", "severity": "minor"}, "Copy the words to mark"),
        ({"start": "0", "end": "999", "code": "accuracy", "severity": "minor"}, "ends before this place"),
        ({"start": "3", "end": "3", "code": "accuracy", "severity": "minor"}, "ends after it starts"),
        ({"quote": "It takes", "severity": "minor"}, "choose a category"),
        ({"quote": "It takes", "code": "accuracy"}, "choose a severity"),
        ({"quote": "five", "nth": "3", "code": "accuracy", "severity": "minor"}, "2 times"),
        ({"quote": "It", "on": "system", "code": "accuracy", "severity": "minor"}, "do not stand"),
    ],
)
@pytest.mark.parametrize("action", ["draft", "submit"])
def test_what_cannot_be_marked_is_said_and_nothing_typed_is_lost(
    ann: Reviewer, fields: dict[str, str], says: str, action: str
) -> None:
    item = on_screen(ann.open())

    answer = ann.post(item, action, decision="reject", note="my <i>note</i>", **marked(**fields))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert "my &lt;i&gt;note&lt;/i&gt;</textarea>" in page
    assert not Review.objects.exists()


def test_submitting_adds_the_mark_that_stands_in_the_fields(ann: Reviewer) -> None:
    said: dict[str, Any] = {"answer.spans": json.dumps([PLACE]), "answer.claims": "[]"}
    item = on_screen(ann.open())

    answer = ann.post(
        item,
        "submit",
        decision="reject",
        reasons=["factual"],
        **said,
        **marked(quote="at most", code="fluency", severity="minor"),
    )

    assert answer.status_code == 302
    spans = Review.objects.get().answers["spans"]
    assert [OUTPUT[place["start"] : place["end"]] for place in spans] == ["Five", "at most"]


def test_marks_are_taken_out_by_their_boxes(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    other = {**PLACE, "start": 5, "end": 9}

    add(ann, item, **{"answer.spans": json.dumps([PLACE, other])}, **marked(remove="0"))

    assert kept() == [other]


def test_a_claim_is_marked_with_its_document(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    claims: Any = question("claims")
    code = claims["marks"][0]["value"]

    add(ann, item, **marked("claims", quote="It takes five days", code=code, comment="doc-1"))

    start = OUTPUT.index("It takes")
    assert kept("claims") == [
        {"start": start, "end": start + 18, "on": "output", "mark": code, "document": "doc-1"}
    ]


def test_a_field_of_no_such_question_is_refused(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    assert ann.post(item, "draft", **marked("colour", quote="x")).status_code == 422
    assert not Draft.objects.exists()
