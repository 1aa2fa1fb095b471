"""Writes of routing: scored → routed or not_routed, and the items that people will review."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

import orjson
from django.db import connection, transaction
from django.utils import timezone

from accounts import events
from accounts.actor import SYSTEM
from accounts.events import EventRow
from queues.bulk import write_rows
from queues.ingest.actions import New
from queues.models import PredictionState, Routing
from queues.route import allowances, fact, opening, queries, windows
from queues.route import facts as _shipped  # noqa: F401 - importing it registers the fact sources
from queues.route.decide import Decision
from queues.route.deciding import cases_of, decide_batch
from queues.route.fact import Arrival
from queues.route.opening import Opening, Pick
from queues.route.queries import ActivePolicy
from queues.score import queries as scores
from queues.score.queries import ScoredPrediction

_LOCK = """
    SELECT id, prediction_id, model_version, environment, project_id FROM queues_prediction
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


class _Part(NamedTuple):
    """What became of the predictions of one project: routed, passed by, or waiting for a policy."""

    opening: Opening = Opening()
    routed: Sequence[int] = ()
    passed: Sequence[int] = ()
    waiting: Sequence[int] = ()


@transaction.atomic(savepoint=False)
def route(
    prediction_ids: Sequence[int], *, scored: Sequence[ScoredPrediction] = (), now: datetime | None = None
) -> RoutedBatch:
    """scored → routed or not_routed by the active policy of each project. Doing it twice changes nothing.

    scored: what scoring just gave, so that it is not read back. now: the time that due times count from.
    """
    by_project = _lock(prediction_ids)
    locked = [arrival.id for arrivals in by_project.values() for arrival in arrivals]
    known = {prediction.id: prediction for prediction in scored}
    if absent := [id_ for id_ in locked if id_ not in known]:
        known |= {prediction.id: prediction for prediction in scores.scored(absent)}
    parts = [
        _route_project(project_id, arrivals, known, now or timezone.now())
        for project_id, arrivals in by_project.items()
    ]
    _move([id_ for part in parts for id_ in part.routed], PredictionState.ROUTED)
    _move([id_ for part in parts for id_ in part.passed], PredictionState.NOT_ROUTED)
    return RoutedBatch(
        routed=sum(len(part.routed) for part in parts),
        not_routed=sum(len(part.passed) for part in parts),
        waiting=sum(len(part.waiting) for part in parts),
        item_ids=[item.item_id for part in parts for item in part.opening.opened],
    )


def route_new(
    project_id: int, arriving: Sequence[New], scored: Sequence[ScoredPrediction]
) -> dict[int, PredictionState]:
    """The same for records that this very transaction stores: the state in which each is to be stored."""
    arrivals = [
        Arrival(
            new.id,
            new.checked.prediction_id,
            new.checked.model_version,
            new.checked.environment,
            new.checked.record,
        )
        for new in arriving
    ]
    known = {prediction.id: prediction for prediction in scored}
    part = _route_project(project_id, arrivals, known, timezone.now())
    states = dict.fromkeys(part.routed, PredictionState.ROUTED)
    states |= dict.fromkeys(part.passed, PredictionState.NOT_ROUTED)
    return states | dict.fromkeys(part.waiting, PredictionState.SCORED)


def _lock(prediction_ids: Sequence[int]) -> dict[int, list[Arrival]]:
    """The predictions that are ours to route, by project; what another call is routing is left to it."""
    by_project: dict[int, list[Arrival]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(prediction_ids)])
        for *rest, project_id in cursor.fetchall():
            by_project[project_id].append(Arrival._make((*rest, {})))
    return by_project


def _route_project(
    project_id: int, arrivals: Sequence[Arrival], scored: Mapping[int, ScoredPrediction], now: datetime
) -> _Part:
    policy = queries.active_policy(project_id)
    if policy is None:
        return _Part(waiting=[arrival.id for arrival in arrivals])
    if policy.document.reads_records:
        arrivals = with_records(arrivals)
    decisions = decide_now(policy, project_id, arrivals, scored, now)
    both = list(zip(arrivals, decisions, strict=True))
    _store_routings(policy, both)
    picks = [Pick(arrival.id, decision, arrival.record) for arrival, decision in both if decision.is_routed]
    opened = opening.open_items(policy, picks, now)
    routed = [pick.prediction for pick in picks]
    batch = _event(policy, project_id, arrivals, len(routed))
    events.record_many([batch, *opening.events_of(policy, project_id, opened)])
    passed = [arrival.id for arrival, decision in both if not decision.is_routed]
    return _Part(opened, routed, passed)


def with_records(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The same with their records, read where an arrival does not bring its own."""
    absent = [arrival.id for arrival in arrivals if not arrival.record]
    read = scores.records(absent) if absent else {}
    return [arrival if arrival.record else arrival._replace(record=read[arrival.id]) for arrival in arrivals]


def decide_now(
    policy: ActivePolicy,
    project_id: int,
    arrivals: Sequence[Arrival],
    scored: Mapping[int, ScoredPrediction],
    now: datetime,
) -> list[Decision]:
    """One decision per arrival, by what this process and the database know now."""
    cases = cases_of(
        project_id,
        policy.document,
        policy.salt,
        arrivals,
        scored=scored,
        facts=fact.read(policy.document.facts, project_id, arrivals),
        ranking=windows.shared,
    )
    return decide_batch(policy.document, cases, spend=partial(allowances.spend, project_id, now=now))


def _store_routings(policy: ActivePolicy, both: Sequence[tuple[Arrival, Decision]]) -> None:
    """One row per prediction, also for those that nobody will look at: their pi is what rates need."""
    rows = (
        (
            arrival.id,
            policy.id,
            decision.pi,
            orjson.dumps(decision.reasons).decode() if decision.reasons else "[]",
        )
        for arrival, decision in both
    )
    write_rows(Routing, ("prediction_id", "policy_id", "pi", "reasons"), rows)


def _move(prediction_ids: Sequence[int], state: PredictionState) -> None:
    if prediction_ids:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [str(state), list(prediction_ids)])


def _event(policy: ActivePolicy, project_id: int, arrivals: Sequence[Arrival], routed: int) -> EventRow:
    """One event for the batch."""
    return EventRow(
        project_id=project_id,
        kind="predictions.routed",
        by=SYSTEM,
        subject_kind="policy",
        subject_id=policy.id,
        after={
            "version": policy.version,
            "routed": routed,
            "not_routed": len(arrivals) - routed,
            "first": arrivals[0].id,
            "last": arrivals[-1].id,
        },
    )
