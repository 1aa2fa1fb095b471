"""Pick what the model was unsure of."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from queues.route.condition import Case, Condition, Fired, conditions
from queues.score.compute import NOT_FOR_RULES, known_names


def _is_usable(measure: str) -> str:
    usable = known_names() - NOT_FOR_RULES
    if measure not in usable:
        raise ValueError(
            f"no score of this name can be used in a rule; use one of: {', '.join(sorted(usable))}"
        )
    return measure


@conditions.register("uncertain")
class Uncertain(Condition):
    """Picks a prediction whose score reaches the threshold, in one of four ways.

    by value: the score itself, the same from the first prediction on. by rank: its rank among its like,
    whatever the model's scale. by probability: the calibrated probability that a reviewer finds an error;
    it picks nothing while the measure is not calibrated. by top_per_day: the most uncertain `per_day` of a
    day, by a rank threshold that follows the traffic; it needs no `threshold`.
    """

    kind: Literal["uncertain"]
    measure: Annotated[str, AfterValidator(_is_usable)]
    by: Literal["rank", "value", "probability", "top_per_day"] = "rank"
    threshold: float | None = None
    per_day: Annotated[int, Field(ge=1, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.by == "top_per_day":
            if self.per_day is None or self.threshold is not None:
                raise ValueError("top_per_day needs per_day, and finds its threshold by itself")
            return self
        if self.threshold is None or self.per_day is not None:
            raise ValueError(f"by {self.by} needs a threshold; per_day belongs to top_per_day")
        if self.by in ("rank", "probability") and not 0 <= self.threshold <= 1:
            raise ValueError(f"a threshold on the {self.by} lies between 0 and 1")
        return self

    @property
    def asks(self) -> frozenset[str]:
        also = {
            "value": (),
            "rank": (f"rank:{self.measure}",),
            "probability": ("fact:calibration",),
            "top_per_day": (f"rank:{self.measure}", "fact:traffic"),
        }
        return frozenset({f"score:{self.measure}", *also[self.by]})

    def fires(self, case: Case) -> Fired | None:
        score = case.values.get(self.measure)
        if score is None:
            return None
        rank = case.ranks[self.measure].value if self.by in ("rank", "top_per_day") else None
        compared, threshold = self._compared(case, score, rank)
        if compared is None or threshold is None or compared < threshold:
            return None
        detail: dict[str, Any] = {"measure": self.measure, "by": self.by}
        if self.by == "probability":
            detail["probability"] = compared
        return Fired(score, rank, threshold, detail)

    def _compared(self, case: Case, score: float, rank: float | None) -> tuple[float | None, float | None]:
        """What is held against what; None: it cannot be told."""
        if self.by == "value":
            return score, self.threshold
        if self.by == "probability":
            curve = case.facts["calibration"].get(self.measure)
            return (None if curve is None else curve.probability(score)), self.threshold
        if self.by == "top_per_day":
            return rank, _share_above(self.per_day or 0, case.facts["traffic"])
        return rank, self.threshold


def _share_above(per_day: int, traffic: float | None) -> float | None:
    """The rank above which `per_day` of `traffic` predictions a day lie; None: the traffic is not known."""
    return None if traffic is None else max(0.0, 1.0 - per_day / traffic)
