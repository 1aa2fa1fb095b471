"""The bar leads only where a person may go, and nowhere that does not exist."""

import re
from typing import Any

import pytest
from django.urls import reverse

from queues.web.navigation import PLACES
from tests.factories.projects import Cast
from tests.factories.work import queue_in
from tests.web.reviewing import Reviewer

BAR = '<nav class="places".*?</nav>'
MENU = '<details class="menu".*?</details>'


def links(page: Any, part: str) -> dict[str, str]:
    """What a part of a page leads to: address → words."""
    found = re.search(part, page.content.decode(), re.DOTALL)
    return dict(re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', found[0])) if found else {}


@pytest.mark.parametrize("name", [name for _permission, _label, name in PLACES])
def test_every_place_of_the_bar_exists(name: str) -> None:
    assert reverse(name, args=["support"]).startswith("/projects/support/")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ann", "lee", "mel", "olga"])
def test_every_link_of_the_bar_opens(people: Cast, who: str) -> None:
    visitor = Reviewer(getattr(people, who), queue_in(people.project))

    places = links(visitor.client.get(f"{visitor.project_url}/queues/"), BAR)

    assert places
    assert [visitor.client.get(url).status_code for url in places] == [200] * len(places)


OF_THE_PROJECT = ["My mentions", "My work"]
OF_REVIEWING = ["My decisions", "My drafts", "My figures", "My checks"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "own"),
    [("ann", OF_REVIEWING + OF_THE_PROJECT), ("lee", OF_REVIEWING + OF_THE_PROJECT), ("mel", OF_THE_PROJECT)],
)
def test_a_persons_own_menu_has_their_own_pages_and_no_others(people: Cast, who: str, own: list[str]) -> None:
    visitor = Reviewer(getattr(people, who), queue_in(people.project))

    menu = links(visitor.client.get(f"{visitor.project_url}/queues/"), MENU)
    at_home = links(visitor.client.get("/"), MENU)

    assert list(menu.values()) == ["My projects", *own, "Settings"]
    # Outside of a project there are a person's pages in the one where they review.
    assert list(at_home.values()) == ["My projects", *(own if who != "mel" else []), "Settings"]
    assert [visitor.client.get(url).status_code for url in menu] == [200] * len(menu)


@pytest.mark.django_db
def test_the_ml_engineers_bar_leads_to_all_there_is_to_read_and_not_to_disputes_or_people(
    people: Cast,
) -> None:
    visitor = Reviewer(people.mel, queue_in(people.project))

    bar = links(visitor.client.get(f"{visitor.project_url}/queues/"), BAR)

    readable = ["Overview", "Queues", "Agreement", "Overrides", "Predictions", "Feedback", "Golden"]
    assert list(bar.values()) == [*readable, "Datasets", "Policy", "Measures", "Audit log", "API keys"]
