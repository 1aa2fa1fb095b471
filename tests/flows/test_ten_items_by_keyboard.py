"""The demo's annotator logs in and reviews ten items without touching the mouse."""

import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from queues.models import Queue, Review, Skip
from tests.flows.screen import Screen


@pytest.fixture
def demo(transactional_db: None, tmp_path: Path) -> Queue:
    """The demo project, loaded as `make demo` loads it."""
    call_command("load_demo", verbosity=0)
    return Queue.objects.get(slug="answers")


def test_the_annotator_of_the_demo_reviews_ten_items_with_the_keyboard_alone(
    demo: Queue, page: Page, live_server: LiveServer
) -> None:
    ann = Person.objects.get(email="ann@example.com")
    before = Review.objects.filter(person=ann).count()
    log_in(page, live_server.url, ann.email)
    page.goto(f"{live_server.url}/projects/{demo.project.slug}/queues/{demo.slug}/review")
    screen = Screen(page, live_server.url, demo).settle()

    decide(screen, "a")
    decide(screen, "a")
    correct(screen, "It takes five business days. ")
    decide(screen, "r", "2", "Control+Enter")
    escalate(screen, "Is this still our policy?")
    skipped = screen.slot
    screen.press("s").leave("4")
    decide(screen, "a")
    undone = screen.slot
    decide(screen, "a")
    screen.press("z")
    page.wait_for_function("slot => document.querySelector('.desk').dataset.slot == slot", arg=str(undone))
    screen.settle()
    decide(screen, "r", "1", "3", "Control+Enter")
    for _ in range(3):
        decide(screen, "a")

    given = list(Review.objects.filter(person=ann).order_by("pk"))[before:]
    standing = [review for review in given if review.withdrawn_at is None]
    assert len(standing) == 10
    assert Counter(review.decision for review in standing) == {
        "approve": 6,
        "reject": 2,
        "correct": 1,
        "escalate": 1,
    }
    assert Skip.objects.get(person=ann, item__slots=skipped).reason == "too_hard"
    assert [review.decision for review in given if review.slot_id == undone] == ["approve", "reject"]
    [corrected] = [review for review in standing if review.decision == "correct"]
    assert str(corrected.corrected_text).startswith("It takes five business days. ")
    assert len(corrected.reasons) == 2


def log_in(page: Page, server: str, email: str) -> None:
    """With the password that the demo's card shows, by keyboard."""
    card = json.loads((settings.ENV.var / "demo.json").read_text())
    [password] = [login["password"] for login in card["logins"] if login["email"] == email]
    page.goto(f"{server}/login/")
    page.locator("[name=email]").focus()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server}/")


def decide(screen: Screen, *keys: str) -> None:
    """Press the keys of a decision; answer what the queue asks, and give a reason where a filter objected."""
    before = screen.slot
    if screen.page.locator("details.veil:not([open])").count():
        screen.press("x")
    screen.press(*keys)
    for _ in range(4):
        screen.page.wait_for_timeout(150)
        if screen.slot != before or not screen.page.locator(".said .notice").count():
            break
        screen.press("1", "Control+Enter")  # the focus is on what is missing
    screen.page.wait_for_function(
        "slot => document.querySelector('.desk').dataset.slot != slot", arg=str(before)
    )
    screen.settle()


def correct(screen: Screen, text: str) -> None:
    """Write at the beginning of the copy, leave it, give two reasons."""
    screen.press("c").type(text)
    decide(screen, "Escape", "1", "2", "Control+Enter")


def escalate(screen: Screen, question: str) -> None:
    """E leads into the note."""
    screen.press("e").type(question)
    decide(screen, "Control+Enter")
