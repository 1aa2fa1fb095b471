"""Sent twice, done once: Idempotency-Key; and lists that come in pages; and too many requests."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from accounts.models import Event, StoredAnswer
from accounts.roles import Permission, Role
from tests.api.conftest import Program
from tests.factories.locks import until_somebody_waits
from tests.factories.projects import Cast, member

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.frame_urls")]


@pytest.fixture
def lee(people: Cast) -> Program:
    return Program(people, people.lee)


def made() -> int:
    return Event.objects.filter(kind="thing.made").count()


def test_the_same_request_gets_the_same_answer_and_is_done_once(lee: Program) -> None:
    first = lee.post("things", {"name": "x"}, Idempotency_Key="k-1")
    again = lee.post("things", {"name": "x"}, Idempotency_Key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert made() == 1


def test_the_same_key_with_another_body_is_refused(lee: Program) -> None:
    lee.post("things", {"name": "x"}, Idempotency_Key="k-1")
    other = lee.post("things", {"name": "y"}, Idempotency_Key="k-1")

    assert other.status_code == 422
    assert other.json()["errors"][0]["code"] == "idempotency_key.other_body"
    assert made() == 1


def test_a_key_is_known_to_its_caller_only(people: Cast, lee: Program) -> None:
    other = Program(people, people.olga, Permission.TUNE)

    lee.post("things", {"name": "x"}, Idempotency_Key="k-1")
    answer = other.post("things", {"name": "y"}, Idempotency_Key="k-1")

    assert answer.status_code == 201
    assert made() == 2


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "ü", "a\r\nb", "a b", "a\x7f"])
def test_a_key_of_another_shape_is_refused(lee: Program, key: str) -> None:
    assert lee.post("things", {"name": "x"}, Idempotency_Key=key).status_code == 400
    assert made() == 0


@pytest.mark.parametrize(("body", "status"), [({"name": "taken"}, 409), ({"name": ""}, 422), (b"{", 400)])
def test_a_refused_request_leaves_nothing_and_may_be_corrected(lee: Program, body: Any, status: int) -> None:
    refused = lee.post("things", body, Idempotency_Key="k-1")
    corrected = lee.post("things", {"name": "x"}, Idempotency_Key="k-1")

    assert (refused.status_code, corrected.status_code) == (status, 201)
    assert made() == 1


def test_a_broken_request_leaves_nothing(lee: Program) -> None:
    assert lee.post("things", {"name": "broken"}, Idempotency_Key="k-1").status_code == 500

    assert made() == 0
    assert not StoredAnswer.objects.exists()


def test_whoever_finds_a_dead_request_takes_over(lee: Program) -> None:
    lee.post("things", {"name": "x"}, Idempotency_Key="k-1")
    StoredAnswer.objects.update(status=None, body=None)  # as if the process had died before its commit

    assert lee.post("things", {"name": "x"}, Idempotency_Key="k-1").status_code == 201
    assert made() == 2


def test_an_answer_that_was_emptied_by_an_erasure_is_gone_and_nothing_is_done_again(
    people: Cast, lee: Program
) -> None:
    lee.post("things", {"name": "x"}, Idempotency_Key="k-1")
    StoredAnswer.objects.empty_of(people.other.slug)
    assert lee.post("things", {"name": "x"}, Idempotency_Key="k-1").status_code == 201

    StoredAnswer.objects.empty_of(people.project.slug)
    gone = lee.post("things", {"name": "x"}, Idempotency_Key="k-1")

    assert (gone.status_code, gone.json()["type"]) == (410, "urn:reviewapp:problem:answer_erased")
    assert made() == 1


def test_answers_are_forgotten_after_a_week(lee: Program) -> None:
    lee.post("things", {"name": "x"}, Idempotency_Key="old")
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    lee.post("things", {"name": "x"}, Idempotency_Key="new")

    assert StoredAnswer.objects.forget_old() == 1
    assert StoredAnswer.objects.get().key == "new"


def test_without_a_key_every_request_is_done(lee: Program) -> None:
    lee.post("things", {"name": "x"})
    lee.post("things", {"name": "x"})

    assert made() == 2
    assert not StoredAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_done_once(lee: Program) -> None:
    def send() -> int:
        return int(lee.post("things", {"name": "slow"}, Idempotency_Key="same").status_code)

    statuses = at_once(20, send)

    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert made() == 1
    assert lee.post("things", {"name": "slow"}, Idempotency_Key="same").status_code == 201
    assert made() == 1


@pytest.mark.django_db(transaction=True)
def test_the_answer_of_a_request_that_runs_during_an_erasure_is_emptied_too(people: Cast) -> None:
    route = f"/api/v1/projects/{people.project.slug}/things"
    StoredAnswer.objects.create(caller="key:1", route=route, key="k", request_sha256=b"0" * 32)
    is_running = threading.Event()

    def answer() -> None:
        with transaction.atomic():
            row = StoredAnswer.objects.select_for_update().get()
            is_running.set()
            until_somebody_waits()  # the erasure, for this request
            row.status, row.body = 201, b"read before it was erased"
            row.save()
        connection.close()

    request = threading.Thread(target=answer)
    request.start()
    assert is_running.wait(10)
    StoredAnswer.objects.empty_of(people.project.slug)
    request.join()

    row = StoredAnswer.objects.get()
    assert (row.status, row.body) == (201, None)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_and_the_end_of_a_week_never_wait_for_each_other(people: Cast) -> None:
    """Either takes the rows in another order than the other would, if it took them as it finds them."""
    now = timezone.now()
    rows = [
        StoredAnswer.objects.create(
            caller="key:1",
            route=f"/api/v1/projects/{people.project.slug}/things",
            key=f"k-{number}",
            request_sha256=b"0" * 32,
            status=201,
            body=b"x",
            created_at=now - timedelta(days=10 + number),
        )
        for number in range(3)
    ]
    failed: list[BaseException] = []

    def beside(work: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                with connection.cursor() as cursor:
                    # The age in the order of its index, as with many rows.
                    cursor.execute("SET enable_seqscan = off")
                    cursor.execute("SET enable_bitmapscan = off")
                work()
            except OperationalError as error:
                failed.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    threads = []
    with transaction.atomic():
        StoredAnswer.objects.select_for_update().get(pk=rows[1].pk)
        empty = partial(StoredAnswer.objects.empty_of, people.project.slug)
        for work in (empty, StoredAnswer.objects.forget_old):
            threads.append(beside(work))
            until_somebody_waits(people=len(threads))
    for thread in threads:
        thread.join()

    assert failed == []
    assert not StoredAnswer.objects.exists()


def test_pages_hold_every_row_once(people: Cast, lee: Program) -> None:
    people.everybody()
    for _number in range(7):
        member(people.project, Role.ANNOTATOR)

    seen: list[int] = []
    cursor = ""
    while True:
        body = lee.get(f"things?limit=3{cursor}").json()
        seen += [row["id"] for row in body["items"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"

    assert len(seen) == len(set(seen)) == 11
    assert seen == sorted(seen, reverse=True)


def test_rows_of_the_same_moment_are_not_lost_between_pages(people: Cast, lee: Program) -> None:
    same = timezone.now()
    for _number in range(5):
        person = member(people.project, Role.ANNOTATOR)
        type(person).objects.filter(pk=person.pk).update(created_at=same)

    first = lee.get("things?limit=2").json()
    second = lee.get(f"things?limit=3&cursor={first['next_cursor']}").json()

    ids = [row["id"] for row in [*first["items"], *second["items"]]]
    assert len(set(ids)) == 5


def test_a_cursor_is_good_for_its_own_caller_and_list_only(people: Cast, lee: Program) -> None:
    people.everybody()
    cursor = lee.get("things?limit=2").json()["next_cursor"]
    other = Program(people, people.olga)

    assert lee.get(f"things?limit=2&cursor={cursor}").status_code == 200
    assert other.get(f"things?limit=2&cursor={cursor}").status_code == 400
    assert lee.get(f"things?limit=2&role=lead&cursor={cursor}").status_code == 400
    assert lee.get(f"things?cursor={cursor[:-1]}").status_code == 400
    assert lee.get(f"things?cursor={cursor}x").status_code == 400


def test_too_many_requests_must_wait(lee: Program, settings: Any) -> None:
    settings.API_REQUESTS_PER_SECOND, settings.API_REQUESTS_AT_ONCE = 0.01, 3

    statuses = [lee.get("things/1").status_code for _request in range(5)]
    refused = lee.get("things/1")

    assert statuses == [200, 200, 200, 429, 429]
    assert refused.json()["type"] == "urn:reviewapp:problem:too_many_requests"
    assert int(refused.headers["Retry-After"]) > 0


def test_one_caller_does_not_empty_the_bucket_of_another(people: Cast, lee: Program, settings: Any) -> None:
    settings.API_REQUESTS_PER_SECOND, settings.API_REQUESTS_AT_ONCE = 0.01, 1
    other = Program(people, people.lee)

    lee.get("things/1")

    assert lee.get("things/1").status_code == 429
    assert other.get("things/1").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_bucket_holds_under_many_at_once(lee: Program, settings: Any) -> None:
    settings.API_REQUESTS_PER_SECOND, settings.API_REQUESTS_AT_ONCE = 0.01, 10

    statuses = at_once(30, lambda: int(lee.get("things/1").status_code))

    assert statuses.count(200) == 10
    assert statuses.count(429) == 20


def test_the_buckets_cost_no_wait_for_the_disk() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_ratebucket'")
        assert cursor.fetchone() == ("u",)


def at_once(count: int, send: Callable[[], int]) -> list[int]:
    """The answers of `count` requests that start together, each on its own connection."""
    answers: list[int] = []
    together = threading.Barrier(count)

    def one() -> None:
        try:
            together.wait()
            answers.append(send())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, name=uuid.uuid4().hex) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
