"""Full text among many predictions: what a search costs, for common, rare and absent words, in two projects.

The words of each text are drawn by their rank (Zipf), so that some are in half of the texts and some in one.
"""

import argparse
import time
from typing import TYPE_CHECKING

import psycopg

from tests.benchmarks import report
from tests.benchmarks.stack import stack

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

TIMES = 40
# Every tenth prediction is of the other project. "others" is in all of its texts and in none of ours.
_TEXTS = """
INSERT INTO queues_prediction
  (id, project_id, environment, prediction_id, content_hash, state, model_version, locale, segment, altered,
   occurred_at)
SELECT n, CASE WHEN n %% 10 = 0 THEN %(other)s ELSE %(project)s END, 'production', 'seed-' || n,
  sha256(n::text::bytea), 'not_routed', 'prod-' || n %% 5, 'en', '', false, now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n;
INSERT INTO queues_payload (prediction_id, record, output_text)
SELECT n, '{"input": {"prompt": "How long?"}}', words || CASE WHEN n %% 10 = 0 THEN ' others' ELSE '' END
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n, LATERAL (
  SELECT string_agg('w' || floor(power(200000, random() + 0 * n * i))::int, ' ') AS words
  FROM generate_series(1, 60) i) t
"""
_PART = 50_000
# The word of rank r is drawn with a probability of about 1/(r ln 200,000), 60 times a text.
WORDS = {"in most texts": "w2", "1 in 10": "w50", "1 in 1,000": "w5000", "1 in 30,000": "w150000",
         "in no text": "nowhere", "only in another project": "others", "two words": "w50 w300",
         "a phrase": '"w2 w3"', "a word but not another": "w50 -w2"}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--predictions", type=int, default=1_000_000)
    options = parser.parse_args()
    how_many = 2_000 if options.smoke else options.predictions
    with stack() as own:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        with own.connect() as database:
            fill(database, home, how_many)
        measure(home, f"{how_many:,} predictions", 2 if options.smoke else TIMES)


def fill(database: psycopg.Connection, home: "House", how_many: int) -> None:
    """Texts of two projects, indexed as the worker does it."""
    from accounts.models import Project  # noqa: PLC0415
    from queues.ingest import documents  # noqa: PLC0415

    other = Project.objects.create(slug="other", name="Other")
    database.execute("SET session_replication_role = replica")
    seconds = 0.0
    for first in range(1, how_many + 1, _PART):
        last = min(how_many, first + _PART - 1)
        names = {"project": home.project_id, "other": other.pk, "first": first, "last": last}
        for statement in _TEXTS.split(";"):
            database.execute(statement, names)
        began = time.perf_counter()
        for start in range(first, last + 1, 500):
            documents.index(range(start, min(last, start + 499) + 1))
        seconds += time.perf_counter() - began
    report.figure(
        "indexed a second, in batches of 500", how_many / seconds, "predictions", size=f"{how_many:,}"
    )
    database.execute("VACUUM ANALYZE")


def measure(home: "House", size: str, times: int) -> None:
    from django.db import connection  # noqa: PLC0415

    from queues.ingest import documents, snippets  # noqa: PLC0415

    for name, text in WORDS.items():
        took, found = [], documents.Matches([], None)
        for _time in range(times):
            began = time.perf_counter()
            found = documents.matching(home.project_id, text, at_most=51)
            snippets.snippets(found.ids, text)
            took.append(1000 * (time.perf_counter() - began))
        more = {"found": len(found.ids), "looked to": found.looked_to}
        report.figure(f"first page, {name}", report.share_below(took, 0.95), "ms (p95)", size=size, more=more)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM queues_searchdocument d JOIN queues_prediction p ON p.id = d.prediction_id"
            " WHERE p.project_id <> %s AND d.words @@ 'w2'",
            [home.project_id],
        )
        report.checked("another project has the common word too", cursor.fetchone()[0] > 0, True)
    others = documents.matching(home.project_id, "others", at_most=51)
    report.checked("found of another project", others.ids, [])


if __name__ == "__main__":
    main()
