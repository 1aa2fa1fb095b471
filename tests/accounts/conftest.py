"""The cast of every test here: ann reviews, lee leads, mel is the ML engineer, olga owns; sam is outside."""

import pytest
from django.test import Client

from accounts.models import Person, Project
from tests.factories.projects import Cast, cast


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def project(people: Cast) -> Project:
    return people.project


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client
