"""Policies through the API, as a program with a key sees them."""

from typing import Any

import orjson
import pytest
from django.test import Client
from django.urls import path

from accounts.models import Person
from queues.api.policies import ActivePolicyView, PoliciesView, PolicySchemaView, PolicyView
from queues.models import Policy
from tests.factories import projects
from tests.factories.people import api_key
from tests.factories.policies import first_policy
from tests.factories.projects import Cast
from tests.factories.work import queue_in

urlpatterns = [
    path("api/v1/projects/<slug:slug>/policies", PoliciesView.as_view()),
    path("api/v1/projects/<slug:slug>/policies/schema", PolicySchemaView.as_view()),
    path("api/v1/projects/<slug:slug>/policies/active", ActivePolicyView.as_view()),
    path("api/v1/projects/<slug:slug>/policies/<int:version>", PolicyView.as_view()),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Caller:
    """A program of one person, at the policies of one project."""

    def __init__(self, cast: Cast, person: Person) -> None:
        self._key = api_key(cast.project, person)[1]
        self._path = f"/api/v1/projects/{cast.project.slug}/policies"

    def __call__(self, method: str, place: str = "", body: object = None, **headers: str) -> Any:
        client = Client(headers={"Authorization": f"Bearer {self._key}", **headers})
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


def _audit(**changes: object) -> dict[str, object]:
    rule = {"name": "audit", "kind": "random_audit", "queue": "answers", "rate": 0.1, **changes}
    return {"document": {"schema": "policy/1", "rules": [rule]}, "reason": "A larger audit."}


def test_a_lead_writes_a_version_and_puts_it_in_force(lead: Caller) -> None:
    etag = lead("GET", "/active").headers["ETag"]

    created = lead("POST", body=_audit())
    activated = lead("PUT", "/active", {"version": 2, "reason": "Agreed on Monday."}, **{"If-Match": etag})

    assert (created.status_code, created.json()["is_active"]) == (201, False)
    assert created.headers["Location"].endswith("/policies/2")
    assert (activated.status_code, activated.json()["is_active"]) == (200, True)
    assert [policy["version"] for policy in lead("GET").json()["items"]] == [2, 1]
    assert lead("GET", "/active").json()["document"]["rules"][0]["rate"] == 0.1


def test_who_has_not_seen_the_version_in_force_cannot_replace_it(lead: Caller) -> None:
    etag = lead("GET", "/active").headers["ETag"]
    lead("POST", body=_audit())
    lead("POST", body=_audit(rate=0.2))
    lead("PUT", "/active", {"version": 2, "reason": "First."}, **{"If-Match": etag})

    late = lead("PUT", "/active", {"version": 3, "reason": "Second."}, **{"If-Match": etag})
    blind = lead("PUT", "/active", {"version": 3, "reason": "Second."})

    assert (late.status_code, blind.status_code) == (412, 428)


def test_a_wrong_document_is_refused_by_pointers_into_the_body(lead: Caller) -> None:
    refused = lead("POST", body=_audit(rate=2))
    elsewhere = lead("POST", body=_audit(queue="nowhere"))

    assert refused.status_code == elsewhere.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/document/rules/0/rate"]
    assert [fault["pointer"] for fault in elsewhere.json()["errors"]] == ["/document/rules/0/queue"]


@pytest.mark.parametrize("reason", ["", "  ", 5, None])
def test_a_version_needs_a_reason(lead: Caller, reason: object) -> None:
    refused = lead("POST", body=_audit() | {"reason": reason})

    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/reason"]


def test_the_salt_is_in_no_answer(cast: Cast, lead: Caller) -> None:
    lead("POST", body=_audit() | {"rotate_salt": True})
    salts = Policy.objects.values_list("salt", flat=True)

    texts = [lead("GET", place).content.decode() for place in ("", "/1", "/2", "/active")]

    assert len(set(salts)) == 2
    assert not any(salt in text or "salt" in text for salt in salts for text in texts)


def test_readers_read_and_only_leads_tune(cast: Cast) -> None:
    engineer, annotator = Caller(cast, cast.mel), Caller(cast, cast.ann)

    assert engineer("GET", "/active").status_code == engineer("GET", "/schema").status_code == 200
    assert engineer("POST", body=_audit()).status_code == 403
    assert annotator("GET").status_code == 403


def test_a_version_that_does_not_exist_is_not_found(lead: Caller) -> None:
    etag = lead("GET", "/active").headers["ETag"]

    assert lead("GET", "/99").status_code == 404
    missing = lead("PUT", "/active", {"version": 99, "reason": "Typo."}, **{"If-Match": etag})
    assert missing.status_code == 404
