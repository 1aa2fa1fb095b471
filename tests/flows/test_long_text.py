"""Texts of 200,000 characters, also on one line, with 5,000 marks: the page stays usable."""

import json
import random
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from queues.models import Draft, Queue, Review
from tests.factories.projects import Cast
from tests.factories.questions import question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

LONGEST = 200_000
MARKS = 5_000
_WORDS = [
    "refund",
    "card",
    "\U0001f600",
    "na\u00efve",
    "\u05e9\u05dc\u05d5\u05dd",
    "parcel",
    "a\u200bb",
    "five",
]


def prose(separator: str) -> str:
    draw = random.Random(200)
    words: list[str] = []
    length = 0
    while length < LONGEST:
        word = draw.choice(_WORDS) + ("." if draw.random() < 0.1 else "")
        words.append(word)
        length += len(word) + 1
    return separator.join(words)[:LONGEST]


TEXTS = {
    "one line": prose(" "),
    "many lines": prose("\n"),
    "one word": "W" * LONGEST,
    "emoji only": "\U0001f600" * LONGEST,
}


@dataclass
class Measured:
    """What a person would feel, in ms."""

    ready: float
    keys: dict[str, float]


# From the press of a key to the frame after it.
_PRESS = """async (key) => {
  const start = performance.now();
  const target = document.activeElement ?? document.body;
  const code = /^[0-9]$/.test(key) ? `Digit${key}` : key;
  target.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true}));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""


def measure(page: Page, screen: Screen, keys: list[str]) -> Measured:
    page.goto(screen.address)
    ready = page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
    )
    page.wait_for_timeout(600)
    found: dict[str, float] = {}
    for key in keys:
        found[key] = max(found.get(key, 0), page.evaluate(_PRESS, key))
    return Measured(ready, found)


def marked(text: str) -> list[dict[str, Any]]:
    draw = random.Random(5)
    starts = sorted(draw.sample(range(len(text) - 50), MARKS))
    return [
        {"start": at, "end": at + draw.randrange(1, 50), "category": "accuracy", "severity": "minor"}
        for at in starts
    ]


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == "many lines" else pytest.mark.slow) for name in TEXTS],
)
def test_the_longest_text_with_the_most_marks_can_be_read_and_marked(
    people: Cast, enter: Enter, live_server: LiveServer, name: str
) -> None:
    queue: Queue = queue_in(people.project, form={**FORM, "reasons": [], "questions": [question("spans")]})
    item = waiting(queue, output_text=TEXTS[name], kinds=("safety_flagged",))
    content = {"decision": "", "answers": {"spans": marked(TEXTS[name])}}
    Draft.objects.create(item=item, person=people.ann, content=content, revision=1)
    page = enter(people.ann)
    screen = Screen(page, live_server.url, queue)

    found = measure(
        page, screen, ["r", "i", "i", "h", "ArrowRight", "ArrowDown", "n", "ArrowRight", "1", "1"]
    )

    # Told with -s, never judged here: what was measured stands in docs/marking.md.
    print(name, round(found.ready), {key: round(ms) for key, ms in found.keys.items()})
    assert page.evaluate("document.querySelector('[data-output]').textContent.length") >= LONGEST
    marks = json.loads(page.locator("input[type=hidden][name='answer.spans']").input_value())
    assert len(marks) == MARKS + 1


@pytest.mark.parametrize(
    "name",
    [pytest.param("one line", marks=pytest.mark.slow), pytest.param("many lines", marks=pytest.mark.slow)],
)
def test_a_long_text_is_corrected_and_the_draft_comes_back(
    people: Cast, enter: Enter, live_server: LiveServer, name: str
) -> None:
    text = TEXTS[name][:-100]  # room to write in
    queue = queue_in(people.project)
    waiting(queue, output_text=text)
    screen = Screen(enter(people.ann), live_server.url, queue).open()
    editor = screen.page.locator("[name=corrected_text]")

    screen.press("c").type("New. ")
    while not Draft.objects.filter(content__corrected_text="New. " + text).exists():
        screen.page.wait_for_timeout(200)  # saved in parts, as it is typed
    screen.open()
    assert editor.input_value() == "New. " + text
    screen.press("1", "Control+Enter")
    screen.page.get_by_role("heading", name="Nothing waits").wait_for()

    assert Review.objects.get().corrected_text == "New. " + text


def test_a_long_text_is_approved_without_being_sent_back(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    waiting(queue, output_text=TEXTS["many lines"])
    screen = Screen(enter(people.ann), live_server.url, queue).open()

    with screen.page.expect_request("**/submit") as sent:
        screen.press("a")

    assert len(sent.value.post_data or "") < 2_000
    screen.page.get_by_role("heading", name="Nothing waits").wait_for()
    assert Review.objects.get().decision == "approve"


@pytest.mark.slow
def test_without_a_script_a_long_text_is_there_to_be_corrected(
    people: Cast, browser: Browser, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    waiting(queue, output_text=TEXTS["one line"])
    signed_in = enter(people.ann)
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(Screen(signed_in, live_server.url, queue).address)

    assert page.locator("[name=corrected_text]:enabled").input_value() == TEXTS["one line"]
    context.close()
