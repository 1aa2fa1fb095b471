"""Every page of the routes, in a project in which each has something to show."""

import re

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.factories.projects import Cast, cast
from tests.flows.axe import Theme, wrong_on
from tests.flows.conftest import Enter
from tests.flows.furnished import furnish, pages_of

WIDTHS = (360, 768, 1280, 1920)
HOSTILE = "<img src=x onerror=alert(1)><b hx-get='/x' hx-trigger='load'>Refunds</b>\u202e are instant."


@pytest.mark.django_db(transaction=True)
def test_no_page_is_missing_and_none_writes_out_what_somebody_typed() -> None:
    people = cast()
    client = Client(raise_request_exception=False)
    client.force_login(people.olga)

    pages = pages_of(people, furnish(people, HOSTILE))
    answers = {route: client.get(address) for route, address in pages.items()}

    assert {route: answer.status_code for route, answer in answers.items() if answer.status_code != 200} == {}
    raw = re.compile(r"<img src=x|<b hx-get")
    assert [route for route, answer in answers.items() if raw.search(answer.content.decode())] == []
    showing = [route for route, answer in answers.items() if b"&lt;img src=x" in answer.content]
    assert len(showing) > 12, showing


# By default a third of the pages in the light theme and a third in the dark one.
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_many_pages(
    theme: Theme, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    pages = [*pages_of(people, furnish(people)).items()][theme == "dark" :: 3]
    page = enter(people.olga)

    wrong = {
        route: found
        for route, address in pages
        if (found := wrong_on(page, live_server.url + address, themes=[theme], also_at=360))
    }

    assert wrong == {}


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_any_page_in_both_themes_at_this_width(
    width: int, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    pages = pages_of(people, furnish(people))
    page = enter(people.olga)
    page.set_viewport_size({"width": width, "height": 900})

    wrong = {
        route: found
        for route, address in pages.items()
        if (found := wrong_on(page, live_server.url + address))
    }

    assert wrong == {}


# What a role may not see is refused to it; what it sees has other actions than the owner's.
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("who", ["lee", "mel", "ann"])
def test_axe_finds_nothing_on_the_pages_of_this_role(
    who: str, width: int, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    pages = pages_of(people, furnish(people))
    client = Client()
    client.force_login(getattr(people, who))
    seen = {route: address for route, address in pages.items() if client.get(address).status_code == 200}
    page = enter(getattr(people, who))
    page.set_viewport_size({"width": width, "height": 900})

    wrong = {
        route: found
        for route, address in seen.items()
        if (found := wrong_on(page, live_server.url + address))
    }

    assert len(seen) > 10
    assert wrong == {}
