"""What a rule is: a piece of a policy that says which predictions go to which queue, and why.

A rule is its own document (pydantic) and its own decision; it knows no Django and no database.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from queues.registry import Registry
from queues.score.detector import Finding
from queues.score.measure import Value

_NAME = r"^[a-z][a-z0-9_-]{0,59}$"


class Case(NamedTuple):
    """What is known of one prediction when the rules look at it.

    prediction_id: the client's. values: measure → score. ranks: measure → rank, of the measures that
    rules rank by. salt: the policy's secret for the audit draw.
    """

    prediction_id: str
    values: Mapping[str, float]
    ranks: Mapping[str, Value]
    findings: Sequence[Finding]
    salt: str


class Fired(NamedTuple):
    """Why a rule picked a prediction: its score, its rank if one was used, and what it was held against."""

    score: float | None
    rank: float | None
    threshold: float | None
    detail: Mapping[str, Any]


class Rule(BaseModel, ABC):
    """One rule of a policy. Items of several rules take the highest priority and the earliest due time."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    name: Annotated[str, Field(pattern=_NAME)]
    kind: str
    queue: Annotated[str, Field(min_length=1, max_length=60)]
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    reviews_needed: Annotated[int, Field(ge=1, le=20)] = 1
    due_hours: Annotated[float, Field(gt=0, le=8_760)] = 24.0

    @property
    def chance(self) -> float | None:
        """The probability with which a random rule picks a prediction; None: the rule is deterministic."""
        return None

    @property
    def ranked_measure(self) -> str | None:
        """The measure whose rank this rule asks for, if any."""
        return None

    @abstractmethod
    def fires(self, case: Case) -> Fired | None:
        """Why this prediction is picked, or None when it is not."""


rules: Registry[type[Rule]] = Registry("rule")
