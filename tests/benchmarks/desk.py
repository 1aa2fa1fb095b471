"""The adjudication desk at 100,000 disputes: how long a lead waits for the next one.

Without the programs beside it: pages are opened in this process.
"""

import argparse
import gc
import time
from typing import TYPE_CHECKING

import psutil
import psycopg

from tests.benchmarks import report
from tests.benchmarks.stack import database_alone

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

DISPUTES = 100_000
_STANDING = """
INSERT INTO queues_payload (prediction_id, record, output_text)
SELECT id, '{"input": {"messages": [{"role": "user", "parts": [{"type": "text", "content": "When?"}]}]}}',
  repeat('The refund takes five business days. ', 10)
FROM queues_prediction
ON CONFLICT DO NOTHING; -- some have a text
UPDATE queues_item SET state = 'disputed', settled_at = NULL
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--disputes", type=int, default=DISPUTES)
    options = parser.parse_args()
    how_many, times = (60, 3) if options.smoke else (options.disputes, 60)
    with database_alone() as database:
        from tests.benchmarks import agreement, seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(16)
        agreement.fill(database, home, how_many)
        _dispute(database)
        measure(home, how_many, times)


def _dispute(database: psycopg.Connection) -> None:
    database.execute("SET session_replication_role = replica")
    database.execute(_STANDING)
    database.execute("SET session_replication_role = DEFAULT")
    database.execute("VACUUM ANALYZE")


def measure(home: "House", how_many: int, times: int) -> None:
    """The next dispute by its query alone, then the page of each, opened one after the other."""
    from django.test import Client  # noqa: PLC0415 - Django is up only now

    from accounts.models import Person  # noqa: PLC0415
    from queues.adjudicate import queries as adjudicate  # noqa: PLC0415
    from queues.models import Item  # noqa: PLC0415
    from tests.benchmarks.agreement import OWNER  # noqa: PLC0415

    lead = Person.objects.get(email=OWNER)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(lead)
    report.checked("the list answers", client.get(f"/projects/{home.slug}/disputes/").status_code, 200)
    gc.collect()
    gc.freeze()  # as the web process does
    size, item = f"{how_many:,} disputes", Item.objects.select_related("queue").get(pk=1)
    asked, opened, began_cpu = [], [], 0.0
    for turn in range(times + 1):
        began = time.perf_counter()
        following = adjudicate.next_dispute(item, person_id=lead.pk)
        asked.append(1_000 * (time.perf_counter() - began))
        assert following is not None
        path = f"/projects/{home.slug}/items/{following}/settle"
        began = time.perf_counter()
        status = client.get(path).status_code
        opened.append(1_000 * (time.perf_counter() - began))
        if not turn:
            report.checked("the desk answers", status, 200)
            asked, opened, began_cpu = [], [], time.process_time()  # what is read once is read
        item = Item.objects.select_related("queue").get(pk=following)
    more = {"load": round(psutil.getloadavg()[0], 1),
            "processor_ms": round(1_000 * (time.process_time() - began_cpu) / times, 1)}  # fmt: skip
    report.figure("the next dispute, its query p95", report.share_below(asked, 0.95), "ms", size=size)
    report.figure("the next dispute, its page median", report.share_below(opened, 0.5), "ms", size=size)
    report.figure("the next dispute, its page p95", report.share_below(opened, 0.95), "ms", target=50,
                  size=size, more=more)  # fmt: skip


if __name__ == "__main__":
    main()
