"""What a policy decides for one prediction. Pure: no database, no Django."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from queues.route.condition import Case, Fired
from queues.route.inclusion import pi_of
from queues.route.policy_document import PolicyDocument
from queues.route.rule import Rule


class Decision(NamedTuple):
    """Whether and how a prediction is routed.

    pi: the probability (0..1) that it was going to be picked; kept for those that are not picked too.
    reasons: one per rule that fired, in the order of the policy. The rest holds only when routed.
    attaches: it may be counted on an item that says the same, instead of becoming one.
    """

    pi: float
    reasons: list[dict[str, Any]]
    queue: str = ""
    priority: int = 0
    due_hours: float = 0.0
    reviews_needed: int = 0
    attaches: bool = False

    @property
    def is_routed(self) -> bool:
        return bool(self.reasons)


Picks = Sequence[tuple[Rule, Fired]]


def picks(rules: Sequence[Rule], case: Case) -> list[tuple[Rule, Fired]]:
    """The rules that fire, each with its why, in the order of the policy."""
    return [(rule, why) for rule in rules if (why := rule.fires(case)) is not None]


def decide(document: PolicyDocument, case: Case) -> Decision:
    """Ask every rule, each for itself: several may pick, and the audit draw is its own."""
    return decision(document.rules_in_force, picks(document.rules_in_force, case), case)


def decision(rules: Sequence[Rule], picked: Picks, case: Case, *, used_up: Collection[str] = ()) -> Decision:
    """What follows from the rules that fired.

    The item goes to the queue of the highest priority (the first of equals), and has to satisfy all:
    the earliest due time, the most reviews. used_up: rules whose allowance ended before this prediction;
    they pick nothing, and pi knows it.
    """
    standing = [(rule, why) for rule, why in picked if rule.name not in used_up]
    able = [rule for rule in rules if rule.name not in used_up]
    picking = [rule for rule, _why in standing]
    pi = pi_of(able, picking, case)
    if not picking:
        return Decision(pi, [])
    first = max(picking, key=lambda rule: rule.priority)
    return Decision(
        pi=pi,
        reasons=[_reason(rule, why) for rule, why in standing],
        queue=first.queue,
        priority=first.priority,
        due_hours=min(rule.due_hours for rule in picking),
        reviews_needed=max(rule.reviews_needed for rule in picking),
        # What a draw picked is never counted on another: the audit stands for all traffic, one by one.
        attaches=all(rule.near_duplicates == "attach" and not rule.draws for rule in picking),
    )


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
