"""A claim for who may not have what is in front: 750,000 refused items of 1,000,000, and 50,000 of one's own.

The first claim passes over them, as often as it is asked; those after it go on from there. Told: how long
each takes and how many rows its statements read, which does not depend on what else the machine does. The
first ten of a connection plan each of their statements anew; they are told apart, and are in the p95 too.
"""

import argparse
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg

from tests.benchmarks import report
from tests.benchmarks.stack import database_alone

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

ITEMS, MINE = 1_000_000, 50_000
MOST_ROWS = 1_500  # of all statements of one claim together, once what is in front was passed
CLAIMS = 500
COLD = 10

# Everything but the least urgent quarter holds something that the first person does not want to see.
_REFUSED = """
INSERT INTO queues_flag (prediction_id, component, component_version, taxonomy, category, flagged, severity,
  target, verdict, action)
SELECT prediction_id, 'filter', '', '', 'hate', true, 3, 'output', '', '' FROM queues_item
WHERE queue_id = %(queue)s AND priority > 30
"""
_HALF_DONE = (
    """INSERT INTO queues_item (queue_id, prediction_id, priority, due_at, reviews_needed, state)
       SELECT %(queue)s, n, 50, now() + n * interval '1 second', 2, 'in_review'
       FROM generate_series(1, %(many)s + 1000) n""",
    """INSERT INTO queues_slot (item_id, queue_id, seq, priority, due_at, untouched, state, person_id,
         lease_token)
       SELECT i.id, i.queue_id, seq, i.priority, i.due_at, false,
         CASE WHEN seq = 1 THEN 'done' ELSE 'open' END,
         CASE WHEN seq = 2 THEN NULL WHEN i.prediction_id <= %(many)s THEN %(me)s ELSE %(other)s END,
         CASE WHEN seq = 1 THEN gen_random_uuid() END
       FROM queues_item i, generate_series(1, 2) seq WHERE i.queue_id = %(queue)s""",
    "VACUUM ANALYZE",
    "CHECKPOINT",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--items", type=int, default=ITEMS)
    options = parser.parse_args()
    how_many, mine, claims = (4_000, 1_500, 5) if options.smoke else (options.items, MINE, CLAIMS)
    with database_alone() as database:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(2)
        seed.bare_items(database, home, how_many)
        who_refuses(database, home, claims, size=f"{3 * how_many // 4:,} refused of {how_many:,} in front")
        who_did_much(database, home, mine, claims, size=f"{mine:,} half done by the same person in front")


def who_refuses(database: psycopg.Connection, home: "House", claims: int, *, size: str) -> None:
    from accounts.models import Person  # noqa: PLC0415 - Django is up only now
    from queues.models import Queue, WorkProfile  # noqa: PLC0415

    database.execute(_REFUSED, {"queue": home.queue_id})
    database.execute("VACUUM ANALYZE")
    database.execute("CHECKPOINT")  # what was filled in is not written to the disk while claims wait for it
    person = Person.objects.get(email=home.emails[0])
    WorkProfile.objects.create(project_id=home.project_id, person=person, refused=["hate"])
    measure(Queue.objects.get(pk=home.queue_id), person.pk, claims, size=size)


def who_did_much(database: psycopg.Connection, home: "House", mine: int, claims: int, *, size: str) -> None:
    from accounts.actor import Actor  # noqa: PLC0415 - Django is up only now
    from accounts.models import Person  # noqa: PLC0415
    from queues.assign.queues import open_queue  # noqa: PLC0415

    other, me = (Person.objects.get(email=email) for email in home.emails[:2])  # who refuses nothing
    queue = open_queue(project_id=home.project_id, slug="twice", name="Twice", by=Actor(me.pk))
    for statement in _HALF_DONE:
        told = {"queue": queue.pk, "many": mine, "me": me.pk, "other": other.pk}
        database.execute(statement, told if "%(" in statement else None)
    measure(queue, me.pk, claims, size=size)


def measure(queue: Any, person_id: int, claims: int, *, size: str) -> None:
    """The way past what is in front, then claim after claim, and the count that a card shows."""
    from accounts.actor import Actor  # noqa: PLC0415 - Django is up only now
    from queues.assign import actions as assign  # noqa: PLC0415
    from queues.models import Queue, Slot  # noqa: PLC0415

    queue = Queue.objects.get(pk=queue.pk)
    by, asked, began = Actor(person_id), 0, time.perf_counter()
    longest = 0.0
    while True:
        asked, start = asked + 1, time.perf_counter()
        lease = assign.lease_next(queue, by=by)
        longest = max(longest, time.perf_counter() - start)
        if lease or asked == 100:
            break
    report.checked("an item is found past all that is in front", lease is not None, True)
    report.figure("passing over it once, in all", 1000 * (time.perf_counter() - began), "ms", size=size,
                  more={"times asked": asked, "longest ms": round(1000 * longest, 1)})  # fmt: skip
    waits: list[float] = []
    for _ in range(claims):
        Slot.objects.filter(pk=lease.slot_id if lease else 0).update(state="done")
        start = time.perf_counter()
        lease = assign.lease_next(queue, by=by)
        waits.append(1000 * (time.perf_counter() - start))
        report.checked("the next one is found at once", lease is not None, True) if lease is None else None
    report.figure("a claim after that, p95", report.share_below(waits, 0.95), "ms", target=20, size=size)
    report.figure("a claim after that, median", report.share_below(waits, 0.5), "ms", size=size)
    report.figure("the longest of the first ten", max(waits[:COLD]), "ms", size=size)
    Slot.objects.filter(pk=lease.slot_id if lease else 0).update(state="done")
    rows = rows_read(lambda: assign.lease_next(queue, by=by))
    report.figure("rows read by a claim after that", rows, "rows", target=MOST_ROWS, size=size)
    report.checked("a claim reads few rows", rows <= MOST_ROWS, True)


def rows_read(work: Callable[[], object]) -> float:
    """What all statements of it read from tables and indexes, given and thrown away."""
    from tests.benchmarks import statements  # noqa: PLC0415 - Django is up only now

    with statements.explained() as plans:
        work()
    return sum(statements.rows_read(plan["Plan"]) for plan in plans)


if __name__ == "__main__":
    main()
