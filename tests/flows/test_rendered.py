"""Raw or rendered: the output as it was sent, and as it is meant to be read, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.projects import Cast
from tests.factories.questions import question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

MARKDOWN = (
    "# Refunds\n\nThey are **instant**, see [safe.example](https://safe.example@evil.example/x).\n\n"
    "| day | paid |\n|---|--:|\n| 1 | 5 |\n\n```py\nprint('<b>')\n```\n![logo](https://evil.example/p.png)\n"
)


@pytest.fixture
def two(people: Cast, enter: Enter, live_server: LiveServer) -> Screen:
    """Ann in front of the first of two items, Markdown and JSON, whose form asks for marks."""
    queue = queue_in(people.project, form={**FORM, "reasons": [], "questions": [question("spans")]})
    waiting(queue, output_text=MARKDOWN, priority=90)
    waiting(queue, output_text='{"a":[1.0,{"b":"x"}]}', priority=80)
    return Screen(enter(people.ann), live_server.url, queue).open()


def test_v_renders_the_output_and_the_choice_holds_for_the_next_item(two: Screen) -> None:
    asked: list[str] = []
    two.page.on("request", lambda request: asked.append(request.url))

    two.press("v")

    rendered = two.page.locator("[data-rendered]")
    expect(two.page.get_by_role("button", name="Show raw text")).to_be_visible()
    expect(rendered.locator("strong")).to_have_text("instant")
    expect(rendered.locator("td.right")).to_have_text("5")
    expect(rendered.locator("pre")).to_have_text("print('<b>')\n")
    expect(rendered.locator("img, a, h1")).to_have_count(0)
    expect(two.page.locator("[data-output]")).to_be_hidden()
    assert two.page.locator("[data-output]").evaluate("box => box.textContent") == MARKDOWN
    two.leave("a")
    expect(two.page.locator("pre.json")).to_have_text(re.compile(r'\{\n  "a": \[\n    1\.0,'))
    assert all(url.startswith(two.server) for url in asked)
    two.open()
    expect(two.page.locator("pre.json")).to_be_visible()
    with two.page.expect_response("**/view"):
        two.press("v")
    two.open()
    expect(two.page.locator("[data-output]")).to_be_visible()


def test_an_address_shows_whom_it_leads_to_and_opens_nothing_unasked(two: Screen) -> None:
    two.press("v")
    link = two.page.locator("[data-rendered] .link")
    expect(two.page.locator("[data-rendered] .link + .host")).to_have_text("evil.example")

    link.click()

    dialog = two.page.locator("#leaving")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-host]")).to_have_text("evil.example")
    expect(dialog.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(dialog.get_by_role("link")).to_have_attribute("href", "https://safe.example@evil.example/x")
    two.press("Enter")
    expect(dialog).to_be_hidden()
    assert len(two.page.context.pages) == 1


@pytest.mark.slow
def test_places_are_marked_in_the_raw_text(two: Screen) -> None:
    two.press("v")
    expect(two.page.locator("[data-rendered]")).to_be_visible()

    two.press("h")

    expect(two.page.locator("[data-output]")).to_be_focused()
    expect(two.page.locator("[data-rendered]")).to_be_hidden()


@pytest.mark.slow
def test_without_a_script_the_button_reloads_the_page_rendered(
    two: Screen, browser: Browser, enter: Enter
) -> None:
    state = two.page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(two.address)

    page.get_by_role("button", name="Show rendered").click()

    expect(page.locator("[data-rendered] strong")).to_have_text("instant")
    expect(page.locator("[data-output]")).to_be_hidden()
    context.close()
