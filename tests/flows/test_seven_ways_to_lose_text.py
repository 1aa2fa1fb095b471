"""Nothing typed is lost in the seven ways in which text is lost elsewhere, twenty times each.

Each round types further text before what is there, lets one thing go wrong at another moment after the last
key, recovers as a person would, and finds every word of all rounds on the screen and in the draft.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.actor import Actor
from queues.assign import actions as assign
from queues.models import Draft, Slot
from tests.factories.people import PASSWORD
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.restarts import Restartable
from tests.flows.screen import Screen

MOMENTS_MS = (0, 40, 300, 620, 900, 1_600)  # around the pauses after which a draft is saved


@dataclass
class Desk:
    """Ann at her item, and the server that serves her."""

    screen: Screen
    server: Restartable

    def type(self, text: str) -> None:
        self.screen.press("c").type(text)

    def written(self) -> str:
        return self.screen.page.locator("[name=corrected_text]").input_value()

    def kept(self, expected: str) -> str:
        """The text of the draft, once it is this one; at the latest after eight seconds."""
        for _look in range(80):
            found = Draft.objects.first()
            text = str(found.content["corrected_text"]) if found else ""
            if text == expected:
                break
            self.screen.page.wait_for_timeout(100)
        return text

    def take_again(self) -> None:
        """As the sentence beside the form says."""
        self.screen.press("Escape").settle().press("l")
        self.screen.page.wait_for_function("() => !document.querySelector('.said .notice')")
        self.screen.settle()


Round = Callable[[Desk, str, int], None]


def session_ends(desk: Desk, text: str, moment: int) -> None:
    """And she signs in again in another tab, which gives all forms that are open another CSRF token."""
    page = desk.screen.page
    Session.objects.all().delete()
    desk.type(text)
    expect(page.locator("#offline")).to_contain_text("signed out")
    page.wait_for_timeout(moment)
    other = page.context.new_page()
    other.goto(f"{desk.screen.server}/login/")
    other.locator("[name=email]").fill(Slot.objects.get(pk=desk.screen.slot).person.email)  # type: ignore[union-attr]
    other.locator("[name=password]").fill(PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url(f"{desk.screen.server}/")
    other.close()
    page.bring_to_front()
    expect(page.locator("#offline")).to_be_hidden(timeout=10_000)


def lease_ends(desk: Desk, text: str, moment: int) -> None:
    slot = Slot.objects.get(pk=desk.screen.slot)
    assert slot.lease_token
    desk.type(text[:5])
    desk.screen.page.wait_for_timeout(moment)
    assign.give_back(slot.pk, token=slot.lease_token, by=Actor(slot.person_id))
    desk.screen.type(text[5:])
    expect(desk.screen.page.locator(".said")).to_contain_text("kept as a draft")
    desk.take_again()
    assert desk.screen.slot == slot.pk


def offline_for_ten_minutes(desk: Desk, text: str, moment: int) -> None:
    """The browser's clock goes on, so that the lease ends in its eyes."""
    page = desk.screen.page
    desk.type(text[:5])
    page.wait_for_timeout(moment)
    page.context.set_offline(True)
    desk.screen.type(text[5:])
    expect(page.locator("#offline")).to_be_visible()
    page.clock.fast_forward("10:00")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden(timeout=10_000)
    if desk.screen.page.locator(".said .notice").count():
        desk.take_again()


def server_restarted(desk: Desk, text: str, moment: int) -> None:
    page = desk.screen.page
    desk.type(text[:5])
    page.wait_for_timeout(moment)
    desk.server.stop()
    desk.screen.type(text[5:])
    expect(page.locator("#offline")).to_be_visible(timeout=10_000)
    desk.server.start()
    expect(page.locator("#offline")).to_be_hidden(timeout=10_000)


def back_and_forward(desk: Desk, text: str, moment: int) -> None:
    desk.type(text)
    desk.screen.page.wait_for_timeout(moment)
    desk.screen.page.go_back()
    desk.screen.page.go_forward()
    desk.screen.settle()


def reload(desk: Desk, text: str, moment: int) -> None:
    desk.type(text)
    desk.screen.page.wait_for_timeout(moment)
    desk.screen.page.reload()
    desk.screen.settle()


def another_tab_saved(desk: Desk, text: str, moment: int) -> None:
    """Both texts are shown; she takes the other's first half into her own."""
    page = desk.screen.page
    other = Screen(page.context.new_page(), desk.screen.server, desk.screen.queue).open()
    assert other.slot == desk.screen.slot
    other.press("c").type("Over there. ")
    expect(other.page.locator("#draft-state")).to_contain_text("draft saved")
    other.page.close()
    page.bring_to_front()
    desk.type(text)
    page.wait_for_timeout(moment)
    page.get_by_role("button", name="Compare and choose").click()
    dialog = page.locator("#draft-conflict")
    expect(dialog).to_contain_text("Over there. ")
    expect(dialog).to_contain_text(text.strip())
    dialog.get_by_role("button", name="Keep this window’s").click()


WAYS: dict[str, Round] = {
    way.__name__: way
    for way in (
        session_ends,
        lease_ends,
        offline_for_ten_minutes,
        server_restarted,
        back_and_forward,
        reload,
        another_tab_saved,
    )
}
# The others are looked at once by default in test_nothing_typed_is_lost.py.
ONCE = [pytest.param("server_restarted", 1, id="server_restarted-once")]
TWENTY = [pytest.param(way, 20, id=f"{way}-twenty", marks=pytest.mark.slow) for way in WAYS]


@pytest.fixture
def desk(people: Cast, enter: Enter, live_server: LiveServer) -> Iterator[Desk]:
    queue = queue_in(people.project)
    for number in range(3):
        waiting(queue, output_text="Refunds are instant.", priority=90 - number)
    server = Restartable()
    page = enter(people.ann)
    page.clock.install()
    page.goto(f"{server.url}/")
    yield Desk(Screen(page, server.url, queue).open(), server)
    page.goto("about:blank")
    server.stop()


@pytest.mark.parametrize(("way", "rounds"), [*ONCE, *TWENTY])
def test_every_word_is_there_afterwards(desk: Desk, way: str, rounds: int) -> None:
    expected = "Refunds are instant."

    for number in range(rounds):
        text = f"Round {number}: na\u00efve \U0001f600 words. "
        WAYS[way](desk, text, MOMENTS_MS[number % len(MOMENTS_MS)])
        expected = text + expected
        assert desk.written() == expected, f"on the screen, in round {number}"
        assert desk.kept(expected) == expected, f"in the draft, in round {number}"
        desk.screen.press("Escape").settle()
