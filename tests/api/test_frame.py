"""The frame of the API: who calls, what is refused, and how each refusal reads."""

import json
import logging
import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import actions, keys
from accounts.actor import SYSTEM, Actor
from accounts.models import Event
from accounts.roles import Permission
from queues.api import rate_limit
from tests.api.conftest import Program
from tests.factories.people import api_key, expired
from tests.factories.projects import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.frame_urls")]


def assert_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/problem+json")
    body: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(body)
    assert body["status"] == status
    assert body["instance"] == response.headers["X-Request-Id"]
    assert re.fullmatch(r"urn:reviewapp:problem:[a-z_]+", body["type"])
    return body


@pytest.fixture
def lee(people: Cast) -> Program:
    return Program(people, people.lee)


def test_a_key_gets_an_answer(lee: Program) -> None:
    assert lee.get("things").status_code == 200
    assert lee.post("things", {"name": "x"}).status_code == 201


def test_an_answer_stays_out_of_caches_and_carries_its_id(lee: Program) -> None:
    response = lee.get("things")

    assert "no-store" in response.headers["Cache-Control"]
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-Id"])


def test_a_key_costs_two_statements_before_the_view(lee: Program) -> None:
    lee.get("things/1")  # notes the key's use and makes its bucket

    with CaptureQueriesContext(connection) as queries:
        lee.get("things/1")

    assert len(queries) == 2  # key with project and permissions; one token from its bucket


def test_a_session_costs_four_statements_before_the_view(people: Cast) -> None:
    client = Client()
    client.force_login(people.lee)
    address = f"/api/v1/projects/{people.project.slug}/things/1"
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        client.get(address)

    assert len(queries) == 4  # session, person, bucket, project with permissions


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer  {key}", "Basic {key}", "Bearer {key}x", "Bearer ü", "Bearer null",
     "Bearer " + "k" * 9000, "{key}", "Bearer {key} {key}", "Token {key}"],
)  # fmt: skip
def test_a_wrong_authorization_is_refused(lee: Program, header: str) -> None:
    client = Client(headers={"Authorization": header.replace("{key}", lee.text)})

    response = client.get(lee.base + "things")

    assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert lee.text not in response.content.decode()


def test_no_key_is_refused_also_one_in_the_query(people: Cast, lee: Program) -> None:
    assert_problem(Client().get(lee.base + "things"), 401)
    assert_problem(Client().get(lee.base + f"things?api_key={lee.text}"), 401)


def test_dead_keys_get_the_same_answer(people: Cast) -> None:
    revoked, old, disabled = (
        Program(people, people.lee),
        Program(people, people.lee),
        Program(people, people.mel),
    )
    keys.revoke(revoked.key, by=Actor(people.lee.pk))
    expired(old.key)
    actions.set_active(people.mel, is_active=False, by=SYSTEM)

    answers = [assert_problem(program.get("things"), 401) for program in (revoked, old, disabled)]

    assert len({answer["detail"] for answer in answers}) == 1


def test_a_role_without_the_permission_is_refused(people: Cast) -> None:
    assert_problem(Program(people, people.ann).get("things"), 403)
    assert_problem(Program(people, people.mel).post("things", {"name": "x"}), 403)
    assert not Event.objects.filter(kind="thing.made").exists()


@pytest.mark.parametrize("scope", Permission)
def test_a_scope_opens_only_what_it_names(people: Cast, scope: Permission) -> None:
    program = Program(people, people.olga, scope)

    assert program.get("things").status_code == (200 if scope == Permission.READ else 403)
    assert program.post("things", {"name": "x"}).status_code == (201 if scope == Permission.TUNE else 403)


def test_another_project_reads_like_no_project(people: Cast) -> None:
    _key, text = api_key(people.other, people.sam)
    client = Client(headers={"Authorization": f"Bearer {text}"})

    foreign = assert_problem(client.get(f"/api/v1/projects/{people.project.slug}/things"), 404)
    unknown = assert_problem(client.get("/api/v1/projects/nowhere/things"), 404)

    assert foreign["detail"].replace(people.project.slug, "") == unknown["detail"].replace("nowhere", "")


def test_a_page_needs_its_csrf_token(people: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.lee)
    address = f"/api/v1/projects/{people.project.slug}/things"

    assert client.get(address).status_code == 200
    assert_problem(client.post(address, {"name": "x"}, content_type="application/json"), 403)
    assert not Event.objects.filter(kind="thing.made").exists()


def test_a_one_time_password_does_not_open_the_api(people: Cast) -> None:
    people.lee.temporary_until = people.lee.created_at
    people.lee.save(update_fields=["temporary_until"])
    client = Client()
    client.force_login(people.lee)

    assert_problem(client.get(f"/api/v1/projects/{people.project.slug}/things"), 401)


@pytest.mark.parametrize(
    ("method", "status"), [("PUT", 405), ("DELETE", 405), ("TRACE", 405), ("PROPFIND", 405), ("OPTIONS", 405)]
)
def test_another_method_is_refused(lee: Program, method: str, status: int) -> None:
    response = lee.client.generic(method, lee.base + "things")

    assert_problem(response, status)
    assert response.headers["Allow"]


@pytest.mark.parametrize("accept", ["application/xml", "text/html", "*/*;q=" + "9" * 300])
def test_other_media_types_are_not_given(lee: Program, accept: str) -> None:
    assert_problem(lee.get("things", Accept=accept), 406)


@pytest.mark.parametrize(
    "query",
    ["reviewer__password__startswith=p", "ordering=password", "format=xml", "offset=5", "a[]=1&a[1]=2",
     "role=god", "role=lead&role=owner", "role=%ff%fe", "role=%00", "number=0", "number=NaN",
     "limit=-1", "limit=0", "limit=abc", "limit=1000000000", "limit=1e3", "limit=", "limit=%D9%A1",
     "limit=1001", "cursor=AAAA", "cursor=%00", "cursor=", "cursor=" + "A" * 3000, "since=yesterday",
     "since=2025-13-01", "since=2025-01-01T00:00:00", "since=2025-01-01T00:00:00%2B99:00"],
)  # fmt: skip
def test_a_query_that_is_not_understood_is_refused(lee: Program, query: str) -> None:
    body = assert_problem(lee.get(f"things?{query}"), 400)

    assert "%s" not in body["detail"]


def test_a_fault_of_the_query_names_its_parameter(lee: Program) -> None:
    body = assert_problem(lee.get("things?colour=red&limit=3&limit=4"), 400)

    assert [(fault["pointer"], fault["code"]) for fault in body["errors"]] == [
        ("?colour", "parameter.unknown"),
        ("?limit", "parameter.repeated"),
    ]


@pytest.mark.parametrize(
    "thing", ["0x1", "-1", "1.0", "99999999999999999999", "%00", "..%2f..%2fadmin", "१", "1;2"]
)
def test_an_id_that_is_none_is_nothing(lee: Program, thing: str) -> None:
    assert_problem(lee.get(f"things/{thing}"), 404)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b"null", b'{"name": "x", "name": "y"}', b'{"count": NaN}',
     b'{"count": Infinity}', b'{"count": 1e999}', b'{"count": ' + b"9" * 5000 + b"}", b'{"name": "\xff"}',
     b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"parts":' * 70 + b"1" + b"}" * 70, b'{"name": "x"} trailing',
     b"{'name': 'x'}"],
)  # fmt: skip
def test_a_body_that_is_no_strict_json_is_refused(lee: Program, body: bytes) -> None:
    assert_problem(lee.post("things", body), 400)
    assert not Event.objects.filter(kind="thing.made").exists()


def test_every_fault_of_a_body_is_named_by_its_pointer(lee: Program) -> None:
    body = {"name": "x", "count": "3", "parts": [{}, {"weight": "1"}], "confidense": 1, "a/b~c": 1}

    faults = assert_problem(lee.post("things", body), 422)["errors"]

    pointers = {fault["pointer"] for fault in faults}
    assert pointers == {"/count", "/parts/1/weight", "/confidense", "/a~1b~0c"}


@pytest.mark.parametrize("name", ["", "a\x00b", "a\u202eb", " a", "a ", "x" * 201, "a\nb", "\ud800"])
def test_an_identifier_with_something_invisible_is_refused(lee: Program, name: str) -> None:
    faults = assert_problem(lee.post("things", {"name": name}), 422)["errors"]

    assert [fault["pointer"] for fault in faults] == ["/name"]


@pytest.mark.parametrize("count", [True, "1", 1.5, None, [1], {}])
def test_nothing_is_cast(lee: Program, count: object) -> None:
    assert (
        assert_problem(lee.post("things", {"name": "x", "count": count}), 422)["errors"][0]["pointer"]
        == "/count"
    )


def test_free_text_keeps_its_code_points(lee: Program) -> None:
    text = "  a\r\nb\u2028\u202e é e\u0301 \U0001f600 \x00\ud800  "

    assert lee.post("things", {"name": "x", "note": text}).json()["note"] == text.replace(
        "\x00", "\ufffd"
    ).replace("\ud800", "\ufffd")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_another_content_type_is_refused(lee: Program, kind: str) -> None:
    assert_problem(lee.client.post(lee.base + "things", b'{"name": "x"}', content_type=kind), 415)


def test_a_compressed_or_large_body_is_refused(lee: Program) -> None:
    assert_problem(lee.post("things", {"name": "x"}, Content_Encoding="gzip"), 415)
    assert_problem(lee.post("things", {"name": "x", "note": "x" * 1024 * 1024}), 413)
    assert_problem(lee.post("things", b" " * (18 * 1024 * 1024)), 413)


def test_a_refusal_of_ours_keeps_its_sentence(lee: Program) -> None:
    body = assert_problem(lee.post("things", {"name": "taken"}), 409)

    assert (body["type"], body["detail"]) == (
        "urn:reviewapp:problem:taken",
        "This thing is taken. Take another one.",
    )


def test_our_own_mistake_shows_nothing_of_the_inside(lee: Program) -> None:
    response = lee.post("things", {"name": "broken"})

    assert response.status_code == 500
    assert response.headers["Content-Type"].startswith("application/problem+json")
    assert b"secret" not in response.content
    assert b"Traceback" not in response.content


def test_a_database_that_is_away_is_a_pause(lee: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(caller: str) -> None:
        raise OperationalError("connection refused to 10.0.0.1")

    monkeypatch.setattr(rate_limit, "take", away)

    response = lee.get("things")

    assert "10.0.0.1" not in str(assert_problem(response, 503))
    assert int(response.headers["Retry-After"]) > 0


def test_an_unknown_address_and_host_read_like_any_refusal(lee: Program) -> None:
    assert_problem(lee.client.get("/api/v1/nowhere"), 404)
    assert_problem(lee.client.get(lee.base + "things", headers={"Host": "evil.example"}), 400)


def test_a_view_that_declares_nothing_is_closed(lee: Program) -> None:
    assert_problem(lee.client.get("/api/v1/undeclared"), 403)


def test_the_version_read_must_be_the_version_changed(lee: Program) -> None:
    etag = lee.get("things/1").headers["ETag"]
    address = lee.base + "things/1"

    assert lee.client.put(address, headers={"If-Match": etag}).status_code == 200
    assert_problem(lee.client.put(address), 428)
    for wrong in ('"wrong"', "W/" + etag, "*", "abc", f"{etag}, {etag}", '"' + "x" * 9000 + '"'):
        assert_problem(lee.client.put(address, headers={"If-Match": wrong}), 412)


def test_each_request_is_one_line_without_key_body_or_query(
    lee: Program, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("reviewapp.requests")
    log.addHandler(caplog.handler)
    try:
        lee.get("things?role=canary-query")
        lee.post("things", {"name": "x", "note": "canary-body"})
        lee.client.get("/api/v1/%1b[31m%0a{}")
    finally:
        log.removeHandler(caplog.handler)

    texts = list(dict.fromkeys(record.getMessage() for record in caplog.records if record.name == log.name))
    assert [json.loads(text)["status"] for text in texts] == [400, 201, 404]
    assert json.loads(texts[1])["person"] == lee.key.person_id
    assert json.loads(texts[1])["key"] == lee.key.pk
    assert all(text.isprintable() for text in texts)
    assert not re.search("canary|rk_", caplog.text)
