"""Conditions made of conditions: what "all of", "any of" and "none of" share."""

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from queues.route.condition import Case, Condition, Draw, Fired

DEEPEST = 4  # and / or / not of more levels is a program, not a sentence

if TYPE_CHECKING:
    AnyCondition = Condition


class Combined(Condition):
    """A condition over others, which are looked at in the order in which they stand."""

    of: Annotated[tuple["AnyCondition", ...], Field(min_length=1, max_length=20, strict=False)]

    @model_validator(mode="after")
    def _is_not_too_deep(self) -> Self:
        if depth(self) > DEEPEST:
            raise ValueError(f"conditions stand within each other at most {DEEPEST} deep")
        return self

    @property
    def asks(self) -> frozenset[str]:
        return frozenset().union(*(condition.asks for condition in self.of))

    @property
    def draws(self) -> tuple[Draw, ...]:
        return tuple(draw for condition in self.of for draw in condition.draws)

    def parts(self, case: Case) -> list[tuple[Condition, Fired]]:
        """Those that hold, each with its why."""
        return [(condition, why) for condition in self.of if (why := condition.fires(case)) is not None]


def depth(condition: Condition) -> int:
    """1 for a plain condition, one more for each level around it."""
    return 1 + max(map(depth, condition.of)) if isinstance(condition, Combined) else 1


def combined_why(parts: list[tuple[Condition, Fired]]) -> Fired:
    """One why of several: score and threshold of the first that has a score, and all in `of`."""
    first = next((why for _condition, why in parts if why.score is not None), Fired(None, None, None, {}))
    return Fired(first.score, first.rank, first.threshold, {"of": [_as_row(*part) for part in parts]})


def _as_row(condition: Condition, why: Fired) -> dict[str, Any]:
    return {
        "kind": condition.kind,
        "score": why.score,
        "rank": why.rank,
        "threshold": why.threshold,
        **why.detail,
    }
