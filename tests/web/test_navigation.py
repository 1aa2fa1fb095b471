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
