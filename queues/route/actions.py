"""Writes of routing: scored → routed or not_routed, and the items that people will review."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
from django.db import connection, transaction
from django.utils import timezone

from accounts import events
from accounts.actor import SYSTEM
from accounts.events import EventRow
from queues.bulk import reserve_ids, write_rows
from queues.errors import WrongState
from queues.ingest.actions import New
from queues.models import Item, PredictionState, Routing, Slot
from queues.route import queries, windows
from queues.route.decide import Decision, decide
from queues.route.queries import ActivePolicy
from queues.route.rule import Case
from queues.score import queries as scores
from queues.score.measure import Value
from queues.score.queries import ScoredPrediction

_LOCK = """
    SELECT id, project_id, prediction_id, model_version FROM queues_prediction
    WHERE id = ANY(%s) AND state = 'scored' ORDER BY id FOR UPDATE SKIP LOCKED
"""
_MOVE = "UPDATE queues_prediction SET state = %s WHERE id = ANY(%s) AND state = 'scored'"


@dataclass(frozen=True, slots=True)
class RoutedBatch:
    """What routing did: how many were routed and not, and the new items.

    waiting: predictions of projects without an active policy; they stay scored until there is one.
    """

    routed: int
    not_routed: int
    waiting: int
    item_ids: Sequence[int]


class _Locked(NamedTuple):
    id: int
    project_id: int
    prediction_id: str
    model_version: str


class _Opened(NamedTuple):
    """One routed prediction and the item it becomes."""

    item_id: int
    prediction: int
    decision: Decision


class _Part(NamedTuple):
    """What became of the predictions of one project: their items, or the ids of those that got none."""

    opened: Sequence[_Opened] = ()
    passed: Sequence[int] = ()
    waiting: Sequence[int] = ()


@transaction.atomic(savepoint=False)
def route(
    prediction_ids: Sequence[int], *, scored: Sequence[ScoredPrediction] = (), now: datetime | None = None
) -> RoutedBatch:
    """scored → routed or not_routed by the active policy of each project. Doing it twice changes nothing.

    scored: what scoring just gave, so that it is not read back. now: the time that due times count from.
    """
    locked = _lock(prediction_ids)
    facts = {prediction.id: prediction for prediction in scored}
    absent = [row.id for row in locked if row.id not in facts]
    if absent:
        facts |= {prediction.id: prediction for prediction in scores.scored(absent)}
    by_project: dict[int, list[_Locked]] = defaultdict(list)
    for row in locked:
        by_project[row.project_id].append(row)
    parts = [
        _route_project(project_id, rows, facts, now or timezone.now())
        for project_id, rows in by_project.items()
    ]
    _move([item.prediction for part in parts for item in part.opened], PredictionState.ROUTED)
    _move([id_ for part in parts for id_ in part.passed], PredictionState.NOT_ROUTED)
    return RoutedBatch(
        routed=sum(len(part.opened) for part in parts),
        not_routed=sum(len(part.passed) for part in parts),
        waiting=sum(len(part.waiting) for part in parts),
        item_ids=[item.item_id for part in parts for item in part.opened],
    )


def route_new(
    project_id: int, arriving: Sequence[New], scored: Sequence[ScoredPrediction]
) -> dict[int, PredictionState]:
    """The same for records that this very transaction stores: the state in which each is to be stored."""
    rows = [
        _Locked(new.id, project_id, new.checked.prediction_id, new.checked.model_version) for new in arriving
    ]
    part = _route_project(
        project_id, rows, {prediction.id: prediction for prediction in scored}, timezone.now()
    )
    states = dict.fromkeys([item.prediction for item in part.opened], PredictionState.ROUTED)
    states |= dict.fromkeys(part.passed, PredictionState.NOT_ROUTED)
    return states | dict.fromkeys(part.waiting, PredictionState.SCORED)


def _lock(prediction_ids: Sequence[int]) -> list[_Locked]:
    """The predictions that are ours to route; what another call is routing is left to it."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(prediction_ids)])
        return [_Locked(*row) for row in cursor.fetchall()]


def _route_project(
    project_id: int, rows: Sequence[_Locked], facts: dict[int, ScoredPrediction], now: datetime
) -> _Part:
    policy = queries.active_policy(project_id)
    if policy is None:
        return _Part(waiting=[row.id for row in rows])
    decisions = _decide(policy, project_id, rows, facts)
    picked = [(row.id, decision) for row, decision in zip(rows, decisions, strict=True) if decision.is_routed]
    item_ids = reserve_ids(Item, len(picked))
    opened = [_Opened(item_id, *pick) for item_id, pick in zip(item_ids, picked, strict=True)]
    passed = [row.id for row, decision in zip(rows, decisions, strict=True) if not decision.is_routed]
    _store_routings(policy, rows, decisions)
    _open_items(policy, opened, now)
    events.record_many(_events(policy, project_id, rows, opened))
    return _Part(opened, passed)


def _decide(
    policy: ActivePolicy, project_id: int, rows: Sequence[_Locked], facts: dict[int, ScoredPrediction]
) -> list[Decision]:
    ranks: dict[str, dict[int, Value]] = {}
    for measure in sorted(policy.document.ranked_measures):
        batch = [
            windows.Arriving(row.id, row.model_version, facts[row.id].values.get(measure)) for row in rows
        ]
        ranks[measure] = windows.shared.ranks(project_id, measure, batch)
    return [
        decide(
            policy.document,
            Case(
                prediction_id=row.prediction_id,
                values=facts[row.id].values,
                ranks={measure: by_id[row.id] for measure, by_id in ranks.items()},
                findings=facts[row.id].findings,
                salt=policy.salt,
            ),
        )
        for row in rows
    ]


def _store_routings(policy: ActivePolicy, rows: Sequence[_Locked], decisions: Sequence[Decision]) -> None:
    """One row per prediction, also for those that nobody will look at: their pi is what rates need."""
    columns = ("prediction_id", "policy_id", "pi", "reasons")
    write_rows(
        Routing,
        columns,
        (
            (
                row.id,
                policy.id,
                decision.pi,
                orjson.dumps(decision.reasons).decode() if decision.reasons else "[]",
            )
            for row, decision in zip(rows, decisions, strict=True)
        ),
    )


def _open_items(policy: ActivePolicy, opened: Sequence[_Opened], now: datetime) -> None:
    """The items, and a slot for each review that they need, in the order of their ids."""
    if not opened:
        return
    items = [
        (item_id, _queue_id(policy, decision), prediction, *_urgency(decision, now), decision.reviews_needed)
        for item_id, prediction, decision in opened
    ]
    write_rows(Item, ("id", "queue_id", "prediction_id", "priority", "due_at", "reviews_needed"), items)
    slots = (
        (item_id, _queue_id(policy, decision), seq, *_urgency(decision, now))
        for item_id, _prediction, decision in opened
        for seq in range(1, decision.reviews_needed + 1)
    )
    write_rows(Slot, ("item_id", "queue_id", "seq", "priority", "due_at"), slots)


def _queue_id(policy: ActivePolicy, decision: Decision) -> int:
    try:
        return policy.queues[decision.queue]
    except KeyError:
        raise WrongState(
            f"Policy version {policy.version} sends to the queue {decision.queue!r}, which this project "
            "does not have. Activate a version whose queues exist."
        ) from None


def _urgency(decision: Decision, now: datetime) -> tuple[int, datetime]:
    return decision.priority, now + timedelta(hours=decision.due_hours)


def _move(prediction_ids: Sequence[int], state: PredictionState) -> None:
    if prediction_ids:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [str(state), list(prediction_ids)])


def _events(
    policy: ActivePolicy, project_id: int, rows: Sequence[_Locked], opened: Sequence[_Opened]
) -> list[EventRow]:
    """One event for the batch, one for each item: who asks why it was opened finds it in the log."""
    batch = EventRow(
        project_id=project_id,
        kind="predictions.routed",
        by=SYSTEM,
        subject_kind="policy",
        subject_id=policy.id,
        after={
            "version": policy.version,
            "routed": len(opened),
            "not_routed": len(rows) - len(opened),
            "first": rows[0].id,
            "last": rows[-1].id,
        },
    )
    return [batch, *(_item_event(policy, project_id, item) for item in opened)]


def _item_event(policy: ActivePolicy, project_id: int, item: _Opened) -> EventRow:
    return EventRow(
        project_id=project_id,
        kind="item.opened",
        by=SYSTEM,
        subject_kind="item",
        subject_id=item.item_id,
        after={
            "prediction": item.prediction,
            "queue": item.decision.queue,
            "priority": item.decision.priority,
            "rules": _rule_names(item.decision.reasons),
            "policy_version": policy.version,
        },
    )


def _rule_names(reasons: Iterable[dict[str, object]]) -> list[object]:
    return [reason["rule"] for reason in reasons]
