"""A signed-in person calls the API from a page: JSON with the page's CSRF token is taken, without it not."""

import re

import pytest
from django.test import Client

from tests.factories.projects import Cast, cast

pytestmark = pytest.mark.django_db

BODY = {"golden_id": "g-1", "input": {"prompt": "How long?"}, "target": "Five days.", "reason": "known"}


@pytest.fixture
def people() -> Cast:
    return cast()


def _post(people: Cast, **headers: str) -> int:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.lee)
    page = client.get(f"/projects/{people.project.slug}/").content.decode()
    token = re.search(r'"X-CSRFToken": "(\w+)"', page)
    sent = {name: value or (token[1] if token else "") for name, value in headers.items()}
    url = f"/api/v1/projects/{people.project.slug}/golden"
    return client.post(url, BODY, content_type="application/json", headers=sent).status_code


def test_with_the_token_of_the_page_json_is_taken(people: Cast) -> None:
    assert _post(people, **{"X-CSRFToken": ""}) == 201


def test_without_it_nothing_is_done(people: Cast) -> None:
    assert _post(people) == 403
