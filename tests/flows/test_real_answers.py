"""Real answers of real people, given again on the real page: what is stored is what the file says.

Of each question of qa_feedback: its error spans, what is missing, the corrected answer, and which of four
answers is better, in six pairs. One row by default; `make test-all` gives a hundred again.
"""

import json
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from queues.models import Item, Review, Slot
from tests.factories.pairs import comparison
from tests.factories.projects import Cast
from tests.factories.questions import question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.outside_data import rows_of
from tests.flows.screen import Screen
from tests.flows.test_real_marks import coded, errors_of, make

Row = dict[str, Any]
CHOICES = {1: "a", 2: "b", 0: "tie"}
KEY_OF = {"a": "1", "b": "2", "tie": "3"}
PAIRS = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]


def values_of(row: Row, asked: str) -> list[Any]:
    """What the people of the file answered to a question."""
    return [one["edited_output" if asked == "corrected" else "value"] for one in row["annotations"]
            if one["question"] == asked]  # fmt: skip


def missing_of(row: Row) -> str:
    """One line for each piece of information that is missing, as the file names its place."""
    [found] = values_of(row, "missing_info")
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in found or [])


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, pytest.param(100, marks=pytest.mark.slow)])
def test_marks_missing_information_and_corrections_are_stored_as_they_are_in_the_file(
    people: Cast, enter: Enter, live_server: LiveServer, size: int
) -> None:
    rows = rows_of("qa_feedback", at_most=size)
    categories = coded({mark.category for row in rows for mark in errors_of(row)})
    spans = question(
        "spans",
        severities=[],
        categories=[{"value": code, "label": label} for label, code in categories.items()],
    )
    form = {**FORM, "reasons": [], "questions": [spans, question("long_text", key="missing")]}
    queue = queue_in(people.project, form=form)
    of_item = {
        waiting(queue, output_text=row["output"], record={"input": {"prompt": row["prompt"]}}).pk: row
        for row in rows
    }
    screen = Screen(enter(people.ann), live_server.url, queue).open()

    for number in range(size):
        row = of_item[Slot.objects.get(pk=screen.slot).item_id]
        for n, mark in enumerate(errors_of(row)):
            make(screen, mark, [*categories], [], by_mouse=(n + number) % 2 == 0)
        screen.press("Escape", "Escape", "Escape")
        if missing_of(row):
            screen.page.locator("[data-stop=missing]").focus()
            screen.press("Enter").type(missing_of(row)).press("Escape")
        finish(screen, row, is_last=number + 1 == size, by_paste=number % 3 == 0)

    for review in Review.objects.filter(item__in=of_item):
        row = of_item[review.item_id]
        [corrected] = values_of(row, "corrected")
        assert {(p["start"], p["end"], p["category"]) for p in review.answers.get("spans", [])} == {
            (mark.start, mark.end, categories[mark.category]) for mark in errors_of(row)
        }
        assert review.answers.get("missing", "") == missing_of(row)
        assert (review.corrected_text or row["output"]) == (corrected or row["output"])
    assert Review.objects.filter(item__in=of_item).count() == size


def finish(screen: Screen, row: Row, *, is_last: bool, by_paste: bool) -> None:
    """Type the corrected answer over the model's, if there is another, and go on."""
    [corrected] = values_of(row, "corrected")
    keys = ["a"]
    if corrected and corrected != row["output"]:
        screen.press("c", "Control+a")
        if by_paste:
            screen.page.keyboard.insert_text(corrected)
        else:
            screen.type(corrected)
        keys = ["Control+Enter"]
    if is_last:
        screen.press(*keys)
        screen.page.get_by_role("heading", name="Nothing waits").wait_for()
    else:
        screen.leave(*keys)


@pytest.mark.parametrize("size", [1, pytest.param(100, marks=pytest.mark.slow)])
def test_six_preferences_of_each_question_are_stored_as_they_are_in_the_file(
    people: Cast, enter: Enter, live_server: LiveServer, size: int
) -> None:
    rows = rows_of("qa_feedback", at_most=size)
    queue = queue_in(people.project, form={**FORM, "questions": [question("preference")]})
    wanted: dict[int, str] = {}
    for row in rows:
        texts = {one["key"]: one["text"] for one in row["outputs"]}
        for found in values_of(row, "preference"):
            first, second = found["pair"]
            item = comparison(queue, this=texts[first], other=texts[second])
            wanted[item.pk] = CHOICES[found["choice"]]
    assert len(wanted) == size * len(PAIRS)
    screen = Screen(enter(people.ann), live_server.url, queue).open()

    for left in range(len(wanted), 0, -1):
        item = Item.objects.select_related("prediction__payload").get(slots=screen.slot)
        shown = screen.page.locator("[data-output]").all_text_contents()
        assert shown[0] == item.prediction.payload.output_text
        screen.press(*["j"] * stops_until(screen, "preference"), KEY_OF[wanted[item.pk]])
        if left > 1:
            screen.leave("a")
        else:
            screen.press("a")
            screen.page.get_by_role("heading", name="Nothing waits").wait_for()

    stored = dict(Review.objects.filter(item__in=wanted).values_list("item_id", "answers__preference"))
    assert stored == wanted


def stops_until(screen: Screen, key: str) -> int:
    """How often J leads from the text to this question."""
    stops = "[...document.querySelectorAll('[data-stop]')].filter((one) => one.getClientRects().length)"
    return 1 + int(screen.page.evaluate(f"{stops}.findIndex((one) => one.dataset.stop === '{key}')"))
