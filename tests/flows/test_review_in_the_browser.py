"""The review screen against hostile text, long text, narrow windows, and without a script."""

import random

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from queues.models import Review
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

HOSTILE = (
    "</div></textarea></template><script>document.title='owned'</script>"
    "<img src='https://evil.example/a.png' onerror=alert(1)><style>*{display:none}</style>"
    '<div hx-get="/login/" hx-trigger="load" hx-swap-oob="true" id="submit">Approve now</div>'
    "<meta http-equiv='refresh' content='0;url=https://evil.example'>\u202e\u2066\u2067"
    + "W" * 3000
    + "\n" * 400
)


def test_hostile_text_does_nothing_and_stays_in_its_frame(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    record = {
        "input": {"system_instructions": [{"type": "text", "content": HOSTILE}], "prompt": HOSTILE},
        "retrieval": {"documents": [{"id": HOSTILE[:150], "content": HOSTILE}]},
    }
    waiting(queue, output_text=HOSTILE, record=record)
    page = enter(people.ann)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    screen = Screen(page, live_server.url, queue).open()
    page.set_viewport_size({"width": 1280, "height": 800})

    assert page.title().startswith(queue.name)
    assert all(url.startswith(live_server.url) for url in asked)
    assert not any("/login/" in url for url in asked)
    assert page.evaluate("document.querySelector('[data-output]').textContent") == HOSTILE
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.dir || 'ltr'") == "ltr"
    frame, form = page.locator(".frame").bounding_box(), page.locator("#review-form").bounding_box()
    assert frame and form
    assert frame["x"] + frame["width"] <= form["x"]
    screen.press("c")
    expect(page.locator("[name=corrected_text]")).to_have_value(HOSTILE)


def test_no_width_scrolls_sideways(screen: Screen) -> None:
    screen.press("c").type("x" * 20)

    for width in (320, 360, 768, 1280, 1920):
        screen.page.set_viewport_size({"width": width, "height": 700})
        assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
        expect(screen.page.locator("#submit")).to_be_in_viewport()


def test_at_four_hundred_percent_the_page_scrolls_one_way_only(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 320, "height": 180})

    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 320
    screen.page.locator("#submit").scroll_into_view_if_needed()
    expect(screen.page.locator("#submit")).to_be_in_viewport()


def test_a_diff_gives_both_texts_back_and_names_the_changed_words(screen: Screen) -> None:
    before = "Refunds are instant, so the money is on its way."
    after = "Refunds take five days, so the money is not yet on its way."

    parts = screen.page.evaluate("([a, b]) => reviewapp.diff(a, b)", [before, after])

    assert "".join(part["text"] for part in parts if part["kind"] != "ins") == before
    assert "".join(part["text"] for part in parts if part["kind"] != "del") == after
    assert [part["text"].strip() for part in parts if part["kind"] == "del"] == ["are instant"]
    assert [part["text"].strip() for part in parts if part["kind"] == "ins"] == ["take five days", "not yet"]


@pytest.mark.slow
def test_diffs_of_many_random_texts_give_both_texts_back(screen: Screen) -> None:
    draw = random.Random(20261121)
    words = ["a", "b", "c", " ", "  ", "\n", "é", "你", "好", "’s", "1", ".", "\u200b"]
    pairs = [["".join(draw.choices(words, k=draw.randrange(40))) for _ in range(2)] for _ in range(400)]

    wrong = screen.page.evaluate(
        """pairs => pairs.filter(([a, b]) => {
            const parts = reviewapp.diff(a, b);
            const join = (kind) => parts.filter((p) => p.kind !== kind).map((p) => p.text).join("");
            return join("ins") !== a || join("del") !== b;
        })""",
        pairs,
    )

    assert wrong == []


@pytest.mark.slow
def test_twenty_thousand_words_are_compared_while_a_person_types(screen: Screen) -> None:
    draw = random.Random(1)
    words = [f"word{draw.randrange(3000)}" for _ in range(20_000)]
    edited = [f"new{n}" if draw.random() < 0.05 else word for n, word in enumerate(words)]

    milliseconds = screen.page.evaluate(
        """([a, b]) => {
            const start = performance.now();
            reviewapp.diff(a, b);
            return performance.now() - start;
        }""",
        [" ".join(words), " ".join(edited)],
    )

    assert milliseconds < 1000


@pytest.mark.parametrize(
    ("output", "typed"),
    [
        ("One \U0001f600 two.\nThree.", "One \U0001f601 two.\nThree."),
        ("abcabc", "abcabcabc"),
        pytest.param("One two three.", "One three.", marks=pytest.mark.slow),
        pytest.param("One three.", "One two three.", marks=pytest.mark.slow),
        pytest.param("e\u0301a", "ea", marks=pytest.mark.slow),
    ],
)
def test_the_models_text_comes_back_and_by_undo_the_typed_one(
    people: Cast, enter: Enter, live_server: LiveServer, output: str, typed: str
) -> None:
    queue = queue_in(people.project)
    waiting(queue, output_text=output)
    screen = Screen(enter(people.ann), live_server.url, queue).open()
    editor = screen.press("c").page.locator("[name=corrected_text]")
    editor.fill(typed)

    screen.page.get_by_role("button", name="Back to the model").click()
    expect(editor).to_have_value(output)
    editor.press("Control+z")

    expect(editor).to_have_value(typed)


def test_a_text_of_three_thousand_lines_comes_back_at_once(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    waiting(queue, output_text="a\n=\n" * 1_500)
    page = Screen(enter(people.ann), live_server.url, queue).open().press("c").page
    page.set_default_timeout(10_000)
    text = "document.querySelector('[name=corrected_text]')"
    page.evaluate(f"{text}.value = {text}.value.replaceAll('a', 'b')")
    page.evaluate(f"{text}.dispatchEvent(new Event('input', {{bubbles: true}}))")

    page.get_by_role("button", name="Back to the model").click()

    assert page.evaluate(f"{text}.value === 'a\\n=\\n'.repeat(1_500)")


def test_without_a_script_a_review_is_a_plain_form(
    people: Cast, browser: Browser, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    for _ in range(2):
        waiting(queue)
    signed_in = enter(people.ann)
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(Screen(signed_in, live_server.url, queue).address)
    first = page.locator(".desk").get_attribute("data-slot")

    page.locator(".decision.correct").click()
    page.locator("[name=corrected_text]").fill("Two\nlines")
    page.locator("#submit").click()
    expect(page.locator(".fault")).to_have_text("Choose at least one reason.")
    expect(page.locator("[name=corrected_text]")).to_have_value("Two\nlines")
    page.locator("[name=reasons][value=vague]").check()
    page.locator("#submit").click()

    expect(page.locator(".toast")).to_contain_text("Undo")
    assert page.locator(".desk").get_attribute("data-slot") != first
    assert Review.objects.get().corrected_text == "Two\nlines"
    page.get_by_role("button", name="Undo").click()
    assert page.locator(".desk").get_attribute("data-slot") == first
    expect(page.locator("[name=corrected_text]")).to_have_value("Two\nlines")
    context.close()


# What moved inside the decision bar: the text of each node whose place changed while nobody resized anything.
_WATCH_THE_BAR = """() => {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      for (const { node } of entry.sources) {
        const element = node?.nodeType === 1 ? node : node?.parentElement;
        if (element?.closest('.decide')) moved.push(node.textContent);
      }
  }).observe({ type: 'layout-shift', buffered: false });
}"""


def test_nothing_in_the_decision_bar_moves_while_one_works(screen: Screen) -> None:
    page = screen.page
    page.evaluate(_WATCH_THE_BAR)

    for before in (8, 98):
        page.evaluate("n => (document.querySelector('[data-done-today] b').textContent = n)", before)
        screen.leave("a").leave("a").press("c").type("Changed. ")
        expect(page.locator("#draft-state")).to_contain_text("draft saved")
        screen.press("Escape", "1").leave("Control+Enter")

    assert page.evaluate("moved") == []
