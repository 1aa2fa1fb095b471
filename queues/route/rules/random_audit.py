"""Pick a random share of everything, whatever the other rules say: the base of all honest rates."""

from typing import Annotated, Literal

from pydantic import Field

from queues.route.audit_sample import uniform
from queues.route.rule import Case, Fired, Rule, rules


@rules.register("random_audit")
class RandomAudit(Rule):
    """Picks each prediction with probability `rate`, by its salted hash.

    draw: two random rules of a policy need different draws, or they would pick the same predictions and
    pi would be wrong. The empty draw uses the policy's salt as it is.
    """

    kind: Literal["random_audit"]
    rate: Annotated[float, Field(gt=0, le=1)]
    draw: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")] = ""

    @property
    def chance(self) -> float:
        return self.rate

    def fires(self, case: Case) -> Fired | None:
        salt = f"{case.salt}/{self.draw}" if self.draw else case.salt
        u = uniform(salt, case.prediction_id)
        return Fired(u, None, self.rate, {}) if u < self.rate else None
