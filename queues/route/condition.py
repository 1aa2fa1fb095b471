"""What a condition is: a piece of a policy that says whether a prediction is picked, and why.

A condition is its own document (pydantic) and its own decision; it knows no Django and no database.
A rule is a condition with terms: which queue, how urgent, how many reviews (`queues.route.rule`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from queues.registry import Registry
from queues.route.audit_sample import uniform
from queues.score.detector import Finding
from queues.score.measure import Value

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Case(NamedTuple):
    """What is known of one prediction when the rules look at it.

    prediction_id: the client's. values: measure → score. ranks: measure → rank, of the measures that
    rules rank by. salt: the policy's secret for the audit draw. facts: what the fact sources found, by
    their names. assumed: draw → u, in place of the real draws, to ask "and if it had come out so?".
    """

    prediction_id: str
    values: Mapping[str, float]
    ranks: Mapping[str, Value]
    findings: Sequence[Finding]
    salt: str
    facts: Mapping[str, Any] = NOTHING
    assumed: Mapping[str, float] = NOTHING

    def draw(self, name: str) -> float:
        """u in [0, 1) of the random draw `name`; the empty name uses the policy's salt as it is."""
        if name in self.assumed:
            return self.assumed[name]
        return uniform(f"{self.salt}/{name}" if name else self.salt, self.prediction_id)


class Fired(NamedTuple):
    """Why a prediction was picked: its score, its rank if one was used, and what it was held against."""

    score: float | None
    rank: float | None
    threshold: float | None
    detail: Mapping[str, Any]


class Draw(NamedTuple):
    """A random draw that a condition looks at: it holds when u < rate."""

    name: str
    rate: float


class Condition(BaseModel, ABC):
    """Whether a prediction is picked. Deterministic, but for the draws that it names."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    kind: str

    @property
    def asks(self) -> frozenset[str]:
        """What it looks at: `score:<measure>`, `rank:<measure>`, `findings`, `fact:<source>`.

        It decides what is read for it, and whether a second look is due when more becomes known.
        """
        return frozenset()

    @property
    def draws(self) -> tuple[Draw, ...]:
        """The random draws that it looks at. Left out here, pi would be wrong."""
        return ()

    @abstractmethod
    def fires(self, case: Case) -> Fired | None:
        """Why this prediction is picked, or None when it is not."""


conditions: Registry[type[Condition]] = Registry("kind of rule")
