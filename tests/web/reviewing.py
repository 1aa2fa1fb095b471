"""One annotator at the review screen, by HTTP: what her pages carry and what she posts."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import Person
from queues.models import Queue

AS_SCRIPT = {"HX-Request": "true"}
_DESK = re.compile(r'data-slot="(\d+)" data-token="([0-9a-f-]{36})"')


@dataclass(frozen=True)
class OnScreen:
    """The item that a page or fragment shows: the first one in it."""

    slot: int
    token: str


def on_screen(response: Any) -> OnScreen:
    """The item of an answer; fails when there is none."""
    found = _DESK.search(response.content.decode())
    assert found, response.content.decode()[:2000]
    return OnScreen(int(found[1]), found[2])


@dataclass
class Reviewer:
    """A signed-in person in front of one queue."""

    person: Person
    queue: Queue
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.person)

    @property
    def project_url(self) -> str:
        return f"/projects/{self.queue.project.slug}"

    @property
    def page_url(self) -> str:
        return f"{self.project_url}/queues/{self.queue.slug}/review"

    # Any: the test client's answers carry more than HttpResponse (json, context).
    def open(self, *, as_script: bool = False, **query: int) -> Any:
        return self.client.get(self.page_url, query, headers=AS_SCRIPT if as_script else {})

    def ahead(self, *, beside: int) -> Any:
        return self.client.get(f"{self.page_url}/ahead", {"beside": beside}, headers=AS_SCRIPT)

    def post(self, item: OnScreen, action: str, *, as_script: bool = False, **fields: object) -> Any:
        address = f"{self.project_url}/slots/{item.slot}/{action}"
        return self.client.post(
            address, {"token": item.token, **fields}, headers=AS_SCRIPT if as_script else {}
        )

    def undo(self, review_id: int, *, as_script: bool = False) -> Any:
        address = f"{self.project_url}/reviews/{review_id}/undo"
        return self.client.post(address, headers=AS_SCRIPT if as_script else {})
