"""What was typed into a text that is too long for a closing page to send is kept when the page is closed."""

from playwright.sync_api import Dialog, expect
from pytest_django.live_server_helper import LiveServer

from queues.models import Draft
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

LONG = "Refunds take five days \U0001f600, and so does everything else.\n" * 3_500  # 189,000 characters


def test_a_page_with_a_long_text_is_closed_while_somebody_types(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    waiting(queue, output_text=LONG)
    page = enter(people.ann)
    screen = Screen(page, live_server.url, queue).open()
    asked: list[Dialog] = []
    sent: list[int] = []
    page.on("dialog", lambda dialog: asked.append(dialog))
    page.on("request", lambda one: sent.append(len(one.post_data or "")) if "/draft" in one.url else None)

    screen.press("c").type("Saved. ")
    expect(page.locator("#draft-state")).to_contain_text("draft saved")
    screen.type("Typed last. ")
    page.context.new_page()
    page.close(run_before_unload=True)

    for _look in range(50):
        text = str(Draft.objects.get().content["corrected_text"])
        if text.startswith("Saved. Typed last. "):
            break
        page.context.pages[-1].wait_for_timeout(100)
    assert text == "Saved. Typed last. " + LONG
    assert asked == []
    assert max(sent) < 2_000
