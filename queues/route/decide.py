"""What a policy decides for one prediction. Pure: no database, no Django."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from queues.route.inclusion import inclusion_probability
from queues.route.policy_document import PolicyDocument
from queues.route.rule import Case, Fired, Rule


class Decision(NamedTuple):
    """Whether and how a prediction is routed.

    pi: the probability (0..1) that it was going to be picked; kept for those that are not picked too.
    reasons: one per rule that fired, in the order of the policy. The rest holds only when routed.
    """

    pi: float
    reasons: list[dict[str, Any]]
    queue: str = ""
    priority: int = 0
    due_hours: float = 0.0
    reviews_needed: int = 0

    @property
    def is_routed(self) -> bool:
        return bool(self.reasons)


def decide(document: PolicyDocument, case: Case) -> Decision:
    """Ask every rule, each for itself: a prediction may be picked by several, and the audit draw is its own.

    The item goes to the queue of the highest priority (the first of equals), and has to satisfy all:
    the earliest due time, the most reviews.
    """
    fired = [(rule, why) for rule in document.rules if (why := rule.fires(case)) is not None]
    pi = inclusion_probability(_chances(document.rules, [rule for rule, _why in fired]))
    if not fired:
        return Decision(pi, [])
    picking = [rule for rule, _why in fired]
    first = max(picking, key=lambda rule: rule.priority)
    return Decision(
        pi=pi,
        reasons=[_reason(rule, why) for rule, why in fired],
        queue=first.queue,
        priority=first.priority,
        due_hours=min(rule.due_hours for rule in picking),
        reviews_needed=max(rule.reviews_needed for rule in picking),
    )


def _chances(all_rules: Sequence[Rule], fired: Sequence[Rule]) -> list[float]:
    """The rate of every random rule, fired or not, and 1.0 for every other one that fired."""
    random = [rule.chance for rule in all_rules if rule.chance is not None]
    return random + [1.0 for rule in fired if rule.chance is None]


def _reason(rule: Rule, why: Fired) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "kind": rule.kind,
        "queue": rule.queue,
        "priority": rule.priority,
        "score": why.score,
        "rank": why.rank,
        "threshold": why.threshold,
        **why.detail,
    }
