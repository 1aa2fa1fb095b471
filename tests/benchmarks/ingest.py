"""Predictions in: batches of 1,000 as NDJSON, then one by one on 16 connections, both until they are routed.

Then how long after the POST's answer an item can be leased.
"""

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from tests.benchmarks import driver, report, texts
from tests.benchmarks.stack import Stack, stack

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

SENDERS = 4
CONNECTIONS = 16


def send_batches(port: int, api: str, key: str, bodies: Sequence[bytes]) -> list[int]:
    """How many records each batch created."""
    caller = driver.with_key(port, key)
    created = []
    for body in bodies:
        answer = caller.call("POST", f"{api}/predictions:batch", body, Content_Type="application/x-ndjson")
        if answer.status != 207:
            raise AssertionError(f"a batch was answered {answer.status}: {answer.body[:300]!r}")
        created.append(answer.body.count(b'"result":"created"'))
    return created


def send_one_by_one(port: int, api: str, key: str, run: str, seconds: float) -> list[float]:
    """The seconds that each record took to be answered 201."""
    caller, random_ = driver.with_key(port, key), random.Random(run)
    waits: list[float] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        body = json.dumps(texts.record(len(waits), run=run, random_=random_)).encode()
        answer = caller.call("POST", f"{api}/predictions", body, Content_Type="application/json")
        if answer.status != 201:
            raise AssertionError(f"a record was answered {answer.status}: {answer.body[:300]!r}")
        waits.append(answer.seconds)
    return waits


def until_leased(port: int, api: str, sender: str, reviewer: str, queue: int, times: int) -> list[float]:
    """Seconds from the answer of a POST that routes one item to the answer that leases it."""
    push, desk = driver.with_key(port, sender), driver.with_key(port, reviewer)
    waits = []
    for number in range(times):
        sent = texts.record(20 * number, run="leased", random_=random.Random(number))
        push.post(f"{api}/predictions", sent)
        answered = time.monotonic()
        while not _got(desk, api, queue, str(sent["prediction_id"])):
            time.sleep(0.005)
        waits.append(time.monotonic() - answered)
    return waits


def _got(desk: driver.Caller, api: str, queue: int, prediction_id: str) -> bool:
    """Take the next item and be done with it; whether it was this one."""
    answer = desk.post(f"{api}/queues/{queue}:next", {})
    if answer.status != 200:
        return False
    leased = answer.json
    body = {"slot": leased["slot"], "token": leased["token"], "decision": "reject", "reasons": ["factual"]}
    desk.post(f"{api}/reviews", body)
    return bool(leased["prediction_id"] == prediction_id)


def verify(database: psycopg.Connection, sent: int) -> None:
    """Everything that was answered is stored, scored, and routed or not: nothing is owed."""

    def one(sql: str) -> Any:
        row = database.execute(sql).fetchone()
        return row[0] if row else None

    report.checked("predictions stored", one("SELECT count(*) FROM queues_prediction"), sent)
    owed = "SELECT count(*) FROM queues_prediction WHERE state NOT IN ('routed', 'not_routed')"
    report.checked("predictions not yet decided on", one(owed), 0)
    for table in ("payload", "scores", "routing"):
        report.checked(f"rows of {table}", one(f"SELECT count(*) FROM queues_{table}"), sent)
    without = """SELECT count(*) FROM queues_prediction p WHERE state = 'routed'
                 AND NOT EXISTS (SELECT FROM queues_item i WHERE i.prediction_id = p.id)"""
    report.checked("routed predictions without an item", one(without), 0)


@dataclass(frozen=True)
class Plan:
    """How much of each."""

    records: int = 100_000
    batch: int = 1_000
    seconds: float = 20.0
    times: int = 100


def measure_batches(own: Stack, home: "House", plan: Plan) -> int:
    """Batches on two connections; how many records were created."""
    cpu, bodies = own.cpu_seconds(), list(texts.batches(plan.records, plan.batch, run="batch"))
    shares = [(own.port, home.api, home.owner_key, bodies[n::SENDERS]) for n in range(SENDERS)]
    work = driver.run(send_batches, shares, processes=1)
    created = sum(map(sum, work.results))
    report.checked("records created by batches", created, plan.records)
    mib = sum(map(len, bodies)) / 2**20
    report.figure(
        "batch ingestion to routed",
        created / (work.ended - work.began),
        "records/s",
        target=5_000,
        better="at least",
        size=f"{created:,} records in batches of {plan.batch:,}, {mib:.0f} MiB",
        more=own.cpu_per(created, cpu, "record"),
    )
    return created


def measure_singles(own: Stack, home: "House", plan: Plan) -> int:
    """One by one on 16 connections; how many records were created."""
    cpu = own.cpu_seconds()
    senders = [(own.port, home.api, home.owner_key, f"one{n}", plan.seconds) for n in range(CONNECTIONS)]
    work = driver.run(send_one_by_one, senders, processes=1)
    waits = [wait for part in work.results for wait in part]
    report.figure(
        "one by one on 16 connections",
        len(waits) / (work.ended - work.began),
        "records/s",
        target=300,
        better="at least",
        size=f"{plan.records:,} records before",
        more=own.cpu_per(len(waits), cpu, "record"),
    )
    report.figure("one by one, p95", 1000 * report.share_below(waits, 0.95), "ms", size="16 connections")
    return len(waits)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--records", type=int, default=Plan.records)
    parser.add_argument("--seconds", type=float, default=Plan.seconds)
    options = parser.parse_args()
    plan = Plan(300, 100, 1.0, 3) if options.smoke else Plan(options.records, seconds=options.seconds)
    with stack() as own:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        people = (own.port, home.api, home.owner_key, home.keys[0], home.queue_id)
        waits = until_leased(*people, plan.times)
        report.figure(
            "from the POST's answer to leased, p95",
            1000 * report.share_below(waits, 0.95),
            "ms",
            target=1000,
            size=f"{len(waits)} items",
        )
        sent = len(waits) + measure_batches(own, home, plan) + measure_singles(own, home, plan)
        with own.connect() as database:
            verify(database, sent)


if __name__ == "__main__":
    main()
