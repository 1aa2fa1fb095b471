"""A dry run over 100,000 predictions: eight rules beside the policy in force, in seconds and memory.

Asked for over the API and answered by the worker of the stack, as a person would; the processor time of the
worker stands beside the clock, which others on the machine slow down.
"""

import argparse
import json
import time
from typing import TYPE_CHECKING, Any

import psycopg

from tests.benchmarks import driver, report
from tests.benchmarks.stack import Stack, stack

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

PREDICTIONS = 100_000
# As batches of 100 that arrived every 90 seconds, oldest first; a score of each and a flag of some.
_TIMES = """
UPDATE queues_prediction SET received_at = now() - (%(last)s - id) / 100 * interval '90 seconds'
WHERE project_id = %(project)s
"""
_SCORES = """
INSERT INTO queues_scores (prediction_id, project_id, model_version, "values", missing)
SELECT id, project_id, model_version,
  jsonb_build_object('mean_nll', (id * 7919 %% 100003) / 100003.0, 'judge_disagreement', (id %% 10) / 10.0),
  '{}'
FROM queues_prediction WHERE project_id = %(project)s
"""
_FLAGS = """
INSERT INTO queues_flag (prediction_id, component, component_version, taxonomy, category, score, threshold,
  flagged, severity, target, verdict, action)
SELECT id, 'filter', '1', '', 'hate', 0.9, 0.5, true, 3, 'output', '', ''
FROM queues_prediction WHERE project_id = %(project)s AND id %% 50 = 0
"""


def document(queue: str) -> dict[str, Any]:
    """Eight rules of all kinds; half of them read the record."""
    audit = {"name": "audit", "kind": "random_audit", "rate": 0.02}
    english = {"kind": "attribute", "attribute": "locale", "values": ["en", ""]}
    rules: list[dict[str, Any]] = [
        {"name": "doubt", "kind": "uncertain", "measure": "mean_nll", "threshold": 0.98},
        {"name": "top", "kind": "uncertain", "measure": "mean_nll", "by": "top_per_day", "per_day": 200},
        {"name": "flags", "kind": "safety_flagged", "near_duplicates": "attach"},
        {"name": "judges", "kind": "disagreement", "among": "judges", "threshold": 0.9, "daily_cap": 100},
        {"name": "pair", "kind": "pair", "champion": "prod-1", "challenger": "prod-2"},
        {"name": "stratum", "kind": "all_of", "of": [english, {**audit, "draw": "en", "rate": 0.05}]},
        {"name": "neither", "kind": "none_of", "of": [english, {"kind": "safety_flagged"}]},
        audit,
    ]
    del rules[5]["of"][1]["name"]
    return {"schema": "policy/1", "rules": [{"queue": queue, **rule} for rule in rules]}


def fill(own: Stack, home: "House", how_many: int) -> None:
    """Scored predictions with their texts and times."""
    from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

    with own.connect() as database:
        seed.predictions(database, home, how_many)
        arguments = {"project": home.project_id, "last": how_many}
        _as_superuser(database, arguments, _TIMES, _SCORES, _FLAGS)


def _as_superuser(database: psycopg.Connection, arguments: dict[str, Any], *statements: str) -> None:
    """Past the triggers that keep history, which this is not."""
    database.execute("SET session_replication_role = replica")
    for statement in statements:
        database.execute(statement, arguments)
    database.execute("SET session_replication_role = DEFAULT")
    database.execute("VACUUM ANALYZE")


def ask(caller: driver.Caller, api: str, body: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """Ask, wait until it is over; seconds and the answer."""
    began = time.perf_counter()
    asked = caller.post(f"{api}/policies:dry-run", body)
    if asked.status != 202:
        raise AssertionError(f"the dry run was answered {asked.status}: {asked.body[:300]!r}")
    while True:
        answer = caller.call("GET", f"{api}/dry-runs/{asked.json['id']}").json
        if answer["state"] not in ("waiting", "running"):
            return time.perf_counter() - began, answer
        time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--predictions", type=int, default=PREDICTIONS)
    options = parser.parse_args()
    how_many = 500 if options.smoke else options.predictions
    with stack() as own:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        fill(own, home, how_many)
        caller, size = driver.with_key(own.port, home.owner_key), f"{how_many:,} predictions, 8 rules"
        idle, used = own.memory()["worker"], own.cpu_seconds(("worker", "postgres"))
        seconds, answer = ask(caller, home.api, {"document": document(home.queue_slug), "last": how_many})
        after = own.cpu_seconds(("worker", "postgres"))
        report.checked("state", answer["state"], "done")
        result = answer["result"]
        report.checked("looked at", result["looked_at"], how_many)
        report.checked("sent by some rule", result["sent"] > 0, expected=True)
        report.figure(
            "dry run: asked for to answered",
            seconds,
            "s",
            target=None if options.smoke else 60,
            size=size,
            more={f"cpu_s_{name}": round(after[name] - used[name], 1) for name in used},
        )
        report.figure("memory of the worker above idle", own.memory()["worker"] - idle, "MiB", size=size)
        report.figure("report", len(json.dumps(result)) / 1024, "KiB", size=size)


if __name__ == "__main__":
    main()
