"""How often people overrode what stood before, and how often a later decision upheld them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from queues.statistics.proportions import Proportion, proportion

NO_DECISION = frozenset({"escalate", "skip"})


class Decided(NamedTuple):
    """One decision: what stood before it, what it said, and what became of it (None: open)."""

    before: str
    after: str
    became: Literal["upheld", "reversed"] | None = None


@dataclass(frozen=True, slots=True)
class OverrideRates:
    """overridden: overrides among decisions. upheld: among the overrides that were judged again.

    coverage: the share of overrides that were judged again; without it an upheld rate says little.
    """

    overridden: Proportion | None
    upheld: Proportion | None
    coverage: float | None


def override_rates(decisions: Iterable[Decided]) -> OverrideRates:
    """An escalation or a skip decides nothing and leaves the denominator."""
    decided = [decision for decision in decisions if decision.after not in NO_DECISION]
    overrides = [decision for decision in decided if decision.after != decision.before]
    judged = [decision for decision in overrides if decision.became is not None]
    return OverrideRates(
        overridden=proportion(len(overrides), len(decided)),
        upheld=proportion(sum(decision.became == "upheld" for decision in judged), len(judged)),
        coverage=len(judged) / len(overrides) if overrides else None,
    )
