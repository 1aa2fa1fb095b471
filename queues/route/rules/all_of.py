"""Pick what every one of several conditions picks: "and"."""

from typing import Literal

from queues.route.combined import Combined, combined_why
from queues.route.condition import Case, Fired, conditions


@conditions.register("all_of")
class AllOf(Combined):
    """Picks a prediction when each condition of `of` does."""

    kind: Literal["all_of"]

    def fires(self, case: Case) -> Fired | None:
        parts = self.parts(case)
        return combined_why(parts) if len(parts) == len(self.of) else None
