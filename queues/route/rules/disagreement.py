"""Pick what several judges, or several samples of the same model, do not agree on."""

from typing import Annotated, Literal

from pydantic import Field

from queues.route.condition import Case, Condition, Fired, conditions


@conditions.register("disagreement")
class Disagreement(Condition):
    """Picks a prediction whose judges or samples disagree by `threshold` or more, on a scale of 0 to 1.

    among judges: their spread. among samples: the share that is not the most frequent answer for short
    answers; long ones are never equal, so give `measure` to compare their wording or their meaning.
    """

    kind: Literal["disagreement"]
    among: Literal["judges", "samples"]
    threshold: Annotated[float, Field(gt=0, le=1)]
    measure: Literal["vote_disagreement", "lexical_dissimilarity", "seu"] = "vote_disagreement"

    @property
    def compared(self) -> str:
        """The measure that is held against the threshold."""
        return "judge_disagreement" if self.among == "judges" else self.measure

    @property
    def asks(self) -> frozenset[str]:
        return frozenset({f"score:{self.compared}"})

    def fires(self, case: Case) -> Fired | None:
        score = case.values.get(self.compared)
        if score is None or score < self.threshold:
            return None
        return Fired(score, None, self.threshold, {"measure": self.compared, "among": self.among})
