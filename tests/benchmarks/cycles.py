"""Lease next + submit with 16 closed-loop annotators over the API; every tenth submit is sent twice.

Measures cycles a second at 10,000 and at 1,000,000 items and counts the SQL statements of each request;
then reads the event log and the reviews to see that no slot was held by two and no review lost or doubled.
"""

import argparse
import json
import subprocess
import sys
import time
from typing import Any, NamedTuple

import psycopg

from tests.benchmarks import driver, report
from tests.benchmarks.stack import Stack, stack

ANNOTATORS = 16
SENT_TWICE_EVERY = 10
SIZES = (10_000, 1_000_000)
MOST_STATEMENTS = {"next": 9, "submit": 16}
MOST_ROWS = 50


class Done(NamedTuple):
    """One answered submit."""

    token: str
    review: int
    item: int
    seconds: float


def annotate(port: int, api: str, key: str, queue: int, seconds: float) -> list[Done]:
    """One annotator: lease once, then submit and get the next item in the same answer, until time is up."""
    caller = driver.with_key(port, key)
    done: list[Done] = []
    leased = caller.post(f"{api}/queues/{queue}:next", {}).json
    deadline = time.monotonic() + seconds
    while leased and time.monotonic() < deadline:
        body = submission(leased, len(done))
        answer = caller.post(f"{api}/reviews", body)
        if answer.status != 201:
            raise AssertionError(f"a submit was answered {answer.status}: {answer.body[:300]!r}")
        done.append(Done(body["token"], answer.json["review"], answer.json["item"], answer.seconds))
        if len(done) % SENT_TWICE_EVERY == 0:
            again = caller.post(f"{api}/reviews", {**body, "next": False})
            if again.status != 200 or again.json["review"] != answer.json["review"]:
                raise AssertionError(f"a repeated submit was answered {again.status}: {again.body[:300]!r}")
        leased = answer.json["next"]
    return done


def submission(leased: dict[str, Any], turn: int) -> dict[str, Any]:
    """Half approvals, the rest corrections with a reason."""
    body = {"slot": leased["slot"], "token": leased["token"], "decision": "approve", "next": True}
    if turn % 2:
        text = leased["output_text"] + " And that is all."
        body |= {"decision": "correct", "reasons": ["incomplete"], "corrected_text": text}
    return body


_HELD_BY_TWO = """
SELECT count(*) FROM (
  SELECT kind, lag(kind) OVER (PARTITION BY slot ORDER BY id) AS before
  FROM (SELECT id, kind, coalesce((after ->> 'slot')::bigint, subject_id) AS slot FROM accounts_event
        WHERE kind LIKE 'slot.%' OR kind = 'review.submitted') told
) steps WHERE kind = 'slot.leased' AND before = 'slot.leased'
"""
_SURPLUS = """
SELECT count(*) FROM (SELECT item_id FROM queues_review WHERE withdrawn_at IS NULL GROUP BY item_id
                      HAVING count(*) > (SELECT reviews_needed FROM queues_item WHERE id = item_id)) more
"""
_LOST = """
SELECT count(*) FROM unnest(%s::uuid[], %s::bigint[]) AS told(token, review)
LEFT JOIN queues_review r ON r.lease_token = told.token AND r.id = told.review WHERE r.id IS NULL
"""
_UNSETTLED = """
SELECT count(*) FROM queues_review r JOIN queues_item i ON i.id = r.item_id
WHERE i.state <> 'settled' OR (SELECT count(*) FROM queues_verdict v WHERE v.item_id = i.id) <> 1
"""


def verify(database: psycopg.Connection, done: list[Done]) -> None:
    """Every promise, in SQL, against what the callers were told."""

    def one(sql: str, *arguments: object) -> object:
        row = database.execute(sql, arguments or None).fetchone()
        return row[0] if row else None

    report.checked("slots leased while another held them", one(_HELD_BY_TWO), 0)
    report.checked("items with more reviews than needed", one(_SURPLUS), 0)
    lost = one(_LOST, [each.token for each in done], [each.review for each in done])
    report.checked("submits answered 201 whose review is not there", lost, 0)
    report.checked(
        "reviews stored beyond those answered", one("SELECT count(*) FROM queues_review"), len(done)
    )
    report.checked("reviewed items without exactly one verdict", one(_UNSETTLED), 0)


def count_statements(port: int, api: str, key: str, queue: int) -> dict[str, list[int]]:
    """The rows that each statement of a `next` and of a `submit` with `next` gave or touched."""
    from tests.benchmarks import statements  # noqa: PLC0415 - Django is up only now

    def post(path: str, value: dict[str, Any]) -> tuple[Any, list[int]]:
        return statements.post(f"{api}{path}", value, key=key, port=port)

    def lease() -> tuple[Any, list[int]]:
        return post(f"/queues/{queue}:next", {})

    post("/reviews", submission(lease()[0], 1) | {"next": False})  # what a process does once is done now
    leased, of_next = lease()
    _answer, of_submit = post("/reviews", submission(leased, 1) | {"next": False})
    _answer, of_both = post("/reviews", submission(lease()[0], 1))
    return {"next": of_next, "submit": of_submit, "submit with next": of_both}


def measure(own: Stack, how_many: int, seconds: float) -> float:
    """Cycles a second at this size, with everything verified."""
    from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

    home = seed.house(ANNOTATORS + 1)
    with own.connect() as database:
        seed.items(database, home, how_many)
        size = f"{how_many:,} items"
        callers = [(own.port, home.api, key, home.queue_id) for key in home.keys[:ANNOTATORS]]
        warm = driver.run(annotate, [(*caller, min(3.0, seconds)) for caller in callers], processes=1)
        cpu = own.cpu_seconds()
        work = driver.run(annotate, [(*caller, seconds) for caller in callers], processes=1)
        done = [one for results in work.results for one in results]
        rate = len(done) / (work.ended - work.began)
        waits = [one.seconds * 1000 for one in done]
        report.figure("cycles a second", rate, "cycles/s", target=150, better="at least", size=size,
                      more=own.cpu_per(len(done), cpu, "cycle"))  # fmt: skip
        report.figure("submit with next, median", report.share_below(waits, 0.5), "ms", size=size)
        report.figure("submit with next, p95", report.share_below(waits, 0.95), "ms", size=size)
        verify(database, done + [one for results in warm.results for one in results])
        counted = count_statements(own.port, home.api, home.keys[-1], home.queue_id)
    for name, rows in counted.items():
        report.figure(
            f"SQL statements of {name}", len(rows), "statements", target=MOST_STATEMENTS.get(name), size=size
        )
        report.figure(f"most rows of one statement of {name}", max(rows), "rows", target=MOST_ROWS, size=size)
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--items", type=int, nargs="*", default=SIZES)
    options = parser.parse_args()
    sizes, seconds = ((2_000,), 0.7) if options.smoke else (options.items, options.seconds)
    if len(sizes) == 1:
        with stack() as own:
            measure(own, sizes[0], seconds)
        return
    rates = {how_many: in_its_own_process(how_many, seconds) for how_many in sizes}
    share = 100 * (1 - rates[max(rates)] / rates[min(rates)])
    size = f"{max(rates):,} against {min(rates):,} items"
    report.figure("slower at the larger size", share, "%", target=20, size=size)


def in_its_own_process(how_many: int, seconds: float) -> float:
    """Cycles a second at this size: a process speaks to the database of one stack, ever."""
    command = [sys.executable, "-m", "tests.benchmarks.cycles"]
    command += ["--items", str(how_many), "--seconds", str(seconds)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    print(told, end="", flush=True)
    figures = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    return float(next(one["value"] for one in figures if one.get("figure") == "cycles a second"))


if __name__ == "__main__":
    main()
