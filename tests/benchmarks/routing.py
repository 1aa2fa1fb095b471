"""What routing is measured on: a policy with every kind of rule, records, and much that was decided before.

Nothing here imports Django before the stack has set it up.
"""

import random
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

import psycopg

from tests.benchmarks import report, texts

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

INPUTS = 50  # so that every input comes again and again

_UNSURE = {"kind": "uncertain", "measure": "mean_nll"}
_SCORED = {**_UNSURE, "by": "value", "threshold": 0}
_FLAGGED = {"kind": "safety_flagged", "min_severity": "severe"}
_FEW = {"kind": "random_audit", "rate": 0.01, "draw": "silent"}
# Kind → one rule of it. A kind that is added is added here, or the benchmark says so.
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "uncertain": [
        {**_UNSURE, "by": "rank", "threshold": 0.95, "near_duplicates": "attach"},
        {**_UNSURE, "by": "value", "threshold": 0.7, "near_duplicates": "attach"},
        {
            **_UNSURE,
            "by": "top_per_day",
            "per_day": 2_000,
            "daily_cap": 1_500,
            "near_duplicates": "attach",
        },
    ],
    "safety_flagged": [{"kind": "safety_flagged", "daily_cap": 500_000}],
    "disagreement": [{"kind": "disagreement", "among": "samples", "threshold": 0.4}],
    "attribute": [{"kind": "attribute", "attribute": "tag", "values": ["urgent"]}],
    "pair": [{"kind": "pair", "champion": "prod-0", "challenger": "prod-1", "daily_cap": 100}],
    "random_audit": [{"kind": "random_audit", "rate": 0.02}],
    "all_of": [
        {
            "kind": "all_of",
            "of": [
                {"kind": "attribute", "attribute": "model_version", "values": ["prod-2"]},
                {"kind": "random_audit", "rate": 0.05, "draw": "stratum"},
            ],
        }
    ],
    "any_of": [{"kind": "any_of", "of": [{**_UNSURE, "by": "value", "threshold": 3}, _FLAGGED]}],
    "badly_rated": [{"kind": "badly_rated", "thumbs_down": 1, "stars": 2}],
    "golden_deviation": [{"kind": "golden_deviation", "min_distance": 0.2}],
    "novelty": [{"kind": "novelty", "threshold": 0.6, "daily_cap": 200}],
    "none_of": [{"kind": "all_of", "of": [{"kind": "none_of", "of": [_SCORED]}, _FEW]}],
}

# What was stored, scored and decided before: every hundredth waits in the queue, and each input of the batch
# has been answered by many.
_BEFORE = """
WITH made AS (
  INSERT INTO queues_prediction (project_id, environment, prediction_id, content_hash, state, model_version,
    locale, segment, altered, input_key, occurred_at)
  SELECT %(project)s, 'production', 'before-' || n, sha256(n::text::bytea), 'not_routed', 'prod-' || n %% 3,
    '', '', false, (%(keys)s::bigint[])[1 + n %% cardinality(%(keys)s::bigint[])], now()
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
  RETURNING id, project_id, model_version
), scored AS (
  INSERT INTO queues_scores (prediction_id, project_id, model_version, "values", missing)
  SELECT id, project_id, model_version,
    jsonb_build_object('mean_nll', random(), 'perplexity', 1 + random()), '{}'
  FROM made
), routed AS (
  INSERT INTO queues_routing (prediction_id, policy_id, pi, reasons)
  SELECT id, (SELECT id FROM queues_policy WHERE project_id = %(project)s AND is_active), 0.02, '[]' FROM made
)
INSERT INTO queues_item (queue_id, prediction_id, priority, due_at, reviews_needed, fingerprint)
SELECT %(queue)s, id, 50, now(), 1, substr(sha256(id::text::bytea), 1, 16) FROM made WHERE id %% 100 = 0
"""
_PART = 100_000


def all_kinds() -> list[dict[str, Any]]:
    """The rules of a policy with every kind that is registered."""
    from queues.route.condition import conditions  # noqa: PLC0415 - Django is up only now

    missing = sorted({kind for kind, _condition in conditions} - EXAMPLES.keys())
    report.checked("kinds of rules without an example here", missing, [])
    rules = [rule for examples in EXAMPLES.values() for rule in examples]
    return [{"name": f"r{n}", "queue": "answers", **rule} for n, rule in enumerate(rules)]


def put_in_force(home: "House", rules: list[dict[str, Any]]) -> None:
    from accounts.actor import SYSTEM  # noqa: PLC0415 - Django is up only now
    from queues.route import policies  # noqa: PLC0415

    document = {"schema": "policy/1", "rules": rules}
    made = policies.new_version(home.project_id, document=document, by=SYSTEM, reason="benchmark")
    policies.activate(home.project_id, made.version, by=SYSTEM, reason="benchmark")


def arriving(run: str) -> Iterator[dict[str, Any]]:
    """Records as programs send them, some with samples and tags; every input comes again and again."""
    random_ = random.Random(11)
    inputs = [{"prompt": texts.text(random_)[:400].rstrip()} for _ in range(INPUTS)]
    for number in count():
        record: dict[str, Any] = texts.record(number, run=run, random_=random_)
        record |= {"input": inputs[number % len(inputs)]}
        if number % 7 == 0:
            record |= {"samples": [{"text": word} for word in random_.choices(("yes", "no", "maybe"), k=5)]}
        if number % 9 == 0:
            record |= {"output": {"text": "Please ask our support."}}
        if number % 50 == 0:
            record |= {"tags": ["urgent"]}
        yield record


def fill(database: psycopg.Connection, home: "House", before: int, size: int) -> None:
    """As many stored and decided predictions as `size`; `before` are there already."""
    from queues.ingest.input_key import input_key  # noqa: PLC0415 - Django is up only now

    records = arriving("keys")
    keys = list({input_key(next(records)) for _ in range(INPUTS)})
    arguments = {"project": home.project_id, "queue": home.queue_id, "keys": keys}
    database.execute("SET session_replication_role = replica")
    for first in range(before + 1, size + 1, _PART):
        database.execute(_BEFORE, {**arguments, "first": first, "last": min(size, first + _PART - 1)})
    database.execute("SET session_replication_role = DEFAULT")
    database.execute("VACUUM ANALYZE")
