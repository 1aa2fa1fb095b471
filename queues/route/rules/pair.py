"""Pick two models' answers to the same input, to be compared side by side."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from queues.route.condition import Case, Condition, Fired, conditions

Version = Annotated[str, Field(min_length=1, max_length=200)]
SIDE = "pair: side"  # no audit can have a draw of this name, so none decides which side stands first


@conditions.register("pair")
class Pair(Condition):
    """Picks a prediction of one version when the other version has answered exactly the same input.

    Whichever of the two comes second makes the pair. Which stands first on the screen is drawn from the
    policy's salt and stored with the reason, so that no side profits from its place.
    """

    kind: Literal["pair"]
    champion: Version
    challenger: Version

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.champion == self.challenger:
            raise ValueError("champion and challenger are two different model versions")
        return self

    @property
    def asks(self) -> frozenset[str]:
        return frozenset({"fact:pair", "fact:attributes"})

    def fires(self, case: Case) -> Fired | None:
        mine = case.facts["attributes"]["model_version"][0]
        theirs = {self.champion: self.challenger, self.challenger: self.champion}.get(mine)
        other = case.facts["pair"].get(theirs)
        if other is None:
            return None
        first = "this" if case.draw(SIDE) < 0.5 else "other"
        return Fired(None, None, None, {"other": other, "other_version": theirs, "first": first})
