"""Being told of a check does not take the flow away: the next item is there, and the keys act on it."""

from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from queues.models import Review, ServedCheck
from tests.factories.checks import queue_with_checks
from tests.factories.projects import Cast
from tests.factories.work import waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen


def test_training_by_keyboard_tells_what_was_expected_and_goes_on(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_with_checks(people, n=2, training_checks=1)
    for _ in range(3):
        waiting(queue)
    screen = Screen(enter(people.ann), live_server.url, queue).open()

    screen.press("r", "1", "j", "2").leave("Control+Enter")

    told = screen.page.locator(".told")
    expect(told).to_contain_text("Not as expected")
    expect(told).to_contain_text("It says")
    expect(screen.page.locator(".desk .read")).to_be_focused()
    screen.press("t")
    expect(told).to_have_count(0)
    screen.press("a", "1").leave("Control+Enter")
    assert ServedCheck.objects.get().seen_at is not None
    assert Review.objects.filter(person=people.ann).count() == 2
