"""The decisions of a policy on past predictions, and those of the policy in force beside them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from queues.route.allowances import InMemory
from queues.route.condition import Case
from queues.route.decide import Decision
from queues.route.deciding import decide_batch
from queues.route.dry_run.pace import Pace
from queues.route.dry_run.past import Past
from queues.route.dry_run.report import QueueCount, Report
from queues.route.dry_run.tally import ChanceTally, DifferenceTally, QueueTally, RuleTally
from queues.route.dry_run.walk import Seen
from queues.route.policy_document import PolicyDocument
from queues.route.rule import Allowance

DAYS_KEPT = 92


class Counting:
    """The decisions of one document, and those of the policy in force beside them."""

    def __init__(self, document: PolicyDocument, before: PolicyDocument | None, version: int) -> None:
        self._document, self._before = document, before
        self._allowances, self._allowances_before = InMemory(), InMemory()
        self._rules, self._queues = RuleTally(document.rules_in_force), QueueTally()
        self._chances, self._difference = ChanceTally(), DifferenceTally(version)
        self._looked_at = 0

    @property
    def asked(self) -> PolicyDocument:
        """The rules of both, for what has to be read."""
        before = self._before.rules_in_force if self._before else ()
        return self._document.with_rules((*self._document.rules_in_force, *before))

    def add(self, received_at: datetime, batch: Sequence[Seen], cases: Sequence[Case]) -> None:
        def spend(wanted: Mapping[str, tuple[Allowance, int]]) -> Mapping[str, int]:
            granted = self._allowances.spend(wanted, now=received_at)
            self._rules.held_back.update({name: wanted[name][1] - n for name, n in granted.items()})
            return granted

        decisions = decide_batch(self._document, cases, spend=spend)
        for one, decision in zip(batch, decisions, strict=True):
            self._add(one, decision)
        if self._before is not None:
            before = decide_batch(
                self._before,
                cases,
                spend=lambda wanted: self._allowances_before.spend(wanted, now=received_at),
            )
            for one, decision, other in zip(batch, decisions, before, strict=True):
                self._difference.add(one.arrival, decision, other)

    def _add(self, one: Seen, decision: Decision) -> None:
        self._looked_at += 1
        self._chances.add(decision.pi)
        if decision.is_routed:
            self._rules.add(one.arrival, decision)
            self._queues.add(one.arrival, decision, one.received_at)

    def report(self, past: Past, known: Mapping[str, Pace]) -> Report:
        return Report(
            looked_at=self._looked_at,
            not_scored=past.not_scored,
            erased=past.erased,
            first_at=past.first_at.astimezone(UTC) if past.first_at else None,
            last_at=past.last_at.astimezone(UTC) if past.last_at else None,
            days=past.days,
            sent=self._queues.items.total(),
            rules=self._rules.counts(),
            overlaps=self._rules.overlaps(),
            queues=self._queue_counts(known),
            difference=self._difference.difference() if self._before else None,
            missing={measure: past.missing[measure] for measure in sorted(self._document.measures)},
            chances=self._chances.chances(self._rules.drawn),
        )

    def _queue_counts(self, known: Mapping[str, Pace]) -> list[QueueCount]:
        return [
            QueueCount(
                queue=queue,
                items=self._queues.items[queue],
                reviews=self._queues.reviews[queue],
                repeats=self._queues.repeats[queue],
                days=sorted(self._queues.days[queue].items())[-DAYS_KEPT:],
                pace=known.get(queue, Pace()).per_day,
                waiting=known.get(queue, Pace()).waiting,
            )
            for queue in sorted(self._document.queues)
        ]
