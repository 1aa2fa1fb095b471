"""Dry runs and looks at policies through the API, as a program with a key sees them."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.models import Person
from queues import jobs
from queues.models import DryRun, Job
from tests.factories import projects
from tests.factories.people import api_key
from tests.factories.policies import first_policy
from tests.factories.projects import Cast
from tests.factories.traffic import came
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db
RULE = {
    "name": "all",
    "kind": "uncertain",
    "queue": "answers",
    "measure": "mean_nll",
    "by": "value",
    "threshold": 0,
}
AUDIT = {"name": "audit", "kind": "random_audit", "queue": "answers", "rate": 0.1}


class Caller:
    """A program of one person in one project."""

    def __init__(self, cast: Cast, person: Person) -> None:
        self._key = api_key(cast.project, person)[1]
        self._path = f"/api/v1/projects/{cast.project.slug}/"

    def __call__(self, method: str, place: str, body: object = None) -> Any:
        client = Client(headers={"Authorization": f"Bearer {self._key}"})
        sent = b"" if body is None else orjson.dumps(body)
        return client.generic(method, self._path + place, sent, "application/json")


@pytest.fixture
def cast() -> Cast:
    cast = projects.cast()
    first_policy(cast.project, [queue_in(cast.project, slug=slug) for slug in ("answers", "safety")])
    return cast


@pytest.fixture
def lead(cast: Cast) -> Caller:
    return Caller(cast, cast.lee)


def document(*rules: Mapping[str, object]) -> dict[str, object]:
    return {"schema": "policy/1", "rules": list(rules)}


def test_a_dry_run_is_asked_for_watched_and_read(cast: Cast, lead: Caller) -> None:
    came(cast.project, {"mean_nll": 1.0})

    asked = lead("POST", "policies:dry-run", {"document": document(RULE), "last": 100})
    waiting = lead("GET", f"dry-runs/{asked.json()['id']}")
    jobs.run_job(Job.objects.get().pk)
    done = lead("GET", f"dry-runs/{asked.json()['id']}")

    assert asked.status_code == 202
    assert asked.headers["Location"].endswith(f"/dry-runs/{asked.json()['id']}")
    assert (waiting.json()["state"], waiting.json()["result"]) == ("waiting", None)
    assert done.json()["state"] == "done"
    assert done.json()["result"]["rules"][0]["picked"] == 1
    assert done.json()["compared_with"] == 1
    assert [line["state"] for line in lead("GET", "dry-runs").json()["items"]] == ["done"]


def test_a_version_is_asked_about_by_its_number(lead: Caller) -> None:
    asked = lead("POST", "policies:dry-run", {"version": 1, "last": 10})

    assert (asked.status_code, asked.json()["version"]) == (202, 1)
    assert len(asked.json()["document"]["rules"]) == 3
    assert lead("POST", "policies:dry-run", {"version": 9, "last": 10}).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"version": 1, "document": document()}, ""),
        ({"version": 1, "last": 0}, "/last"),
        ({"version": 1, "last": 100_001}, "/last"),
        ({"version": 1, "last": "10"}, "/last"),
        ({"document": document({**AUDIT, "rate": 2})}, "/document/rules/0/rate"),
        ({"document": {"schema": "policy/1"}}, "/document/rules"),
        ({"version": 1, "how": "fast"}, "/how"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_place(
    lead: Caller, body: dict[str, object], pointer: str
) -> None:
    refused = lead("POST", "policies:dry-run", body)

    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert not DryRun.objects.exists()


def test_a_cancelled_one_is_not_done_and_stays_cancelled(cast: Cast, lead: Caller) -> None:
    number = lead("POST", "policies:dry-run", {"version": 1}).json()["id"]

    cancelled = lead("POST", f"dry-runs/{number}:cancel", {})
    jobs.run_job(Job.objects.get().pk)
    again = lead("POST", f"dry-runs/{number}:cancel", {})

    assert cancelled.json()["state"] == again.json()["state"] == "cancelled"
    assert DryRun.objects.get().result is None


def test_no_more_than_three_are_under_way_in_a_project(lead: Caller) -> None:
    numbers = [lead("POST", "policies:dry-run", {"version": 1}).json()["id"] for _ in range(3)]

    refused = lead("POST", "policies:dry-run", {"version": 1})
    lead("POST", f"dry-runs/{numbers[0]}:cancel", {})
    after = lead("POST", "policies:dry-run", {"version": 1})

    assert (refused.status_code, after.status_code) == (409, 202)


def test_who_may_not_tune_reads_and_asks_nothing(cast: Cast, lead: Caller) -> None:
    number = lead("POST", "policies:dry-run", {"version": 1}).json()["id"]
    engineer, annotator = Caller(cast, cast.mel), Caller(cast, cast.ann)

    assert engineer("GET", f"dry-runs/{number}").status_code == 200
    assert engineer("POST", "policies:dry-run", {"version": 1}).status_code == 403
    assert engineer("POST", f"dry-runs/{number}:cancel", {}).status_code == 403
    assert annotator("GET", "dry-runs").status_code == 403


def test_a_dry_run_of_another_project_is_not_found(cast: Cast, lead: Caller) -> None:
    number = lead("POST", "policies:dry-run", {"version": 1}).json()["id"]
    key = api_key(cast.other, cast.sam)[1]
    client = Client(headers={"Authorization": f"Bearer {key}"})

    answer = client.get(f"/api/v1/projects/{cast.other.slug}/dry-runs/{number}")

    assert answer.status_code == 404


def test_a_document_is_checked_without_being_stored(lead: Caller) -> None:
    wrong = lead("POST", "policies:check", {"document": document({**AUDIT, "rate": 2})})
    surprising = lead("POST", "policies:check", {"document": document(RULE)})
    sound = lead("POST", "policies:check", {"document": document(AUDIT)})

    assert [fault["pointer"] for fault in wrong.json()["faults"]] == ["/rules/0/rate"]
    assert [fault["code"] for fault in surprising.json()["warnings"]] == ["policy.no_audit"]
    assert sound.json() == {"faults": [], "warnings": []}
    assert len(lead("GET", "policies").json()["items"]) == 1


def test_a_version_says_what_it_changed(lead: Caller) -> None:
    lead("POST", "policies", {"document": document(AUDIT), "reason": "Less."})

    changed = lead("GET", "policies/2/changes").json()
    first = lead("GET", "policies/1/changes").json()

    told = {(change["rule"], change["what"]) for change in changed["changes"]}
    assert told == {("audit", "changed"), ("uncertain", "removed"), ("safety", "removed")}
    rate = next(change["fields"]["rate"] for change in changed["changes"] if change["rule"] == "audit")
    assert rate == [0.05, 0.1]
    assert (first["from_version"], [change["what"] for change in first["changes"]]) == (None, ["added"] * 3)
    assert lead("GET", "policies/2/changes?against=2").json()["changes"] == []
    assert lead("GET", "policies/2/changes?against=x").status_code == 400
    assert lead("GET", "policies/1/changes?against=9").status_code == 404


def test_text_that_no_database_keeps_is_refused_with_its_place(lead: Caller) -> None:
    rule: dict[str, object] = {
        "name": "a", "kind": "attribute", "queue": "answers", "attribute": "segment", "values": ["a\0"]
    }  # fmt: skip

    refused = lead("POST", "policies", {"document": document(rule), "reason": "Why not."})

    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/document/rules/0/values/0"]
