"""Counted agreement at 1,000,000 shared items: what a review pays for it, what a page and the check cost.

Without the programs beside it: pages are opened in this process, and folding is done here.
"""

import argparse
import gc
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import psycopg
from django.db import connection, transaction

from tests.benchmarks import report
from tests.benchmarks.stack import database_alone

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

ITEMS = 1_000_000
COUNTED = 1_000  # items that a submit is measured on
OWNER = "owner@example.org"
_PART = 100_000
FORM = {
    "schema": "form/1",
    "title": "Answer correction",
    "decisions": ["approve", "reject", "escalate"],
    "reasons": [{"value": "factual", "label": "Factually wrong"}],
    "questions": [
        {"key": "tone", "kind": "single_choice", "label": "Tone",
         "options": [{"value": value, "label": value} for value in ("fine", "flat", "rude", "odd")]},
        {"key": "quality", "kind": "rating", "label": "Quality"},
    ],
}  # fmt: skip

_PREDICTIONS = """
INSERT INTO queues_prediction
  (id, project_id, environment, prediction_id, content_hash, state, model_version, locale, segment, altered,
   occurred_at)
SELECT n, %(project)s, 'production', 'seed-' || n, sha256(n::text::bytea), 'routed', 'prod-' || n %% 5,
  CASE WHEN n %% 3 = 0 THEN 'de' ELSE 'en' END, '', false, now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
_ITEMS = """
INSERT INTO queues_item (id, queue_id, prediction_id, priority, due_at, reviews_needed, extra_reviews,
  reasons, state, settled_at, overlap_drawn, created_at)
SELECT n, %(queue)s, n, 50, now(), 2 + (n %% 5 = 0)::int, (n %% 10 = 0)::int,
  '[{"rule": "uncertain", "kind": "uncertain"}]', 'settled', now(), n %% 10 = 0,
  now() - (n %% 365) * interval '1 day'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
# Only of those that a submit is measured on; a thousand words each, so that they lie outside of their rows.
_PAYLOADS = """
INSERT INTO queues_payload (prediction_id, record, cohort, output_text)
SELECT n, jsonb_build_object('subject', jsonb_build_object('cohort', cohort), 'output', jsonb_build_object(
  'text', (SELECT string_agg(md5((n + word)::text), ' ') FROM generate_series(1, 200) word))), cohort, ''
FROM unnest(%(counted)s::bigint[]) n, jsonb_build_object('plan', (ARRAY['free', 'gold'])[1 + n %% 2]) cohort
"""
# What is true of an item, and each reviewer right with 8 of 10.
_REVIEWS = """
INSERT INTO queues_review (item_id, slot_id, person_id, form_id, lease_token, decision, reasons, answers,
  note, opened_at)
SELECT n, n, (%(people)s::bigint[])[1 + (n + seq) %% 16], %(form)s, gen_random_uuid(),
  CASE WHEN quality > 3 THEN 'approve' ELSE 'reject' END, '[]',
  jsonb_build_object('tone', (ARRAY['fine', 'fine', 'flat', 'rude', 'odd'])[quality], 'quality', quality), '',
  now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
CROSS JOIN LATERAL generate_series(1, 2 + (n %% 5 = 0)::int) seq
CROSS JOIN LATERAL (SELECT (CASE WHEN hashint8(n * 8 + seq) & 15 < 13 THEN abs(hashint8(n)::bigint) %% 5
  ELSE abs(hashint8(n * 8 + seq)::bigint) %% 5 END + 1)::int AS quality) drawn
"""
_UNITS = """
INSERT INTO queues_agreementunit (item_id, holds, is_folded, is_owed)
SELECT item.id, jsonb_build_object('queue', item.queue_id, 'version', 1, 'drawn', item.overlap_drawn,
  'groups', {groups}, 'said', jsonb_build_object(
    'decision', jsonb_object_agg(review.person_id, review.decision),
    'tone', jsonb_object_agg(review.person_id, review.answers ->> 'tone'),
    'quality', jsonb_object_agg(review.person_id, review.answers ->> 'quality'))), false, false
FROM queues_item item
JOIN queues_prediction prediction ON prediction.id = item.prediction_id
JOIN queues_review review ON review.item_id = item.id
WHERE item.id BETWEEN %(first)s AND %(last)s
GROUP BY item.id, prediction.id
"""
_UNDER_REVIEW = "UPDATE queues_item SET state = 'in_review', settled_at = NULL WHERE id = %s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--items", type=int, default=ITEMS)
    options = parser.parse_args()
    how_many, times = (400, 3) if options.smoke else (options.items, 40)
    with database_alone() as database:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(16)
        fill(database, home, how_many)
        measure(database, home, how_many, times)


def fill(database: psycopg.Connection, home: "House", how_many: int) -> None:
    """Rows fit together by construction, so the checks of foreign keys are left out."""
    from accounts.actor import Actor  # noqa: PLC0415 - Django is up only now
    from accounts.models import Person  # noqa: PLC0415
    from queues.agree.unit_sql import GROUPS  # noqa: PLC0415
    from queues.models import Queue  # noqa: PLC0415
    from queues.review import form_versions  # noqa: PLC0415

    queue = Queue.objects.get(pk=home.queue_id)
    owner = Person.objects.get(email=OWNER)
    form = form_versions.new_version(queue, document=FORM, by=Actor(owner.pk), reason="For the benchmark")
    people = list(Person.objects.filter(email__in=home.emails).values_list("pk", flat=True))
    arguments = {"project": home.project_id, "queue": home.queue_id, "form": form.pk, "people": people}
    database.execute("SET session_replication_role = replica")
    database.execute(_PAYLOADS, {"counted": _counted(how_many)})
    for first in range(1, how_many + 1, _PART):
        part = arguments | {"first": first, "last": min(how_many, first + _PART - 1)}
        for statement in (_PREDICTIONS, _ITEMS, _REVIEWS, _UNITS.format(groups=GROUPS)):
            database.execute(statement, part)
    database.execute("UPDATE queues_agreementunit SET holds = jsonb_set(holds, '{version}', %s::jsonb)",
                     [str(form.version)])  # fmt: skip
    database.execute("SET session_replication_role = DEFAULT")
    database.execute("VACUUM ANALYZE")


def _counted(how_many: int) -> list[int]:
    """The items that a submit is measured on, each once; neighbours do not follow each other."""
    return [1 + turn * 7919 % how_many for turn in range(min(COUNTED, how_many // 4))]


def measure(database: psycopg.Connection, home: "House", how_many: int, times: int) -> None:
    from queues.agree import histogram, units  # noqa: PLC0415 - Django is up only now
    from queues.agree.asked import asked_in  # noqa: PLC0415
    from queues.models import Queue  # noqa: PLC0415

    queue, size = Queue.objects.select_related("form").get(pk=home.queue_id), f"{how_many:,} shared items"
    seconds, folds = _timed(lambda: sum(iter(units.fold, 0)))
    report.checked("units folded", folds, how_many)
    report.figure("folded", how_many / seconds, "items/s", size=size)
    # A million are folded at once only here: nobody's submit waits while what that left is put in order.
    database.execute("VACUUM ANALYZE queues_agreementunit, queues_patterncount")
    database.execute("CHECKPOINT")
    gc.collect()
    gc.freeze()  # as the web process does
    _measure_review(queue, how_many, size)
    counts = histogram.read(queue.pk)
    report.checked("items in the counts", counts.n_items(), how_many)
    asked = {one.key: one for one in asked_in(queue)[0]}
    _measure_alpha(counts.of(asked["quality"]), asked["quality"], size, times)
    _measure_pages(home, size, times)
    _measure_check(queue, asked["quality"], how_many, size)


def _measure_review(queue: Any, how_many: int, size: str) -> None:
    """What the end of shared reviewing costs inside a submit with its counting, and a recount from the rows.

    The first ten of a connection plan their statement anew; they are told apart, and are in the p95 too.
    """
    from queues.agree import unit_sql, units  # noqa: PLC0415 - Django is up only now
    from queues.models import AgreementUnit, Item, ItemState, Review  # noqa: PLC0415

    waits, busy, uncounted, empty = [], [], [], []
    ended = ItemState.SETTLED
    with transaction.atomic(), connection.cursor() as cursor:
        for pk in _counted(how_many):
            item = Item.objects.select_related("prediction__payload").get(pk=pk)  # as a submit has
            reviews = list(Review.objects.filter(item=item, withdrawn_at=None).order_by("pk"))
            units.count(item, (), state=ItemState.IN_REVIEW)
            cursor.execute(_UNDER_REVIEW, [pk])
            closing = (str(ended), str(ended), pk)
            uncounted.append(1000 * _timed(lambda: cursor.execute(unit_sql.CLOSE, closing))[0])  # noqa: B023 - called at once
            cursor.execute(_UNDER_REVIEW, [pk])
            began = time.process_time()
            waits.append(1000 * _timed(lambda: units.close(item, reviews, state=ended))[0])  # noqa: B023 - called at once
            busy.append(1000 * (time.process_time() - began))
            empty.append(1000 * _timed(lambda: cursor.execute("SELECT 1"))[0])
        transaction.set_rollback(True)
    report.figure("counting inside a submit, median", report.share_below(waits, 0.5), "ms", size=size)
    report.figure("the longest of the first ten", max(waits[:10]), "ms", size=size)
    more = {
        "load": _load(),
        "p99_ms": round(report.share_below(waits, 0.99), 2),
        "own_processor_p50_p95_ms": _middle_and_end(busy),
        # The item ends in any case: the same statement without counting, and one with nothing to do there.
        "uncounted_p50_p95_ms": _middle_and_end(uncounted),
        "empty_statement_p50_p95_ms": _middle_and_end(empty),
    }
    report.figure("counting inside a submit, p95", report.share_below(waits, 0.95), "ms", target=1, size=size,
                  more=more)  # fmt: skip
    few = min(how_many, 10_000)
    AgreementUnit.objects.filter(pk__lte=few).update(is_owed=True)
    seconds, done = _timed(lambda: sum(iter(units.count_owed, 0)))
    report.checked("owed items counted", done, few)
    report.checked(
        "units that a recount has changed", AgreementUnit.objects.filter(is_folded=False).count(), 0
    )
    report.figure("counted from reviews of before", done / seconds, "items/s", size=f"{few:,} items")


def _middle_and_end(values: list[float]) -> list[float]:
    """Median and p95."""
    return [round(report.share_below(values, share), 2) for share in (0.5, 0.95)]


def _measure_alpha(counted: Any, asked: Any, size: str, times: int) -> None:
    from queues.agree import metrics as _shipped  # noqa: F401, PLC0415 - importing it registers the metrics
    from queues.agree import raw_answers  # noqa: PLC0415
    from queues.agree.metric import metrics  # noqa: PLC0415
    from queues.agree.patterns import answers_of  # noqa: PLC0415

    alpha = metrics.get(asked.scale.metric)
    waits = [1000 * _timed(lambda: alpha(answers_of(counted, asked.scale.values)))[0] for _ in range(times)]
    report.figure("alpha with interval from the histogram, median", report.share_below(waits, 0.5), "ms",
                  target=5, size=size, more={"patterns": len(counted)})  # fmt: skip
    domain = asked.scale.values
    spread = raw_answers.value_counts(counted, domain)
    ours = alpha(answers_of(counted, domain)).value
    for name, way in (("the package", raw_answers.package_alpha), ("a plain sum", raw_answers.plain_alpha)):
        seconds, value = _timed(lambda: way(spread, domain, "ordinal"))  # noqa: B023 - called at once
        report.checked(f"alpha by {name} is ours", bool(np.isclose(value, ours or 0.0, atol=1e-9)), True)
        report.figure(
            f"alpha from value counts by {name}",
            seconds,
            "s",
            target=2 if name == "a plain sum" else None,
            size=f"{size}, 5 values",
        )


def _measure_pages(home: "House", size: str, times: int) -> None:
    from django.test import Client  # noqa: PLC0415 - Django is up only now

    from accounts.models import Person  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Person.objects.get(email=OWNER))
    pages = {"by question": "", "by week": "groups/?question=quality", "by model": "groups/?by=model"}
    for name, tail in pages.items():
        path = f"/projects/{home.slug}/agreement/{tail}"
        report.checked(f"agreement {name} answers", client.get(path).status_code, 200)
        began = time.process_time()
        waits = [1000 * _timed(lambda: client.get(path))[0] for _ in range(times)]  # noqa: B023 - called at once
        more = {"load": _load(), "processor_ms": round(1000 * (time.process_time() - began) / times, 1)}
        report.figure(f"agreement {name}, server p95", report.share_below(waits, 0.95), "ms", target=150,
                      size=size, more=more)  # fmt: skip


def _measure_check(queue: Any, asked: Any, how_many: int, size: str) -> None:
    from queues.agree import raw_answers  # noqa: PLC0415 - Django is up only now

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    seconds, patterns = _timed(lambda: raw_answers.patterns_of(queue.pk, asked))
    report.checked("items of the raw answers", sum(patterns.values()), how_many)
    report.figure("answers counted by SQL", seconds, "s", size=f"{size}, one question")
    seconds, found = _timed(lambda: raw_answers.recomputed(patterns, asked, "ordinal"))
    report.figure(
        "alpha again from these",
        seconds,
        "s",
        size=f"{size}, 5 values",
        more={"by_package": found.by_package},
    )


def _load() -> float:
    return round(psutil.getloadavg()[0], 1)


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = do()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main()
