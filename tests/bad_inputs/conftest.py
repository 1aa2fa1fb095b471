"""A project with a policy and a key, and the table of what was tried, printed at the end of the run."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.actor import Actor
from accounts.models import Project
from accounts.roles import Permission, Role
from queues.models import Queue
from queues.route import policies
from tests.bad_inputs.canonical import PROJECT
from tests.factories.people import api_key
from tests.factories.projects import ProjectFactory, member
from tests.factories.work import queue_in

_POLICY = {
    "schema": "policy/1",
    "rules": [
        {
            "kind": "uncertain",
            "name": "unsure",
            "queue": "unsure",
            "measure": "client_confidence",
            "by": "value",
            "threshold": 0.9,
        },
        {"kind": "safety_flagged", "name": "unsafe", "queue": "unsafe", "min_severity": "low"},
        {"kind": "random_audit", "name": "audit", "queue": "audit", "rate": 0.05},
    ],
}


@dataclass(frozen=True, slots=True)
class Sender:
    """A program with a key of the project that the corpus speaks of, over HTTP."""

    client: Client
    project: Project
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"HTTP_AUTHORIZATION": f"Bearer {self.key}"}

    def address(self, rest: str, project: str | None = None) -> str:
        return f"/api/v1/projects/{self.project.slug if project is None else project}/{rest}"


@pytest.fixture
def sender(db: None) -> Sender:
    """With one queue per reason to review."""
    project = ProjectFactory.create(slug=PROJECT)
    engineer = member(project, Role.ML_ENGINEER)
    for slug in ("unsure", "unsafe", "audit"):
        queue: Queue = queue_in(project, slug=slug, name=slug)
        assert queue.pk
    policy = policies.new_version(project.pk, document=_POLICY, by=Actor(engineer.pk), reason="for the test")
    policies.activate(project.pk, policy.version, by=Actor(engineer.pk), reason="for the test")
    _key, text = api_key(project, engineer, Permission.PUSH, Permission.READ)
    found = Sender(Client(raise_request_exception=False), project, text)
    # The first request of a process loads the application: no row is to be timed for that.
    found.client.get(found.address("predictions"), headers={"Authorization": f"Bearer {text}"})
    return found


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves no trace: each row starts from the same project."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Tally:
    """Rows of one test; kept with the test's report, so that it survives a run on several processes."""

    def __init__(self, file: str, properties: list[Any]) -> None:
        self.told: dict[str, Any] = {
            "file": file,
            "tried": 0,
            "server_errors": 0,
            "slowest": 0.0,
            "failed": {},
            "not_yet": {},
        }
        properties.append(("bad_inputs", self.told))

    def note(self, row_id: str, *, status: int, seconds: float, wrong: list[str]) -> None:
        """One row and what was wrong with its outcome."""
        self.told["tried"] += 1
        self.told["server_errors"] += status >= 500
        self.told["slowest"] = max(self.told["slowest"], seconds)
        if wrong:
            self.told["failed"][row_id] = wrong

    def leave_out(self, row_id: str, why: str) -> None:
        """One row about a thing that does not exist yet."""
        self.told["not_yet"][row_id] = why

    @property
    def failed(self) -> dict[str, list[str]]:
        return self.told["failed"]


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Any:
    """Makes the tally of a file."""
    return lambda file: Tally(file, request.node.user_properties)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    told = defaultdict(list)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, value in report.user_properties:
                    if name == "bad_inputs":
                        told[value["file"]].append(value)
    for file, parts in sorted(told.items()):
        tried, errors = sum(p["tried"] for p in parts), sum(p["server_errors"] for p in parts)
        failed = [row_id for p in parts for row_id in p["failed"]]
        slowest = max(p["slowest"] for p in parts)
        not_yet = Counter(why for p in parts for why in p["not_yet"].values())
        terminalreporter.write_line(
            f"{file}: {tried} rows, {tried - len(failed)} allowed outcome, {errors} 5xx, "
            f"slowest {slowest:.2f} s{', failed ' + ' '.join(failed) if failed else ''}"
        )
        for why, count in not_yet.items():
            terminalreporter.write_line(f"{file}: {count} rows not yet: {why}")
