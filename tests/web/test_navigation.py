"""The bar leads only where a person may go, and nowhere that does not exist."""

import re

import pytest
from django.urls import reverse

from queues.web.navigation import PLACES
from tests.factories.projects import Cast
from tests.factories.work import queue_in
from tests.web.reviewing import Reviewer


@pytest.mark.parametrize("name", [name for _permission, _label, name in PLACES])
def test_every_place_of_the_bar_exists(name: str) -> None:
    assert reverse(name, args=["support"]).startswith("/projects/support/")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ann", "lee", "mel", "olga"])
def test_every_link_of_the_bar_opens(people: Cast, who: str) -> None:
    visitor = Reviewer(getattr(people, who), queue_in(people.project))
    page = visitor.client.get(f"{visitor.project_url}/queues/")

    bar = re.search(r'<nav class="places".*?</nav>', page.content.decode(), re.DOTALL)
    places = re.findall(r'href="([^"]+)"', bar[0] if bar else "")

    assert places
    assert [visitor.client.get(url).status_code for url in places] == [200] * len(places)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ann", "lee", "mel"])
def test_every_link_of_a_persons_own_menu_opens(people: Cast, who: str) -> None:
    visitor = Reviewer(getattr(people, who), queue_in(people.project))

    for address in (f"{visitor.project_url}/queues/", "/"):
        page = visitor.client.get(address).content.decode()
        menu = re.search(r'<details class="menu".*?</details>', page, re.DOTALL)
        own = re.findall(r'<a href="([^"]+)"', menu[0] if menu else "")

        assert [visitor.client.get(url).status_code for url in own] == [200] * len(own)
        assert (f"{visitor.project_url}/history/" in own) == (who != "mel")
