"""A session holds while it lasts, and only one that the server has made."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.session_store import SessionStore
from tests.factories.projects import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_session_that_has_ended_signs_nobody_in(people: Cast) -> None:
    client = of(people.ann)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client.get("/me/").status_code == 302


def test_a_key_that_the_server_has_not_made_is_not_taken_on() -> None:
    planted = SessionStore("a" * 32)

    assert planted.load() == {}
    assert planted.session_key is None


def test_a_session_keeps_what_is_put_into_it(people: Cast) -> None:
    client = of(people.ann)

    stored = SessionStore(client.session.session_key)

    assert stored[SESSION_KEY] == str(people.ann.pk)


@pytest.mark.parametrize("key", ["\0" + "a" * 31, "\ud800" + "a" * 31, "a" * 5_000, "ä" * 32])
def test_a_cookie_that_no_key_can_be_signs_nobody_in(key: str) -> None:
    assert SessionStore(key).load() == {}


def test_a_cookie_with_a_zero_byte_leads_to_the_login() -> None:
    client = Client(headers={"Cookie": 'session="\\000aaaaaaaaaaaaaaaa"'})

    assert client.get("/me/").status_code == 302
