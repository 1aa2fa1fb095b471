"""Pick what none of several conditions picks: "not"."""

from typing import Literal

from queues.route.combined import Combined
from queues.route.condition import Case, Fired, conditions


@conditions.register("none_of")
class NoneOf(Combined):
    """Picks a prediction when no condition of `of` does: also where one cannot tell, for want of a score."""

    kind: Literal["none_of"]

    def fires(self, case: Case) -> Fired | None:
        if self.parts(case):
            return None
        return Fired(None, None, None, {"none_of": [condition.kind for condition in self.of]})
