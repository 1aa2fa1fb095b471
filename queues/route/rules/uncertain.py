"""Pick what the model was unsure of."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from queues.route.rule import Case, Fired, Rule, rules
from queues.score.compute import NOT_FOR_RULES, known_names


def _is_usable(measure: str) -> str:
    usable = known_names() - NOT_FOR_RULES
    if measure not in usable:
        raise ValueError(
            f"no score of this name can be used in a rule; use one of: {', '.join(sorted(usable))}"
        )
    return measure


@rules.register("uncertain")
class Uncertain(Rule):
    """Picks a prediction whose score, or the score's rank among its like, reaches the threshold.

    A rank holds whatever the model's scale; a value is the same from the first prediction on.
    """

    kind: Literal["uncertain"]
    measure: Annotated[str, AfterValidator(_is_usable)]
    by: Literal["rank", "value"] = "rank"
    threshold: float

    @model_validator(mode="after")
    def _rank_is_a_share(self) -> Self:
        if self.by == "rank" and not 0 <= self.threshold <= 1:
            raise ValueError("a threshold on the rank lies between 0 and 1")
        return self

    @property
    def ranked_measure(self) -> str | None:
        return self.measure if self.by == "rank" else None

    def fires(self, case: Case) -> Fired | None:
        score = case.values.get(self.measure)
        if score is None:
            return None
        rank = case.ranks[self.measure].value if self.by == "rank" else None
        compared = rank if self.by == "rank" else score
        if compared is None or compared < self.threshold:
            return None
        return Fired(score, rank, self.threshold, {"measure": self.measure, "by": self.by})
