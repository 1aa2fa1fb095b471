"""A batch of predictions under one policy: the same for what arrives and for what a dry run asks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from queues.route.condition import Case, Fired
from queues.route.decide import Decision, decision, picks
from queues.route.fact import Arrival
from queues.route.policy_document import PolicyDocument
from queues.route.rule import Allowance, Rule
from queues.route.windows import Arriving
from queues.score.measure import Value
from queues.score.queries import ScoredPrediction

Spend = Callable[[Mapping[str, tuple[Allowance, int]]], Mapping[str, int]]
"""Rule → (its allowance, how many it would pick) → how many of them it may pick."""

Picked = list[tuple[Rule, Fired]]


class Ranking(Protocol):
    """Where scores stand among their like."""

    def ranks(self, project_id: int, measure: str, batch: Sequence[Arriving]) -> Mapping[int, Value]: ...


def decide_batch(
    document: PolicyDocument,
    cases: Sequence[Case],
    *,
    spend: Spend,
    able: Sequence[Collection[str]] | None = None,
) -> list[Decision]:
    """One decision per case. Where allowances are short, the most uncertain of the batch come first.

    able: for each case the names of the rules that may pick it now, where that is not all: the others
    take nothing from their allowances, and count in pi only with the chances of their draws.
    """
    rules = document.rules_in_force
    picked = [picks(rules, case) for case in cases]
    if able is not None:
        picked = [
            [one for one in chosen if one[0].name in names]
            for chosen, names in zip(picked, able, strict=True)
        ]
    denied = _denied(rules, picked, spend)
    return [
        decision(rules, chosen, case, used_up=denied[place])
        for place, (chosen, case) in enumerate(zip(picked, cases, strict=True))
    ]


def cases_of(
    project_id: int,
    document: PolicyDocument,
    salt: str,
    arrivals: Sequence[Arrival],
    *,
    scored: Mapping[int, ScoredPrediction],
    facts: Mapping[int, Mapping[str, Any]],
    ranking: Ranking,
) -> list[Case]:
    """What the rules look at: scores, flags, ranks as far as some rule asks for them, and facts."""
    ranks = {
        measure: ranking.ranks(
            project_id,
            measure,
            [Arriving(one.id, one.model_version, scored[one.id].values.get(measure)) for one in arrivals],
        )
        for measure in sorted(document.ranked_measures)
    }
    return [
        Case(
            prediction_id=one.prediction_id,
            values=scored[one.id].values,
            ranks={measure: by_id[one.id] for measure, by_id in ranks.items()},
            findings=scored[one.id].findings,
            salt=salt,
            facts=facts[one.id],
        )
        for one in arrivals
    ]


def _denied(rules: Sequence[Rule], picked: Sequence[Picked], spend: Spend) -> list[set[str]]:
    """For each case, the rules that would pick it and may not."""
    denied: list[set[str]] = [set() for _case in picked]
    wanting = {rule.name: _places(rule, picked) for rule in rules if rule.allowance is not None}
    wanted = {
        rule.name: (rule.allowance, len(wanting[rule.name]))
        for rule in rules
        if rule.allowance is not None and wanting[rule.name]
    }
    granted = spend(wanted) if wanted else {}
    for name in wanted:
        for place in wanting[name][granted[name] :]:
            denied[place].add(name)
    return denied


def _places(rule: Rule, picked: Sequence[Picked]) -> list[int]:
    """Where the rule picks, the most uncertain first, then in the order of arrival."""
    found = [
        (-(why.rank if why.rank is not None else why.score or 0.0), place)
        for place, chosen in enumerate(picked)
        for picking, why in chosen
        if picking is rule
    ]
    return [place for _urgency, place in sorted(found)]
