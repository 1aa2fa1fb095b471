"""The second look: when more becomes known of a prediction, the rules that look at it are asked again.

Feedback arrives, a vector is made, a filter answers. Rules that fired before stay as they were, and rules
that do not look at what changed are not asked: a rank that drifted meanwhile is no reason.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction
from django.utils import timezone

from accounts import events
from accounts.actor import SYSTEM
from accounts.events import EventRow
from queues.bulk import write_rows
from queues.models import SecondLook
from queues.route import allowances, fact, opening, queries, windows
from queues.route.actions import with_records
from queues.route.decide import Decision
from queues.route.deciding import cases_of, decide_batch
from queues.route.fact import Arrival
from queues.route.opening import Pick
from queues.route.policy_document import PolicyDocument
from queues.route.queries import ActivePolicy
from queues.score import queries as scores

_LOCK = """
SELECT p.id, p.prediction_id, p.model_version, p.environment, p.project_id
FROM queues_prediction p WHERE p.id = ANY(%s) AND p.state IN ('routed', 'not_routed')
ORDER BY p.id FOR UPDATE
"""
_BEFORE = """
SELECT r.prediction_id,
  (SELECT COALESCE(array_agg(reason ->> 'rule'), '{}') FROM jsonb_array_elements(r.reasons) reason)
  || (SELECT COALESCE(array_agg(reason ->> 'rule'), '{}') FROM queues_secondlook l
      CROSS JOIN LATERAL jsonb_array_elements(l.reasons) reason WHERE l.prediction_id = r.prediction_id)
FROM queues_routing r WHERE r.prediction_id = ANY(%s)
"""
_ITEMS = """
SELECT DISTINCT ON (prediction_id) prediction_id, id, state FROM (
  SELECT prediction_id, id, state FROM queues_item WHERE prediction_id = ANY(%(ids)s)
  UNION ALL
  SELECT a.prediction_id, i.id, i.state FROM queues_attachment a JOIN queues_item i ON i.id = a.item_id
  WHERE a.prediction_id = ANY(%(ids)s)) found
ORDER BY prediction_id, id
"""
_MOVE = "UPDATE queues_prediction SET state = 'routed' WHERE id = ANY(%s) AND state = 'not_routed'"
_HURRY_ITEM = """
UPDATE queues_item SET priority = GREATEST(priority, %(priority)s), due_at = LEAST(due_at, %(due_at)s),
  reasons = reasons || %(reasons)s::jsonb
WHERE id = %(item)s AND state IN ('open', 'in_review', 'disputed')
"""
_HURRY_SLOTS = """
UPDATE queues_slot SET priority = GREATEST(priority, %(priority)s), due_at = LEAST(due_at, %(due_at)s)
WHERE item_id = %(item)s AND state IN ('open', 'leased')
"""


class _There(NamedTuple):
    """The item that a prediction has already, or is counted on."""

    item_id: int
    state: str


def look_again(
    prediction_ids: Sequence[int], *, changed: frozenset[str], now: datetime | None = None
) -> list[int]:
    """Ask the rules that look at what changed; the predictions that got a new reason.

    changed: what became known, as rules ask for it (`fact:feedback`, `score:seu`, `findings`). A prediction
    without an item gets one; an unfinished item becomes as urgent as the new reason asks. What is settled
    stays settled: the reason is written down beside it. Doing it twice changes nothing.
    """
    found = []
    with transaction.atomic():
        for project_id, arrivals in _lock(prediction_ids).items():
            policy = queries.active_policy(project_id)
            if policy is not None and (document := asking(policy.document, changed)).rules:
                found += _look(policy, document, project_id, arrivals, changed, now or timezone.now())
    return found


def asking(document: PolicyDocument, changed: frozenset[str]) -> PolicyDocument:
    """The same policy with only the rules that are on and look at what changed."""
    touched = changed | {name.replace("score:", "rank:") for name in changed}
    return document.with_rules(rule for rule in document.rules_in_force if rule.asks & touched)


def _lock(prediction_ids: Sequence[int]) -> dict[int, list[Arrival]]:
    """What has been routed already, by project: the rest will be looked at with all that is known then."""
    by_project: dict[int, list[Arrival]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(prediction_ids)])
        for *rest, project_id in cursor.fetchall():
            by_project.setdefault(project_id, []).append(Arrival._make((*rest, {})))
    return by_project


def _look(
    policy: ActivePolicy,
    document: PolicyDocument,
    project_id: int,
    arrivals: Sequence[Arrival],
    changed: frozenset[str],
    now: datetime,
) -> list[int]:
    arrivals = with_records(arrivals)
    decisions = _decide(policy, document, project_id, arrivals, now)
    picks = _new(arrivals, decisions, _fired_before([arrival.id for arrival in arrivals]))
    if not picks:
        return []
    _store(policy, picks, changed)
    there = _items([pick.prediction for pick in picks])
    fresh = [pick for pick in picks if pick.prediction not in there]
    opened = opening.open_items(policy, fresh, now)
    for pick in picks:
        if pick.prediction in there:
            _hurry(there[pick.prediction], pick.decision, now)
    _move([pick.prediction for pick in picks])
    events.record_many(
        [
            *opening.events_of(policy, project_id, opened),
            *(_event(policy, project_id, pick, there.get(pick.prediction), changed) for pick in picks),
        ]
    )
    return [pick.prediction for pick in picks]


def _decide(
    policy: ActivePolicy,
    document: PolicyDocument,
    project_id: int,
    arrivals: Sequence[Arrival],
    now: datetime,
) -> list[Decision]:
    scored = {one.id: one for one in scores.scored([arrival.id for arrival in arrivals])}
    cases = cases_of(
        project_id,
        document,
        policy.salt,
        arrivals,
        scored=scored,
        facts=fact.read(document.facts, project_id, arrivals),
        ranking=windows.shared,
    )
    return decide_batch(document, cases, spend=partial(allowances.spend, project_id, now=now))


def _new(
    arrivals: Sequence[Arrival], decisions: Sequence[Decision], before: Mapping[int, set[str]]
) -> list[Pick]:
    """What got a reason that it did not have; only the new reasons."""
    picks = []
    for arrival, decision in zip(arrivals, decisions, strict=True):
        reasons = [reason for reason in decision.reasons if reason["rule"] not in before[arrival.id]]
        if reasons:
            picks.append(Pick(arrival.id, decision._replace(reasons=reasons), arrival.record))
    return picks


def _fired_before(prediction_ids: Sequence[int]) -> dict[int, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [list(prediction_ids)])
        return {id_: set(rules) for id_, rules in cursor.fetchall()}


def _store(policy: ActivePolicy, picks: Sequence[Pick], changed: frozenset[str]) -> None:
    names = orjson.dumps(sorted(changed)).decode()
    write_rows(
        SecondLook,
        ("prediction_id", "policy_id", "changed", "pi", "reasons"),
        (
            (
                pick.prediction,
                policy.id,
                names,
                pick.decision.pi,
                orjson.dumps(pick.decision.reasons).decode(),
            )
            for pick in picks
        ),
    )


def _items(prediction_ids: Sequence[int]) -> dict[int, _There]:
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, {"ids": list(prediction_ids)})
        return {prediction: _There(*rest) for prediction, *rest in cursor.fetchall()}


def _hurry(there: _There, decision: Decision, now: datetime) -> None:
    """An unfinished item takes the higher priority and the earlier due time, with its open slots."""
    priority, due_at = opening.urgency(decision, now)
    arguments: dict[str, Any] = {
        "item": there.item_id,
        "priority": priority,
        "due_at": due_at,
        "reasons": orjson.dumps(decision.reasons).decode(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HURRY_ITEM, arguments)
        cursor.execute(_HURRY_SLOTS, arguments)


def _move(prediction_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [list(prediction_ids)])


def _event(
    policy: ActivePolicy, project_id: int, pick: Pick, there: _There | None, changed: frozenset[str]
) -> EventRow:
    return EventRow(
        project_id=project_id,
        kind="prediction.looked_at_again",
        by=SYSTEM,
        subject_kind="prediction",
        subject_id=pick.prediction,
        after={
            "changed": sorted(changed),
            "rules": opening.rule_names(pick.decision.reasons),
            "item": there.item_id if there else None,
            "item_state": there.state if there else None,
            "policy_version": policy.version,
        },
    )
