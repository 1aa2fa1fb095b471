"""Pick what deviates from a verified answer, by the golden item's own rule."""

from typing import Annotated, Any, Literal

from pydantic import Field

from queues.route.condition import Case, Condition, Fired, conditions
from queues.score.held import Held

Tag = Annotated[str, Field(min_length=1, max_length=100)]
MatchedBy = Literal["named", "exact", "normalised", "sent", "embedding"]


@conditions.register("golden_deviation")
class GoldenDeviation(Condition):
    """Picks a prediction whose output deviates from the golden item that it answers.

    min_distance: only when it is at least so far off, 0 (as expected) to 1. matched_by: only items found in
    one of these ways; empty: any. tags: only golden items with one of these tags; empty: any.
    """

    kind: Literal["golden_deviation"]
    min_distance: Annotated[float, Field(ge=0, le=1)] = 0.0
    matched_by: Annotated[tuple[MatchedBy, ...], Field(max_length=5, strict=False)] = ()
    tags: Annotated[
        tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=50, strict=False)
    ] = ()

    @property
    def asks(self) -> frozenset[str]:
        return frozenset({"fact:golden"})

    def fires(self, case: Case) -> Fired | None:
        held: Held | None = case.facts["golden"]
        if held is None or not held.deviation.deviates or held.deviation.distance < self.min_distance:
            return None
        if self.matched_by and held.matched_by not in self.matched_by:
            return None
        if self.tags and not (held.match and set(held.match.tags) & set(self.tags)):
            return None
        detail: dict[str, Any] = {"matched_by": held.matched_by, "why": held.deviation.why}
        if held.match:
            detail |= {"golden_id": held.match.golden_id, "golden_version": held.match.version}
        return Fired(held.deviation.distance, None, self.min_distance, detail)
