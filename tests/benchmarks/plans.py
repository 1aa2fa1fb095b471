"""The plans of what everybody waits for, at 1,000,000 items: no large table is read whole or sorted.

Opens the real pages and leases an item, notes every statement, and asks the database for the plan of each.
"""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.benchmarks import report
from tests.benchmarks.stack import stack

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

ITEMS = 1_000_000
READ_AT_MOST = 2_000  # rows of a table that may be read from end to end
SORTED_AT_MOST = 20_000  # every list and count looks at a bounded number of rows: 10,000 at most
OWNER = "owner@example.org"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--items", type=int, default=ITEMS)
    options = parser.parse_args()
    how_many = 500 if options.smoke else options.items
    with stack() as own:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        with own.connect() as database:
            seed.items(database, home, how_many)
        examine(own.port, home, size=f"{how_many:,} items")


def examine(port: int, home: "House", *, size: str) -> None:
    """Open each page and look at the plans of its statements; all pages, then the verdict."""
    from tests.benchmarks import statements  # noqa: PLC0415 - Django is up only now

    faults = []
    for name, path in pages(home).items():
        found = statements.of_page(path, email=OWNER, port=port)
        plans = [plan for statement in found if (plan := statements.plan_of(statement))]
        slowest = max(plan["Execution Time"] for plan in plans)
        report.figure(f"{name}: slowest statement", slowest, "ms", size=size, more={"statements": len(found)})
        faults += sorted({f"{name}: {fault}" for plan in plans for fault in faults_of(plan["Plan"])})
    report.checked("large tables read whole or sorted", faults, [])


def pages(home: "House") -> dict[str, str]:
    """What people open all day; the last one leases an item."""
    project = f"/projects/{home.slug}/"
    queue = f"{project}queues/{home.queue_slug}/"
    return {
        "home": "/",
        "overview": project,
        "queues": f"{project}queues/",
        "items of a queue": f"{queue}items/",
        "predictions": f"{project}predictions/",
        "disputes": f"{project}disputes/",
        "my decisions": f"{project}history/",
        "audit log": f"{project}events/",
        "review page with its claim": f"{queue}review",
    }


def faults_of(node: dict[str, Any]) -> Iterator[str]:
    """Nodes that read a large table from end to end or sort very many rows."""
    rows = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
    if node["Node Type"] == "Seq Scan" and rows > READ_AT_MOST:
        yield f"reads {node['Relation Name']} whole ({rows:.0f} rows)"
    if node["Node Type"] in ("Sort", "Incremental Sort") and rows > SORTED_AT_MOST:
        yield f"sorts {rows:.0f} rows"
    for inner in node.get("Plans", ()):
        yield from faults_of(inner)


if __name__ == "__main__":
    main()
