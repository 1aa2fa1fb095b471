"""Marking places in a text by mouse and by key, in a browser: what is stored is the place that was shown."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from queues.models import Draft, Queue, Review, Skip
from tests.factories.projects import Cast
from tests.factories.questions import CATEGORIES, question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

Place = dict[str, Any]
Shown = Callable[..., Screen]

# Emoji of one and of seven code points, Hebrew, combining marks, a CRLF, an invisible character.
HARD = (
    "A \U0001f600 b\u200b \U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301te\u0301 "
    "\u05e9\u05dc\u05d5\u05dd world.\r\nNext line, \U0001d54fyz."
)

# The DOM range over [start, end) UTF-16 units of a box, chosen as a mouse would.
_RECTS = """([selector, start, end]) => {
  const map = new reviewapp.TextMap([document.querySelector(selector)]);
  const found = map.rangeOf(map.unitOf(start), map.unitOf(end));
  const range = document.createRange();
  range.setStart(found.startContainer, found.startOffset);
  range.setEnd(found.endContainer, found.endOffset);
  const box = document.querySelector(selector);
  box.scrollIntoView({block: 'nearest'});
  const [seen, place] = [box.getBoundingClientRect(), range.getBoundingClientRect()];
  if (place.top < seen.top || place.bottom > seen.bottom) box.scrollTop += place.top - seen.top - 20;
  const rects = [...range.getClientRects()].filter((rect) => rect.width);
  const [first, last] = [rects[0], rects.at(-1)];
  return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2];
}"""


def marking_form(**fields: Any) -> dict[str, Any]:
    return {**FORM, "reasons": [], "questions": [question("spans", **fields)]}


@pytest.fixture
def shown(people: Cast, enter: Enter, live_server: LiveServer) -> Shown:
    """Ann in front of one item with this output, whose form asks for marks."""

    def open_one(output: str, *, form: dict[str, Any] | None = None, **work: Any) -> Screen:
        queue: Queue = queue_in(people.project, form=form or marking_form())
        waiting(queue, output_text=output, **work)
        return Screen(enter(people.ann), live_server.url, queue).open()

    return open_one


def value_of(screen: Screen, key: str = "spans") -> list[Place]:
    value = screen.page.locator(f"input[type=hidden][name='answer.{key}']").input_value()
    return list(json.loads(value or "[]"))


def select(screen: Screen, start: int, end: int, box: str = "[data-output]") -> None:
    """Drag over [start, end) code points of the text, from left to right."""
    left, top, right, bottom = screen.page.evaluate(_RECTS, [box, start, end])
    screen.page.mouse.move(left + 0.5, top)
    screen.page.mouse.down()
    screen.page.mouse.move(right - 0.5, bottom, steps=4)
    screen.page.mouse.up()


def test_a_place_is_marked_by_keys_alone_and_stored_with_the_review(shown: Shown) -> None:
    screen = shown("Refunds are instant, always.")

    screen.press("h", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "1", "2", "Enter")
    screen.type("Five days").press("Escape", "Escape", "Escape")
    assert value_of(screen) == [
        {"start": 12, "end": 20, "category": "accuracy", "severity": "major", "comment": "Five days"}
    ]
    screen.press("r", "Control+Enter")
    expect(screen.page.get_by_role("heading", name="Nothing waits")).to_be_visible()

    assert Review.objects.get().answers["spans"] == [
        {"start": 12, "end": 20, "category": "accuracy", "severity": "major", "comment": "Five days",
         "on": "output"}
    ]  # fmt: skip


def test_a_place_is_marked_by_the_mouse(shown: Shown) -> None:
    screen = shown("Refunds are instant, always.")

    select(screen, 8, 19)
    screen.page.locator("#marking").get_by_role("button", name="Fluency").click()
    screen.page.locator("#marking").get_by_role("button", name="Minor").click()

    assert value_of(screen) == [{"start": 8, "end": 19, "category": "fluency", "severity": "minor"}]


@pytest.mark.slow
def test_the_question_the_user_asked_can_be_marked_too(shown: Shown) -> None:
    screen = shown("Refunds are instant.")

    screen.press("h", "h", "Shift+ArrowRight", "2", "1", "Escape", "Escape")
    assert value_of(screen) == [
        {"start": 0, "end": 8, "category": "fluency", "severity": "minor", "on": "input"}
    ]
    select(screen, 4, 8, "[data-input-part]")
    screen.press("1", "1")

    assert value_of(screen)[1] == {
        "start": 4, "end": 8, "category": "accuracy", "severity": "minor", "on": "input"
    }  # fmt: skip


@pytest.mark.parametrize("marks_shown", [False, True])
def test_offsets_are_code_points_whatever_the_text(shown: Shown, marks_shown: bool) -> None:
    screen = shown(HARD)
    if marks_shown:
        screen.press("i")
    words = {"A", "\U0001f600", "b", "\u05e9\u05dc\u05d5\u05dd", "world", "line", "\U0001d54fyz"}

    screen.press("h")
    for _step in range(14):
        screen.press("1", "1", "ArrowRight")

    found = {HARD[place["start"] : place["end"]] for place in value_of(screen)}
    assert words <= {word.replace("\u200b", "") for word in found}
    assert {"e\u0301te\u0301", "\U0001f468\u200d\U0001f469\u200d\U0001f467"} <= found


def test_places_of_the_page_and_code_points_agree_everywhere(shown: Shown) -> None:
    screen = shown(HARD)
    to_and_back = """() => {
      const box = document.querySelector('[data-output]');
      const check = () => {
        const map = new reviewapp.TextMap([box]);
        const points = [...map.text];
        const wrong = [];
        const all = points.flatMap((_, a) => points.slice(a).map((_, n) => [a, a + n + 1]));
        for (const [start, end] of all) {
          const range = map.rangeOf(map.unitOf(start), map.unitOf(end));
          const from = map.pointOf(map.unitAt(range.startContainer, range.startOffset));
          const to = map.pointOf(map.unitAt(range.endContainer, range.endOffset));
          if (from !== start || to !== end) wrong.push([start, end, from, to]);
          const words = map.text.slice(map.unitOf(start), map.unitOf(end));
          if (words !== points.slice(start, end).join('')) wrong.push([start, end]);
        }
        return [map.text, wrong];
      };
      const plain = check();
      document.querySelector('[data-invisible]').click();
      return [plain, check()];
    }"""

    (plain, wrong), (with_marks, wrong_with_marks) = screen.page.evaluate(to_and_back)

    assert (plain, with_marks) == (HARD, HARD)
    assert (wrong, wrong_with_marks) == ([], [])


@pytest.mark.slow
def test_in_a_right_to_left_text_the_left_arrow_goes_on(shown: Shown) -> None:
    text = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd \u05d8\u05d5\u05d1"
    screen = shown(text)

    screen.press("h", "ArrowLeft", "1", "1")

    assert [text[p["start"] : p["end"]] for p in value_of(screen)] == ["\u05e2\u05d5\u05dc\u05dd"]


@pytest.mark.slow
def test_an_edge_moves_by_letters_and_what_is_marked_changes_with_it(shown: Shown) -> None:
    screen = shown("Refunds are instantly, always.")

    screen.press("h", "ArrowRight", "ArrowRight", "1", "1")
    screen.press("Alt+Shift+ArrowLeft", "Alt+Shift+ArrowLeft", "Alt+ArrowRight")

    assert [(p["start"], p["end"]) for p in value_of(screen)] == [(13, 19)]


@pytest.mark.slow
def test_a_mark_is_found_changed_and_removed_by_key(shown: Shown) -> None:
    screen = shown("One two three four.")
    screen.press("h", "1", "1", "ArrowRight", "2", "2", "ArrowRight", "1", "2", "Escape", "Escape")
    assert len(value_of(screen)) == 3

    screen.press("h", "n", "n", "2", "1")
    assert [(p["start"], p["category"], p["severity"]) for p in value_of(screen)] == [
        (0, "accuracy", "minor"), (4, "fluency", "minor"), (8, "accuracy", "major")
    ]  # fmt: skip
    screen.press("p", "Delete")

    assert [p["start"] for p in value_of(screen)] == [4, 8]


@pytest.mark.slow
def test_the_list_leads_to_a_place_and_into_its_comment(shown: Shown) -> None:
    screen = shown("One two three four.")
    screen.press("h", "ArrowRight", "1", "1", "Escape", "Escape")

    screen.page.locator(".marks").get_by_role("button", name="Edit").click()
    expect(screen.page.locator("[data-comment]")).to_be_focused()
    screen.type("why").press("Enter")

    expect(screen.page.locator("[data-output]")).to_be_focused()
    assert value_of(screen)[0]["comment"] == "why"
    assert screen.page.evaluate("getSelection().toString()") == "two"


@pytest.mark.slow
def test_a_place_within_a_marked_one_is_marked_by_dragging_over_it(shown: Shown) -> None:
    screen = shown("One two three four five.")
    select(screen, 0, 18)
    screen.press("1", "1")

    select(screen, 4, 7)
    screen.press("2", "2")

    assert [(p["start"], p["end"], p["category"]) for p in value_of(screen)] == [
        (0, 18, "accuracy"),
        (4, 7, "fluency"),
    ]


@pytest.mark.slow
def test_fifty_overlapping_places_are_told_apart_and_kept(shown: Shown) -> None:
    draw = random.Random(4)
    text = " ".join(f"word{n}" for n in range(80))
    starts = [draw.randrange(0, len(text) - 60) for _ in range(50)]
    places = [
        {"start": start, "end": start + draw.randrange(20, 60), "category": CATEGORIES[n % 2]["value"],
         "severity": "minor"}
        for n, start in enumerate(starts)
    ]  # fmt: skip
    screen = shown(text)
    put = """places => {
      const box = document.querySelector('[data-marked]');
      for (const place of places) new reviewapp.Places(box).put(place);
      return [0, 1, 2, 3].map((lane) => CSS.highlights.get(`place-${lane}`)?.size ?? 0);
    }"""

    lanes = screen.page.evaluate(put, places)

    assert sum(lanes) == 50
    assert all(lanes)
    kept = sorted(value_of(screen), key=json.dumps)
    assert kept == sorted(places, key=json.dumps)
    assert screen.page.locator(".marks li").count() == 50


@pytest.mark.slow
def test_neighbours_in_one_lane_never_overlap(shown: Shown) -> None:
    screen = shown("One.")
    places = [[0, 5], [0, 3], [2, 9], [3, 4], [5, 7], [9, 12]]

    lanes = screen.page.evaluate("places => reviewapp.lanesOf(places)", places)

    assert lanes == [0, 1, 2, 1, 0, 0]


def test_what_is_marked_is_a_draft_and_survives_a_reload(shown: Shown) -> None:
    screen = shown("One two three.")
    with screen.page.expect_response("**/draft"):
        screen.press("h", "ArrowRight", "2", "1")
    assert Draft.objects.get().content["answers"]["spans"][0]["start"] == 4

    screen.open()

    expect(screen.page.locator(".marks .words")).to_have_text("two")
    assert screen.page.evaluate("CSS.highlights.get('place-0').size") == 1


@pytest.mark.slow
def test_letters_still_decide_and_nothing_is_marked_without_a_selection(shown: Shown) -> None:
    screen = shown("One two three.")

    screen.press("1")
    assert value_of(screen) == []
    screen.press("h", "Escape", "r")

    assert screen.decision == "reject"
    expect(screen.page.locator("#marking")).to_be_hidden()


def test_the_palette_leaves_a_place_that_is_half_marked_as_it_is(shown: Shown) -> None:
    screen = shown("Refunds are instant, always.")

    screen.press("h", "ArrowRight", "1", "Control+k").type("invis").press("Escape")
    screen.press("2")

    assert value_of(screen) == [{"start": 8, "end": 11, "category": "accuracy", "severity": "major"}]


@pytest.mark.slow
def test_a_place_without_its_severity_holds_the_submit_and_is_not_dropped_in_silence(shown: Shown) -> None:
    screen = shown("One two three.")
    said, toast = screen.page.locator(".said"), screen.page.locator(".toast")

    screen.press("h", "1", "Control+Enter")
    expect(said).to_contain_text("A place is not marked yet")
    screen.press("2")
    assert len(value_of(screen)) == 1
    screen.press("ArrowRight", "1")
    screen.page.locator("#submit").click()
    expect(said).to_contain_text("A place is not marked yet")
    screen.press("Escape", "r", "h", "1")
    screen.page.locator("#review-note").click()
    expect(toast).to_contain_text("The place was not marked")

    assert len(value_of(screen)) == 1
    assert not Review.objects.exists()


@pytest.mark.slow
def test_more_than_ten_categories_are_reached_page_by_page(shown: Shown) -> None:
    many = [{"value": f"c{n}", "label": f"Category {n}"} for n in range(23)]
    screen = shown("One two.", form=marking_form(categories=many, severities=[]))

    screen.press("h", ".", ".", "3")

    assert value_of(screen) == [{"start": 0, "end": 3, "category": "c22"}]


@pytest.mark.slow
def test_claims_are_the_sentences_and_each_mark_leads_to_the_next(shown: Shown) -> None:
    text = "Refunds are instant. They take five days!  Is that so?"
    record = {
        "input": {"prompt": "How long?"},
        "retrieval": {"documents": [{"id": "kb-1", "content": "Five days."}]},
    }
    form = {**FORM, "reasons": [], "questions": [question("claims")]}
    screen = shown(text, form=form, record=record)

    screen.press("h", "2", "1", "ArrowUp", "Enter")
    screen.page.keyboard.press("k")
    screen.press("Escape")
    claims = value_of(screen, "claims")

    assert [(text[c["start"] : c["end"]], c["mark"]) for c in claims] == [
        ("Refunds are instant.", "not_supported"),
        ("They take five days!", "supported"),
    ]
    screen.press("n", "n", "Enter")
    screen.page.locator("[data-document]").select_option("kb-1")
    assert value_of(screen, "claims")[1].get("document") == "kb-1"


def test_without_a_script_no_mark_is_offered_and_the_item_can_be_passed_on(
    people: Cast, browser: Browser, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project, form=marking_form())
    waiting(queue)
    signed_in = enter(people.ann)
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(Screen(signed_in, live_server.url, queue).address)

    assert not page.get_by_role("button", name="Mark", exact=True).is_visible()
    page.get_by_role("button", name="Too hard").click()

    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    assert Skip.objects.get().reason == "too_hard"
    context.close()
