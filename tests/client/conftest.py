"""The client against the real application, without a socket between them."""

from typing import Any

import httpx
import pytest
from django.test import Client

from reviewapp.client.server import Server
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


_OF_THE_LINE = {"content-type", "content-length", "host", "connection"}


class Line(httpx.BaseTransport):
    """To the application, but for what goes wrong on the way: a list of what happens to the next requests."""

    def __init__(self) -> None:
        self._application = Client(raise_request_exception=False)
        self.mishaps: list[Any] = []
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        mishap = self.mishaps.pop(0) if self.mishaps else None
        if isinstance(mishap, Exception):
            raise mishap
        if isinstance(mishap, httpx.Response):
            return mishap
        answer = self._application.generic(
            request.method,
            request.url.raw_path.decode(),
            request.read(),
            content_type=request.headers.get("Content-Type", ""),
            headers={name: value for name, value in request.headers.items() if name not in _OF_THE_LINE},
        )
        response = httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)
        return mishap(response) if mishap else response


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def waits() -> list[float]:
    """How long the client would have waited."""
    return []


@pytest.fixture
def said() -> list[str]:
    """What the client would have told the person."""
    return []


@pytest.fixture
def server(people: Cast, line: Line, waits: list[float], said: list[str]) -> Server:
    _key, text = api_key(people.project, people.mel)
    return Server(
        "http://testserver", people.project.slug, text, say=said.append, sleep=waits.append, transport=line
    )
