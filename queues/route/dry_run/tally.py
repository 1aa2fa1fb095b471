"""Counting what a policy would have done. Memory grows with the rules and the queues, not with the traffic.

But for what would be counted on others: of each such pick it keeps the fingerprint, 16 bytes.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import combinations, pairwise

from queues.route import same
from queues.route.decide import Decision
from queues.route.dry_run.report import Chances, Difference, Example, Overlap, RuleCount
from queues.route.fact import Arrival
from queues.route.rule import Rule

EXAMPLES = 5
OVERLAPS = 200
_EDGES = (0.0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)

Examples = deque[Example]


def _newest() -> Examples:
    return deque(maxlen=EXAMPLES)


class RuleTally:
    """Rule by rule: how many, how many alone, together with which."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._picked: Counter[str] = Counter()
        self._alone: Counter[str] = Counter()
        self._both: Counter[tuple[str, str]] = Counter()
        self._examples: defaultdict[str, Examples] = defaultdict(_newest)
        self._drawing = {rule.name for rule in rules if rule.draws}
        self.drawn = 0
        self.held_back: Counter[str] = Counter()

    def add(self, arrival: Arrival, decision: Decision) -> None:
        names = [reason["rule"] for reason in decision.reasons]
        if len(names) == 1:
            self._alone[names[0]] += 1
        else:
            self._both.update(combinations(names, 2))
        example = example_of(arrival, decision)
        for name in names:
            self._picked[name] += 1
            self._examples[name].append(example)
        self.drawn += not self._drawing.isdisjoint(names)

    def counts(self) -> list[RuleCount]:
        return [
            RuleCount(
                name=rule.name,
                kind=rule.kind,
                queue=rule.queue,
                picked=self._picked[rule.name],
                alone=self._alone[rule.name],
                held_back=self.held_back[rule.name],
                examples=list(reversed(self._examples[rule.name])),
            )
            for rule in self._rules
        ]

    def overlaps(self) -> list[Overlap]:
        return [Overlap(rules=pair, picked=n) for pair, n in self._both.most_common(OVERLAPS)]


class QueueTally:
    """Queue by queue: items, the reviews that they need, what repeats another, by day."""

    def __init__(self) -> None:
        self.items: Counter[str] = Counter()
        self.reviews: Counter[str] = Counter()
        self.repeats: Counter[str] = Counter()
        self.days: defaultdict[str, Counter[date]] = defaultdict(Counter)
        self._known: set[tuple[str, bytes]] = set()

    def add(self, arrival: Arrival, decision: Decision, received_at: datetime) -> None:
        queue = decision.queue
        self.items[queue] += 1
        self.days[queue][received_at.astimezone(UTC).date()] += 1
        if decision.attaches and self._is_repeat(queue, arrival):
            self.repeats[queue] += 1
        else:
            self.reviews[queue] += decision.reviews_needed

    def _is_repeat(self, queue: str, arrival: Arrival) -> bool:
        place = (queue, same.fingerprint(arrival.record))
        if place in self._known:
            return True
        self._known.add(place)
        return False


class DifferenceTally:
    """What the policy in force would have done otherwise."""

    def __init__(self, version: int) -> None:
        self._version = version
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, Examples] = {
            name: _newest() for name in ("newly_sent", "no_longer_sent", "moved")
        }

    def add(self, arrival: Arrival, decision: Decision, before: Decision) -> None:
        change = _change(decision, before)
        self._counts[change] += 1
        if change in self._examples:
            told = decision if decision.is_routed else before
            example = example_of(arrival, told).model_copy(
                update={"queue": decision.queue, "queue_before": before.queue}
            )
            self._examples[change].append(example)

    def difference(self) -> Difference:
        examples = {name: list(reversed(found)) for name, found in self._examples.items()}
        names = (*self._examples, "sent_alike")
        counts = {name: self._counts[name] for name in names}
        return Difference.model_validate({"version": self._version, "examples": examples, **counts})


class ChanceTally:
    """The spread of pi."""

    def __init__(self) -> None:
        self._total = 0.0
        self._counts: Counter[float] = Counter()

    def add(self, pi: float) -> None:
        self._total += pi
        self._counts[pi] += 1

    def chances(self, drawn: int) -> Chances:
        between = [
            (low, high, sum(n for pi, n in self._counts.items() if low < pi <= high and pi < 1.0))
            for low, high in pairwise(_EDGES)
        ]
        return Chances(
            certain=self._counts[1.0],
            never=self._counts[0.0],
            drawn=drawn,
            expected=self._total,
            between=[part for part in between if part[2]],
        )


def example_of(arrival: Arrival, decision: Decision) -> Example:
    return Example.model_construct(
        prediction=arrival.id,
        prediction_id=arrival.prediction_id,
        reasons=decision.reasons,
        queue=decision.queue,
        queue_before="",
    )


def _change(decision: Decision, before: Decision) -> str:
    if decision.is_routed != before.is_routed:
        return "newly_sent" if decision.is_routed else "no_longer_sent"
    if not decision.is_routed:
        return "passed_alike"
    return "sent_alike" if decision.queue == before.queue else "moved"
