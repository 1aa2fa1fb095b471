"""A real browser in front of a real server, and people who sign in to it."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Dialog, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from tests.factories.projects import Cast, cast
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.flows.screen import Screen
from tests.flows.stack import Stack, running

# Playwright's loop runs in this thread; Django's guard against that is meant for async views.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

Enter = Callable[[Person], Page]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """ann reviews, lee leads, mel is the ML engineer, olga owns; sam is outside."""
    return cast()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product, started once; each test of it has a project of its own."""
    with running(tmp_path_factory.mktemp("var")) as group:
        yield group


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Playwright's page; every complaint of the browser fails the test."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: stay_or_go(dialog, complaints))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield page
    leave(page.context)
    assert complaints == []


@pytest.fixture
def enter(people: Cast, page: Page, live_server: LiveServer) -> Enter:
    """The browser's page, signed in as somebody."""

    def sign_in(person: Person) -> Page:
        client = Client()
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        return page

    return sign_in


def stay_or_go(dialog: Dialog, complaints: list[str]) -> None:
    """Go, where the browser asks about text that is not stored; no page of ours opens another dialog."""
    if dialog.type != "beforeunload":
        complaints.append(f"dialog: {dialog.message}")
    dialog.accept()


def leave(context: BrowserContext) -> None:
    """Leave every page, and let what they send on the way out reach the server before the tables go."""
    for page in context.pages:
        page.goto("about:blank")
    context.set_offline(True)
    context.pages[0].wait_for_timeout(300)


@pytest.fixture
def screen(people: Cast, enter: Enter, live_server: LiveServer) -> Screen:
    """Ann at the review screen of a queue in which six items wait."""
    queue = queue_in(people.project, form={**FORM, "questions": [{**TONE, "required": False}]})
    for number in range(6):
        waiting(
            queue,
            output_text=f"Answer {number}. Refunds are instant, and so is everything else.",
            priority=90 - number,
        )
    return Screen(enter(people.ann), live_server.url, queue).open()
