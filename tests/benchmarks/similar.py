"""Neighbours among many vectors: what "like this one" costs, and how many of the true nearest it finds.

Vectors as texts give them: clusters of very different sizes, some of them near-duplicates. Two projects share
the table; the small one must not pay for the large one.
"""

import argparse
import os
import time
from typing import TYPE_CHECKING

import numpy as np
import orjson
import psycopg
from numpy.typing import NDArray

from tests.benchmarks import report
from tests.benchmarks.stack import Stack, stack

if TYPE_CHECKING:
    from queues.score.vectors import Space

DIMENSIONS = 384
NEIGHBOURS = 50
LOOKED_AT = 200  # when filters choose among them
SMALL = 5_000
_PART = 20_000
_COPY = "COPY queues_vector (project_id, encoder_id, part, prediction_id, is_reviewed, vector) FROM STDIN"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--vectors", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=300)
    parser.add_argument("--memory", default="2GB", help="maintenance_work_mem while the index is built")
    options = parser.parse_args()
    how_many, searches = (3_000, 20) if options.smoke else (options.vectors, options.searches)
    with stack() as own:
        from queues.models import KnownEncoder, Part  # noqa: PLC0415 - Django is up only now
        from queues.score import vectors  # noqa: PLC0415

        vectors.INDEX_FROM = min(vectors.INDEX_FROM, how_many // 2)
        encoder = KnownEncoder.objects.create(name="bench", dimensions=DIMENSIONS, is_semantic=True)
        large, small = (vectors.Space(n, encoder.pk, DIMENSIONS, Part.OUTPUT) for n in (1, 2))
        with own.connect() as database:
            fill(database, large, how_many)
            fill(database, small, min(SMALL, how_many // 10))
            build(database, large, options.memory)
            size = f"{how_many:,} vectors of {DIMENSIONS}"
            index_size(database, large, size)
            search(own, large, searches, size, target=50.0)
            beside = f"{min(SMALL, how_many // 10):,} vectors beside them, no index"
            search(own, small, searches, beside, target=50.0)
            recall(database, large, min(searches, 50), size)
            insert(database, large, how_many, size)


def texts(how_many: int, seed: int) -> NDArray[np.float32]:
    """Unit vectors in clusters: sizes by Zipf, a tenth of them near-duplicates of the cluster's centre."""
    draw = np.random.default_rng(seed)
    centres = np.random.default_rng(7).standard_normal((2_000, DIMENSIONS))
    which = np.minimum(draw.zipf(1.3, how_many), len(centres)) - 1
    spread = np.where(draw.random(how_many) < 0.1, 0.05, 0.9)[:, None]
    rows = centres[which] + spread * draw.standard_normal((how_many, DIMENSIONS))
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def as_text(row: NDArray[np.float32]) -> str:
    return orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def fill(database: psycopg.Connection, space: "Space", how_many: int) -> None:
    for first in range(0, how_many, _PART):
        rows = texts(min(_PART, how_many - first), seed=first + space.project_id)
        with database.cursor() as cursor, cursor.copy(_COPY) as copy:
            for number, row in enumerate(rows):
                id_ = space.project_id * 10**9 + first + number
                copy.write_row((space.project_id, space.encoder_id, space.part, id_, False, as_text(row)))
    database.execute("VACUUM ANALYZE queues_vector")


def build(database: psycopg.Connection, space: "Space", memory: str) -> None:
    """As the worker builds it, but of all at once; the worker starts at INDEX_FROM and then inserts."""
    from django.db import connection  # noqa: PLC0415

    from queues.score import vectors  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, false)", [memory])
        cursor.execute(
            "SELECT set_config('max_parallel_maintenance_workers', %s, false)", [str(os.cpu_count())]
        )
    began = time.perf_counter()
    vectors._build(space)
    report.figure("index built", time.perf_counter() - began, "s", size=f"maintenance_work_mem {memory}")
    report.checked("the index is valid", vectors._has_index(space), True)


def index_size(database: psycopg.Connection, space: "Space", size: str) -> None:
    row = database.execute("SELECT pg_relation_size(%s::regclass)", [space.index]).fetchone()
    assert row is not None
    report.figure("the index is large", row[0] / 2**20, "MiB", size=size)


def search(own: Stack, space: "Space", searches: int, size: str, *, target: float) -> None:
    """The function of the page: the vectors of new texts, NEIGHBOURS nearest of each."""
    from queues.score import similar  # noqa: PLC0415

    for limit in (NEIGHBOURS, LOOKED_AT):
        took, cpu = [], own.cpu_seconds()
        for row in texts(searches, seed=99):
            began = time.perf_counter()
            found = similar.nearest_to(space, row, limit=limit)
            took.append(1000 * (time.perf_counter() - began))
            if len(found) < min(limit, 100):
                raise AssertionError(f"only {len(found)} neighbours were found")
        cpu_ms = own.cpu_per(searches, cpu, "search")["cpu_ms_postgres_per_search"]
        more = {"median": round(report.share_below(took, 0.5), 2), "cpu_ms_postgres": cpu_ms}
        name = f"the {limit} nearest, p95"
        report.figure(name, report.share_below(took, 0.95), "ms", target=target, size=size, more=more)


def recall(database: psycopg.Connection, space: "Space", searches: int, size: str) -> None:
    """Of the true NEIGHBOURS nearest, found by looking at every vector, so many are found by the index."""
    from queues.score import similar  # noqa: PLC0415

    hits = 0
    database.execute("SET enable_indexscan = off")
    for row in texts(searches, seed=99):
        exact = database.execute(
            f"SELECT prediction_id FROM queues_vector WHERE {space.condition}"
            f" ORDER BY vector <=> %s::halfvec LIMIT {NEIGHBOURS}",
            [as_text(row)],
        ).fetchall()
        near = {one.prediction_id for one in similar.nearest_to(space, row, limit=NEIGHBOURS)}
        hits += len(near & {id_ for (id_,) in exact})
    database.execute("RESET enable_indexscan")
    share = 100 * hits / (NEIGHBOURS * searches)
    report.figure(
        f"of the true {NEIGHBOURS} nearest, found", share, "%", target=90, better="at least", size=size
    )


def insert(database: psycopg.Connection, space: "Space", after: int, size: str) -> None:
    """What a batch of the worker pays for the index: 32 vectors in a statement of their own each."""
    rows = texts(320, seed=5)
    began = time.perf_counter()
    for number, row in enumerate(rows):
        database.execute(
            "INSERT INTO queues_vector (project_id, encoder_id, part, prediction_id, vector)"
            " VALUES (%s, %s, %s, %s, %s::halfvec)",
            [space.project_id, space.encoder_id, space.part, 2 * 10**9 - number, as_text(row)],
        )
    report.figure("inserted with the index", 320 / (time.perf_counter() - began), "a second", size=size)


if __name__ == "__main__":
    main()
