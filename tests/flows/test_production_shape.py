"""With servers named in the environment nothing embedded starts, and the same code does the same work.

Once on the tests' own PostgreSQL, which is the broker too, and then on Debian's PostgreSQL (a role that is no
superuser, no pgvector) with Redis, which is taken away: that is slow.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import psycopg
import pytest

from reviewapp.embedded import binaries
from tests.flows.production import Production, production
from tests.flows.servers import Redis, database_on, debian_postgres, debian_redis
from tests.flows.stack import Api
from tests.flows.team import ANNOTATORS, Team

FORM = {
    "schema": "form/1",
    "title": "Is it right?",
    "decisions": ["approve", "correct", "reject", "escalate"],
    "reasons": [{"value": "wrong", "label": "Wrong"}],
    "questions": [],
}
EVERYTHING = {"name": "all", "kind": "random_audit", "rate": 1.0, "priority": 30, "due_hours": 24}
SWEEP_SECONDS = 15
JOB_LEASE_SECONDS = 60


@pytest.fixture(scope="module")
def small(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Production]:
    """On the server that the tests have anyway."""
    url, drop = database_on(os.environ["DATABASE_URL"])
    try:
        with production(tmp_path_factory.mktemp("small"), url, broker_url="") as shape:
            yield shape
    finally:
        drop()


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with debian_redis() as server:
        yield server


@pytest.fixture(scope="module")
def debian(redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    with (
        debian_postgres() as url,
        production(tmp_path_factory.mktemp("debian"), url, broker_url=redis.url) as shape,
    ):
        yield shape


@pytest.fixture(params=["small", pytest.param("debian", marks=pytest.mark.slow)])
def shape(request: pytest.FixtureRequest) -> Production:
    found: Production = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def team(debian: Production) -> Team:
    return Team(debian.stack)


def records(count: int) -> list[dict[str, Any]]:
    return [
        {
            "prediction_id": f"p-{number}",
            "occurred_at": "2026-11-20T09:30:00Z",
            "input": {"prompt": f"How long does refund {number} take?"},
            "output": {"text": f"Refund {number} is instant."},
            "model": {"request_model": "acme-chat", "version": "7"},
            "rights": {"origin": "model", "consent": "granted", "consent_scope": ["review", "train"]},
        }
        for number in range(count)
    ]


def review(api: Api, queue: int, at_most: int = 1_000_000) -> list[int]:
    """Approve what one is given until nothing is left; the slots, in order."""
    slots: list[int] = []
    desk = api.call("POST", f"queues/{queue}:next", json={}, status=(200, 204))
    while desk:
        slots.append(desk["slot"])
        more = len(slots) < at_most
        answer = {"slot": desk["slot"], "token": desk["token"], "decision": "approve", "next": more}
        desk = api.call("POST", "reviews", json=answer, status=201).get("next")
    return slots


def wait_until(claim: Callable[[], object], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, f"it did not come true within {seconds} s"
        time.sleep(0.1)


def job_of(shape: Production, release: int) -> tuple[str, int]:
    """The state and the attempts of the job that builds a release, as its row says."""
    with psycopg.connect(shape.database_url) as connection:
        row = connection.execute(
            "SELECT state, attempts FROM queues_job WHERE unique_key = %s", [f"release:{release}"]
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_what_is_pushed_to_two_web_servers_is_reviewed_built_by_the_worker_and_downloaded(
    shape: Production,
) -> None:
    team = Team(shape.stack)
    queue = team.queue("answers", FORM, [{**EVERYTHING, "reviews_needed": 1}])

    team.push(records(50))
    slots = review(team.program(ANNOTATORS[0], "enter", "review"), queue, at_most=5)
    manifest, rows = team.publish("answers", "trl_sft", queues=["answers"])

    assert len(slots) == manifest["records"] == len(rows) == 5
    asked = {row["messages"][0]["content"].split()[4]: row["messages"][-1]["content"] for row in rows}
    assert asked == {number: f"Refund {number} is instant." for number in asked}
    assert any((shape.folder / "files" / "releases").rglob("*")), "the files lie where STORAGE_URL says"
    _nothing_embedded_runs(shape)


def _nothing_embedded_runs(shape: Production) -> None:
    assert not (shape.folder / "var" / "postgres").exists()
    running = [
        process
        for program in shape.programs.values()
        for process in (psutil.Process(program.pid), *psutil.Process(program.pid).children(recursive=True))
    ]
    assert len(running) >= len(shape.programs)
    embedded = [process for process in running if process.exe().startswith(str(binaries.folder().parent))]
    assert embedded == []


@pytest.mark.slow
def test_a_role_that_owns_its_database_is_enough_messages_go_by_redis_and_a_missing_pgvector_is_said(
    debian: Production,
) -> None:
    with psycopg.connect(debian.database_url) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        by_table = connection.execute("SELECT to_regnamespace('pgmq') IS NOT NULL").fetchone()
        offered = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone()

    assert rights == (False, False, False)
    assert by_table == (False,)
    assert (offered is None) == ("pgvector is not on this server" in debian.prepared)


@pytest.mark.slow
def test_a_release_whose_worker_was_killed_in_the_middle_is_built_by_the_next(
    debian: Production, team: Team
) -> None:
    queue = team.queue("answers", FORM, [{**EVERYTHING, "reviews_needed": 1}])
    team.push(records(20))
    review(team.program(ANNOTATORS[0], "enter", "review"), queue)
    with psycopg.connect(debian.database_url) as gate:
        # The files are written and stored; the rows that publish them have to wait here.
        gate.execute("LOCK TABLE queues_releasefile IN SHARE MODE")
        release = team.ask_release("answers", "trl_sft", queues=["answers"])
        wait_until(lambda: _somebody_waits_for(gate), seconds=60)
        debian.kill("worker")
        assert job_of(debian, release) == ("running", 1)
    debian.start("worker")

    manifest, rows = team.download(team.built(release, within_seconds=JOB_LEASE_SECONDS + 3 * SWEEP_SECONDS))

    assert manifest["records"] == len(rows) == 20
    assert job_of(debian, release) == ("done", 2)
    stored = [path for path in (debian.folder / "files" / "releases").rglob("*") if path.is_file()]
    with psycopg.connect(debian.database_url) as connection:
        known = connection.execute("SELECT count(*) FROM queues_releasefile").fetchone()
    assert known == (len(stored),), "the killed attempt left files that no row names"


def _somebody_waits_for(gate: psycopg.Connection) -> bool:
    row = gate.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_locks"
        " WHERE NOT granted AND relation = 'queues_releasefile'::regclass)"
    ).fetchone()
    return bool(row and row[0])


@pytest.mark.slow
def test_without_redis_people_go_on_and_the_sweeper_does_the_rest_when_it_is_back(
    debian: Production, redis: Redis, team: Team
) -> None:
    queue = team.queue("answers", FORM, [{**EVERYTHING, "reviews_needed": 1}])
    redis.stop()
    try:
        began = time.monotonic()
        team.push(records(20))
        slots = review(team.program(ANNOTATORS[0], "enter", "review"), queue)
        release = team.ask_release("answers", "trl_sft", queues=["answers"])
        took = time.monotonic() - began

        assert len(slots) == 20
        assert took < 30, "a doorbell that nobody hears must not hold people up"
        assert job_of(debian, release) == ("queued", 0)
    finally:
        redis.start()

    manifest, _rows = team.download(team.built(release, within_seconds=8 * SWEEP_SECONDS))

    assert manifest["records"] == 20
    assert job_of(debian, release) == ("done", 1)


@pytest.mark.slow
def test_two_web_servers_on_one_database_lease_each_slot_to_one_person(
    debian: Production, team: Team
) -> None:
    queue = team.queue("answers", FORM, [{**EVERYTHING, "reviews_needed": 2}])
    team.push(records(120))
    programs = [team.program(email, "enter", "review") for email in ANNOTATORS]

    with ThreadPoolExecutor(len(programs)) as pool:
        work = [pool.submit(review, api, queue) for api in programs]
    leased = [part.result() for part in work]

    everything = [slot for slots in leased for slot in slots]
    assert len(everything) == len(set(everything)) == 240
    with psycopg.connect(debian.database_url) as connection:
        twice = connection.execute(
            "SELECT item_id FROM queues_review WHERE withdrawn_at IS NULL GROUP BY item_id, person_id"
            " HAVING count(*) > 1"
        ).fetchall()
    assert twice == []
    assert len(team.lead.every("items", state="settled")) == 120
