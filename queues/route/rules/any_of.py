"""Pick what at least one of several conditions picks: "or"."""

from typing import Literal

from queues.route.combined import Combined, combined_why
from queues.route.condition import Case, Fired, conditions


@conditions.register("any_of")
class AnyOf(Combined):
    """Picks a prediction when at least one condition of `of` does; all that do are told."""

    kind: Literal["any_of"]

    def fires(self, case: Case) -> Fired | None:
        parts = self.parts(case)
        return combined_why(parts) if parts else None
