"""A lead builds a form by keyboard: saved and previewed as it is typed, published on purpose only."""

from typing import Any

import pytest
from playwright.sync_api import expect

from queues.models import FormDraft, FormVersion
from tests.factories.projects import Cast
from tests.factories.work import FORM, TONE, queue_in
from tests.flows.conftest import Enter


def test_a_form_is_built_previewed_and_published_by_keyboard(
    people: Cast, enter: Enter, live_server: Any
) -> None:
    queue = queue_in(people.project, form={**FORM, "questions": [TONE]})
    page = enter(people.lee)
    page.goto(f"{live_server.url}/projects/{people.project.slug}/queues/{queue.slug}/form/edit")
    preview = page.locator("#preview")

    page.locator("button[value='add:rating']").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'q-1-label'")
    page.keyboard.press("Control+A")
    page.keyboard.type("How kind is it?")
    preview.get_by_text("How kind is it?").wait_for()
    page.locator("#q-1-maximum").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("x")
    page.locator("#q-1-maximum-fault").get_by_text("valid integer").wait_for()
    assert "The preview comes back" in preview.inner_text()
    page.keyboard.press("Backspace")
    page.keyboard.type("3")
    preview.locator("[data-stop=rating] input[type=radio]").nth(2).wait_for()
    page.locator("#q-1-up").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.closest('#q-0') !== null")

    assert FormVersion.objects.filter(queue=queue).count() == 1
    page.locator("#reason").focus()
    page.keyboard.type("Kindness counts.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/form/")

    published = FormVersion.objects.get(queue=queue, version=2)
    assert [one["key"] for one in published.document["questions"]] == ["rating", "tone"]
    assert published.document["questions"][0]["label"] == "How kind is it?"
    assert published.document["questions"][0]["maximum"] == 3
    assert not FormDraft.objects.exists()


@pytest.mark.slow
def test_a_condition_can_be_tried_in_the_preview(people: Cast, enter: Enter, live_server: Any) -> None:
    why = {
        "key": "why",
        "kind": "long_text",
        "label": "Why?",
        "asked_when": {"question": "tone", "any_of": ["rude"]},
    }
    queue = queue_in(people.project, form={**FORM, "questions": [TONE, why]})
    page = enter(people.lee)
    page.goto(f"{live_server.url}/projects/{people.project.slug}/queues/{queue.slug}/form/edit")

    expect(page.locator("#preview [data-stop=why]")).to_be_hidden()
    page.locator("#preview [name='answer.tone'][value=rude]").check(force=True)
    expect(page.locator("#preview [data-stop=why]")).to_be_visible()
    page.locator("#form-title").focus()
    page.keyboard.type("New ")
    page.wait_for_timeout(900)

    assert "New " in FormDraft.objects.get().document["title"]
    expect(page.locator("#preview [data-stop=why]")).to_be_hidden()
