"""Pick what is unlike everything that people have reviewed so far."""

from typing import Annotated, Literal

from pydantic import Field

from queues.route.condition import Case, Condition, Fired, conditions


@conditions.register("novelty")
class Novelty(Condition):
    """Picks a prediction whose question is at least `threshold` away from the nearest reviewed one.

    1 - cosine of their vectors: 0 the same question, about 1 unrelated. It is known some time after
    arrival, when the encoder has read the question; until then, and without an encoder, nothing is picked.
    """

    kind: Literal["novelty"]
    threshold: Annotated[float, Field(gt=0, le=1)]

    @property
    def asks(self) -> frozenset[str]:
        return frozenset({"fact:novelty"})

    def fires(self, case: Case) -> Fired | None:
        distance: float | None = case.facts["novelty"]
        if distance is None or distance < self.threshold:
            return None
        return Fired(distance, None, self.threshold, {})
