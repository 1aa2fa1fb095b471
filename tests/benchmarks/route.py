"""Scoring and routing by a policy with every kind of rule: how many a second, and does it stay flat?

First stored predictions in batches of 1,000 by `pipeline.after_arrival`, on one process and on two. Then a
batch of 1,000 again and again, with more and more predictions stored before it.
"""

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import django
import psutil
import psycopg

from tests.benchmarks import driver, report
from tests.benchmarks.routing import all_kinds, arriving, fill, put_in_force
from tests.benchmarks.stack import database_alone

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

PREDICTIONS = 100_000
SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 7
BATCH = 1_000
FLAT = 1.5  # a batch at the largest size may take so much longer than at the smallest: caches, not growth

_NAMES = ("median", "windows to be read, median", "processor time of it and its database, median")


def stored(home: "House", records: Iterator[dict[str, Any]], how_many: int) -> list[list[int]]:
    """Stored as received and nothing more, in batches: their numbers."""
    from accounts.actor import SYSTEM  # noqa: PLC0415 - Django is up only now
    from queues.ingest import actions as ingest  # noqa: PLC0415
    from queues.ingest.record import check  # noqa: PLC0415

    batches = []
    for first in range(0, how_many, BATCH):
        part = [check(next(records)) for _ in range(min(BATCH, how_many - first))]
        batches.append([one.id for one in ingest.store(home.project_id, part, by=SYSTEM)])
    return batches


class Done(NamedTuple):
    """What one process did. began, ended: monotonic, after everything was imported; cpu: seconds."""

    routed: int
    began: float
    ended: float
    cpu: float


def route_all(batches: Sequence[list[int]]) -> Done:
    """Score and route these batches, one after the other."""
    django.setup()
    from queues import pipeline  # noqa: PLC0415 - Django is up only now

    began, used = time.monotonic(), time.process_time()
    for batch in batches:
        pipeline.after_arrival(batch)
    return Done(sum(map(len, batches)), began, time.monotonic(), time.process_time() - used)


def measure_rate(home: "House", how_many: int) -> None:
    """Half on one process, half on two at once."""
    records = arriving("rate")
    for processes in (1, 2):
        batches = stored(home, records, how_many // 2)
        shares = [(batches[n::processes],) for n in range(processes)]
        work = driver.run(route_all, shares, processes=processes)
        parts: list[Done] = work.results
        routed = sum(part.routed for part in parts)
        report.checked(f"predictions routed on {processes}", routed, how_many // 2)
        report.figure(
            f"scoring and routing, {processes} process{'es' * (processes - 1)}",
            routed / (max(part.ended for part in parts) - min(part.began for part in parts)),
            "predictions/s",
            target=5_000 if processes == 2 else None,
            better="at least",
            size=f"{how_many // 2:,} predictions in batches of {BATCH:,}, every kind of rule",
            more={
                "cpu_ms_per_prediction": round(1000 * sum(part.cpu for part in parts) / routed, 3),
                "load": _load(),
            },
        )


def measure_growth(home: "House", database: psycopg.Connection, sizes: Sequence[int], rounds: int) -> None:
    """The same batch with more and more stored before it."""
    medians = {}
    records, before = arriving("growth"), 0
    for size in sizes:
        fill(database, home, before, size)
        before = size
        route_all(stored(home, records, BATCH))  # connections and plans are there
        medians[size] = _batch_seconds(home, records, rounds)
        for name, seconds in zip(_NAMES, medians[size], strict=True):
            report.figure(
                f"routing a batch of {BATCH:,}, {name}",
                1000 * seconds,
                "ms",
                size=f"{size:,} predictions stored",
                more={"rounds": rounds, "load": _load()},
            )
    report.figure(
        "processor time of a batch at the largest size against the smallest",
        medians[sizes[-1]][-1] / medians[sizes[0]][-1],
        "times",
        target=FLAT,
        size=f"{sizes[-1]:,} against {sizes[0]:,} predictions",
    )


def _batch_seconds(home: "House", records: Iterator[dict[str, Any]], rounds: int) -> tuple[float, ...]:
    """Medians, as of _NAMES: of a batch as it comes, of one by a process that has read nothing yet."""
    from queues.route import windows  # noqa: PLC0415 - Django is up only now
    from queues.route.facts import traffic  # noqa: PLC0415

    warm: list[float] = []
    cold: list[float] = []
    cpu: list[float] = []
    for _round in range(rounds):
        for forgets in (False, True):
            batches = stored(home, records, BATCH)
            if forgets:
                windows.shared.forget()
                traffic.forget()
            used = _processor_seconds()
            done = route_all(batches)
            (cold if forgets else warm).append(done.ended - done.began)
            if not forgets:
                cpu.append(done.cpu + _processor_seconds() - used)
    return statistics.median(warm), statistics.median(cold), statistics.median(cpu)


def _processor_seconds() -> float:
    """What the server's process for this process's Django has used, whoever else works on this machine."""
    from django.db import connection  # noqa: PLC0415 - Django is up only now

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        times = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return float(times.user + times.system)


def _load() -> float:
    return round(psutil.getloadavg()[0], 1)


def verify(database: psycopg.Connection) -> None:
    """Nothing is left undecided, and what was routed has an item or is counted on one."""

    def one(sql: str) -> Any:
        row = database.execute(sql).fetchone()
        return row[0] if row else None

    undecided = "SELECT count(*) FROM queues_prediction WHERE state IN ('received', 'scored')"
    report.checked("predictions not yet decided on", one(undecided), 0)
    lost = """SELECT count(*) FROM queues_prediction p WHERE state = 'routed'
              AND NOT EXISTS (SELECT FROM queues_item i WHERE i.prediction_id = p.id)
              AND NOT EXISTS (SELECT FROM queues_attachment a WHERE a.prediction_id = p.id)"""
    report.checked("routed predictions without an item", one(lost), 0)
    over = "SELECT count(*) FROM queues_ruleallowance WHERE rule = 'r6' AND picked > 100"
    report.checked("allowances exceeded", one(over), 0)
    for what, sql in (
        ("comparisons", "SELECT count(*) FROM queues_item WHERE other_id IS NOT NULL"),
        ("counted on an item", "SELECT count(*) FROM queues_attachment"),
        ("routed", "SELECT count(*) FROM queues_prediction WHERE state = 'routed'"),
    ):
        report.figure(what, one(sql), "predictions", size="after all of the above")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--predictions", type=int, default=PREDICTIONS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    how_many, sizes, rounds = options.predictions, options.sizes, options.rounds
    if options.smoke:
        how_many, sizes, rounds = 2_000, (1_000, 2_000), 1
    with database_alone() as database:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        put_in_force(home, all_kinds())
        measure_rate(home, how_many)
        measure_growth(home, database, sizes, rounds)
        verify(database)


if __name__ == "__main__":
    main()
