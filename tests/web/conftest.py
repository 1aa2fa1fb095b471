"""Browsers without a browser: the test client, signed in as one of the cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from tests.factories.projects import Cast, cast
from tests.factories.work import queue_in, waiting
from tests.web.reviewing import Reviewer

SignIn = Callable[[Person], Client]


@pytest.fixture
def people() -> Cast:
    """ann reviews, lee leads, mel is the ML engineer, olga owns; sam owns another project."""
    return cast()


@pytest.fixture
def signed_in() -> SignIn:
    """A client that is signed in as this person."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def ann(people: Cast) -> Reviewer:
    """Ann in front of a queue in which three items wait."""
    queue = queue_in(people.project)
    for _ in range(3):
        waiting(queue)
    return Reviewer(people.ann, queue)
