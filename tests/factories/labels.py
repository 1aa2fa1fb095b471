"""Labels: predictions that were picked with a known pi, scored, and settled by a verdict. Written by SQL."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

import numpy as np
import orjson
from django.utils import timezone

from accounts.actor import SYSTEM
from queues import jobs
from queues.bulk import reserve_ids, write_rows
from queues.models import Item, Prediction, Queue, Routing, Scores, Verdict
from queues.monitor import actions as monitor
from tests.factories.people import PersonFactory
from tests.factories.work import policy_of

_numbers = count(1)


class Picked(NamedTuple):
    """One prediction. decision None: it waits. pi 0 and no rule: it was not picked, so it has no item."""

    decision: str | None = "approve"
    pi: float = 1.0
    kinds: tuple[str, ...] = ("uncertain",)
    values: Mapping[str, float] = {}
    model_version: str = "prod-17"
    locale: str = ""
    segment: str = ""
    days_ago: float = 0.0


def picked(queue: Queue, rows: Iterable[Picked], *, now: datetime | None = None) -> list[int]:
    """The predictions with all that belongs to them; their ids. Verdicts are a lead's, without reviews."""
    found, at = list(rows), now or timezone.now()
    policy, lead = policy_of(queue.project), PersonFactory.create()
    ids, items = reserve_ids(Prediction, len(found)), reserve_ids(Item, len(found))
    write_rows(
        Prediction,
        (
            "id", "project_id", "environment", "prediction_id", "content_hash", "state", "model_version",
            "locale", "segment", "altered", "occurred_at", "received_at",
        ),
        (
            (
                id_, queue.project_id, "production", f"label-{next(_numbers)}", b"\0" * 32,
                "routed" if row.kinds else "not_routed", row.model_version, row.locale, row.segment, False,
                at - timedelta(days=row.days_ago), at - timedelta(days=row.days_ago),
            )
            for id_, row in zip(ids, found, strict=True)
        ),
    )  # fmt: skip
    write_rows(
        Routing,
        ("prediction_id", "policy_id", "pi", "reasons"),
        ((id_, policy.pk, row.pi, _reasons(row)) for id_, row in zip(ids, found, strict=True)),
    )
    write_rows(
        Scores,
        ("prediction_id", "project_id", "model_version", "values", "missing"),
        (
            (id_, queue.project_id, row.model_version, _json(dict(row.values)), "{}")
            for id_, row in zip(ids, found, strict=True)
        ),
    )
    write_rows(
        Item,
        (
            "id",
            "queue_id",
            "prediction_id",
            "state",
            "priority",
            "due_at",
            "reviews_needed",
            "settled_at",
            "reasons",
        ),
        (
            (
                item,
                queue.pk,
                id_,
                "settled" if row.decision else "open",
                50,
                at,
                1,
                at if row.decision else None,
                _reasons(row),
            )
            for item, id_, row in zip(items, ids, found, strict=True)
            if row.kinds
        ),
    )
    write_rows(
        Verdict,
        (
            "queue_id", "item_id", "decision", "basis", "reasons", "answers", "corrected_text",
            "decided_by_id", "why",
        ),
        (
            (
                queue.pk, item, row.decision, "adjudicated", "[]", "{}",
                "" if row.decision == "correct" else None, lead.pk, "for the test",
            )
            for item, row in zip(items, found, strict=True)
            if row.kinds and row.decision
        ),
    )  # fmt: skip
    return ids


def judged(queue: Queue, n: int = 400, *, version: str = "prod-17") -> None:
    """`mean_nll` finds errors in English and points away from them in German; then a refit."""
    generator = np.random.default_rng(3)
    rows = []
    for place in range(n):
        is_german, is_bad = place % 2 == 0, bool(generator.random() < 0.3)
        score = float(generator.normal() + (-1.0 if is_german else 2.0) * is_bad)
        drawn = place % 5 == 0
        rows.append(
            Picked(
                "reject" if is_bad else "approve",
                0.2 if drawn else 1.0,
                ("random_audit",) if drawn else ("uncertain",),
                {"mean_nll": score, "n_tokens": float(generator.integers(4, 60))},
                version,
                "de" if is_german else "en",
                days_ago=10 * (n - place) / n,
            )
        )
    picked(queue, rows)
    jobs.run_job(monitor.ask_for_refit(queue.project_id, by=SYSTEM).pk)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _reasons(row: Picked) -> str:
    return _json([{"rule": kind, "kind": kind} for kind in row.kinds])
