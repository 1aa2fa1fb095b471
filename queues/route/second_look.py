"""The second look: when more becomes known of a prediction, the rules that look at it are asked again.

Feedback arrives, a vector is made, a filter answers. Rules that fired before stay as they were, and rules
that do not look at what changed are not asked: a rank that drifted meanwhile is no reason. Where a rule
that is asked draws at random, also what it did not draw is written down: its pi is a higher one now.
"""

from collections.abc import Mapping, Sequence
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
from queues.models import SecondLook
from queues.route import allowances, fact, opening, queries, standing
from queues.route.actions import with_records
from queues.route.condition import Case
from queues.route.decide import Decision
from queues.route.deciding import cases_of, decide_batch
from queues.route.fact import Arrival
from queues.route.inclusion import pi_of
from queues.route.opening import Pick
from queues.route.policy_document import PolicyDocument
from queues.route.queries import ActivePolicy
from queues.route.standing import Before, There
from queues.route.windows import Windows
from queues.score import queries as scores

_LOCK = """
SELECT p.id, p.prediction_id, p.model_version, p.environment, p.project_id
FROM queues_prediction p WHERE p.id = ANY(%s) AND p.state IN ('routed', 'not_routed')
ORDER BY p.id FOR NO KEY UPDATE
"""
_MOVE = "UPDATE queues_prediction SET state = 'routed' WHERE id = ANY(%s) AND state = 'not_routed'"


class _Found(NamedTuple):
    """What a look found. may_draw: a rule that was asked could have drawn it, and now counts in its pi."""

    pick: Pick
    may_draw: bool

    @property
    def prediction(self) -> int:
        return self.pick.prediction

    @property
    def decision(self) -> Decision:
        return self.pick.decision


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
        for project_id, arrivals in lock(prediction_ids).items():
            policy = queries.active_policy(project_id)
            if policy is not None and (document := asking(policy.document, changed)).rules:
                found += _look(policy, document, project_id, arrivals, changed, now or timezone.now())
    return found


def asking(document: PolicyDocument, changed: frozenset[str]) -> PolicyDocument:
    """The same policy with only the rules that are on and look at what changed."""
    touched = changed | {name.replace("score:", "rank:") for name in changed}
    return document.with_rules(rule for rule in document.rules_in_force if rule.asks & touched)


def lock(prediction_ids: Sequence[int]) -> dict[int, list[Arrival]]:
    """What has been routed already, by project: the rest will be looked at with all that is known then."""
    by_project: dict[int, list[Arrival]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(prediction_ids)])
        for *rest, project_id in cursor.fetchall():
            by_project.setdefault(project_id, []).append(Arrival._make((*rest, {})))
    return by_project


def _look(
    policy: ActivePolicy,
    asked: PolicyDocument,
    project_id: int,
    arrivals: Sequence[Arrival],
    changed: frozenset[str],
    now: datetime,
) -> list[int]:
    before = standing.before([arrival.id for arrival in arrivals])
    found = _decide(policy, asked, project_id, with_records(arrivals), before, now)
    _store(policy, [one for one in found if _is_news(one, before[one.prediction])], changed)
    picks = [one.pick for one in found if one.decision.is_routed]
    if not picks:
        return []
    there = standing.items([pick.prediction for pick in picks])
    fresh = [pick for pick in picks if pick.prediction not in there]
    opened = opening.open_items(policy, fresh, now)
    late = [(there[pick.prediction], pick.decision) for pick in picks if pick.prediction in there]
    for item, decision in sorted(late, key=lambda one: one[0].item_id):
        standing.hurry(item, decision, now)
    move([pick.prediction for pick in picks])
    events.record_many(
        [
            *opening.events_of(policy, project_id, opened),
            *(_event(policy, project_id, pick, there.get(pick.prediction), changed) for pick in picks),
        ]
    )
    return [pick.prediction for pick in picks]


def _is_news(found: _Found, before: Before) -> bool:
    """A reason that was not there, or a chance that the draw of a rule that is asked only now has given."""
    return found.decision.is_routed or (found.may_draw and found.decision.pi > before.pi)


def _decide(
    policy: ActivePolicy,
    asked: PolicyDocument,
    project_id: int,
    arrivals: Sequence[Arrival],
    before: Mapping[int, Before],
    now: datetime,
) -> list[_Found]:
    """What the rules that are asked say, but for those that have picked it already."""
    names = frozenset(rule.name for rule in asked.rules)
    document = _with_draws(policy.document, names)
    cases = _cases(policy, document, project_id, arrivals)
    decisions = decide_batch(
        document,
        cases,
        spend=partial(allowances.spend, project_id, now=now),
        able=[names - before[arrival.id].rules for arrival in arrivals],
    )
    return [
        _Found(Pick(arrival.id, decision, arrival.record), _may_draw(asked, case))
        for arrival, decision, case in zip(arrivals, decisions, cases, strict=True)
    ]


def _with_draws(document: PolicyDocument, asked: frozenset[str]) -> PolicyDocument:
    """The rules that are asked, and those whose draws had a chance to pick: pi is of both together."""
    return document.with_rules(rule for rule in document.rules_in_force if rule.name in asked or rule.draws)


def _may_draw(asked: PolicyDocument, case: Case) -> bool:
    drawing = [rule for rule in asked.rules if rule.draws]
    return bool(drawing) and pi_of(drawing, [], case) > 0.0


def _cases(
    policy: ActivePolicy, document: PolicyDocument, project_id: int, arrivals: Sequence[Arrival]
) -> list[Case]:
    """With windows of their own: those of arrivals would be filled with what came before an old one."""
    scored = {one.id: one for one in scores.scored([arrival.id for arrival in arrivals])}
    return cases_of(
        project_id,
        document,
        policy.salt,
        arrivals,
        scored=scored,
        facts=fact.read(document.facts, project_id, arrivals),
        ranking=Windows(),
    )


def _store(policy: ActivePolicy, found: Sequence[_Found], changed: frozenset[str]) -> None:
    names = orjson.dumps(sorted(changed)).decode()
    write_rows(
        SecondLook,
        ("prediction_id", "policy_id", "changed", "pi", "reasons"),
        (
            (
                one.prediction,
                policy.id,
                names,
                one.decision.pi,
                orjson.dumps(one.decision.reasons).decode(),
            )
            for one in found
        ),
    )


def move(prediction_ids: Sequence[int]) -> None:
    """not_routed → routed; what is routed stays."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [list(prediction_ids)])


def _event(
    policy: ActivePolicy, project_id: int, pick: Pick, there: There | None, changed: frozenset[str]
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
