"""What a rule is: a condition, and the terms on which it sends what it picks to people."""

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from queues.route.condition import Condition

NAME = r"^[a-z][a-z0-9_-]{0,59}$"
BURSTS_A_DAY = 24  # a budget of 240 a day lets at most 10 through at once


class Allowance(NamedTuple):
    """How many predictions a rule may pick: `per_day`, of which at most `burst` at once.

    burst None: a cap, the day's number is there from midnight (UTC) on. Else a token bucket, which fills
    evenly over the day, so that the morning does not use up what the evening needs.
    """

    per_day: int
    burst: float | None = None


class Rule(Condition):
    """One rule of a policy. Items of several rules take the highest priority and the earliest due time.

    enabled: a rule that is off stays in the document and picks nothing. daily_cap: at most so many a day.
    near_duplicates: "attach" counts what says the same as an unfinished item of the queue on that item,
    instead of asking people again.
    """

    name: Annotated[str, Field(pattern=NAME)]
    queue: Annotated[str, Field(min_length=1, max_length=60)]
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    reviews_needed: Annotated[int, Field(ge=1, le=20)] = 1
    due_hours: Annotated[float, Field(gt=0, le=8_760)] = 24.0
    enabled: bool = True
    daily_cap: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    near_duplicates: Literal["keep", "attach"] = "keep"

    @property
    def allowance(self) -> Allowance | None:
        """How many it may pick; None: as many as it likes."""
        budget: int | None = getattr(self, "per_day", None)
        if budget is not None:
            return Allowance(min(budget, self.daily_cap or budget), max(1.0, budget / BURSTS_A_DAY))
        return Allowance(self.daily_cap) if self.daily_cap is not None else None


def rule_class(condition: type[Condition]) -> type[Rule]:
    """The condition's document with the terms of a rule beside its own fields, in one flat object."""
    names = {"__module__": condition.__module__, "__doc__": condition.__doc__}
    return type(f"{condition.__name__}Rule", (condition, Rule), names)
