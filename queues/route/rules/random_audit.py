"""Pick a random share of everything, whatever the other rules say: the base of all honest rates."""

from typing import Annotated, Literal

from pydantic import Field

from queues.route.condition import Case, Condition, Draw, Fired, conditions


@conditions.register("random_audit")
class RandomAudit(Condition):
    """Picks each prediction with probability `rate`, by its salted hash.

    draw: two random rules of a policy need different draws, or they would pick the same predictions. The
    empty draw uses the policy's salt as it is. Within "all of", beside an attribute, it audits a stratum.
    """

    kind: Literal["random_audit"]
    rate: Annotated[float, Field(gt=0, le=1)]
    draw: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")] = ""

    @property
    def draws(self) -> tuple[Draw, ...]:
        return (Draw(self.draw, self.rate),)

    def fires(self, case: Case) -> Fired | None:
        u = case.draw(self.draw)
        return Fired(u, None, self.rate, {}) if u < self.rate else None
