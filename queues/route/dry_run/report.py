"""The answer of a dry run, "dry_run/1"."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Example(_Part):
    """One prediction: our number, and the client's id. reasons: as a routing has them."""

    prediction: int
    prediction_id: str
    reasons: list[dict[str, Any]]
    queue: str = ""
    queue_before: str = ""


class RuleCount(_Part):
    """alone: picked by no other rule. held_back: what its allowance left out. examples: the newest five."""

    name: str
    kind: str
    queue: str
    picked: int
    alone: int
    held_back: int
    examples: list[Example]


class Overlap(_Part):
    """How many predictions both rules picked."""

    rules: tuple[str, str]
    picked: int


class QueueCount(_Part):
    """What would have come to a queue, against what its people do.

    repeats: at most so many would be counted on an item that says the same. reviews: that the items need.
    days: day (UTC) → items, the newest 92. pace: median of reviews a day in the last 14 days; None: nothing
    known. waiting: reviews that wait now; it stops at 100,000.
    """

    queue: str
    items: int
    reviews: int
    repeats: int
    days: list[tuple[date, int]]
    pace: float | None
    waiting: int


class Difference(_Part):
    """Against the policy in force: how many, and the newest five of each."""

    version: int
    newly_sent: int
    no_longer_sent: int
    moved: int
    sent_alike: int
    examples: dict[str, list[Example]]


class Chances(_Part):
    """How likely each prediction was to be picked: the spread of pi.

    certain: pi = 1; never: pi = 0, of these no rate can speak. drawn: picked by a random draw. expected: the
    sum of pi, what such a policy sends on average. between: (lower, upper, how many), lower < pi ≤ upper.
    """

    certain: int
    never: int
    drawn: int
    expected: float
    between: list[tuple[float, float, int]]


class Report(_Part):
    """What a policy would have sent. days: the time that the predictions cover, in days.

    looked_at: predictions decided on. not_scored, erased: passed by, for want of scores or of their texts.
    missing: measure that some rule asks for → predictions without it.
    """

    schema_: Literal["dry_run/1"] = Field(default="dry_run/1", alias="schema")
    looked_at: int
    not_scored: int
    erased: int
    first_at: datetime | None
    last_at: datetime | None
    days: float
    sent: int
    rules: list[RuleCount]
    overlaps: list[Overlap]
    queues: list[QueueCount]
    difference: Difference | None
    missing: dict[str, int]
    chances: Chances
