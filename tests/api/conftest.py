"""Programs that call the API, and the cast of `tests.factories.projects`."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from accounts.roles import Permission
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


class Program:
    """A client with a key that sends and reads JSON."""

    def __init__(self, people: Cast, person: Person, *scopes: Permission) -> None:
        self.key, self.text = api_key(people.project, person, *scopes)
        self.client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {self.text}"})
        self.base = f"/api/v1/projects/{people.project.slug}/"

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(self.base + path, headers=_named(headers))

    def post(self, path: str, body: object, **headers: str) -> Any:
        """body: bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            self.base + path, data, content_type="application/json", headers=_named(headers)
        )


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
