"""Pick what end users were not content with: what they said, or what they did."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from queues.route.condition import Case, Condition, Fired, conditions
from queues.score.ratings import Criteria, Summary, met

Category = Annotated[str, Field(min_length=1, max_length=200)]
AtLeast = Annotated[int, Field(ge=1, le=1_000_000)]


@conditions.register("badly_rated")
class BadlyRated(Condition):
    """Picks a prediction as soon as one of these holds; also after it was routed, or was not.

    Said: thumbs_down (so many people or more), stars (somebody gave this many or fewer), reports
    (categories, "*" for any), corrections. Done: edit_similarity (what was sent after editing is less
    alike), regenerated, abandoned, handoffs, retries (so often or more). What people did is a reason to
    look, never a judgement.
    """

    kind: Literal["badly_rated"]
    thumbs_down: AtLeast | None = None
    stars: Annotated[int, Field(ge=1, le=5)] | None = None
    reports: Annotated[
        tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=100, strict=False)
    ] = ()
    corrections: AtLeast | None = None
    edit_similarity: Annotated[float, Field(gt=0, le=1)] | None = None
    regenerated: AtLeast | None = None
    abandoned: AtLeast | None = None
    handoffs: AtLeast | None = None
    retries: AtLeast | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.criteria == Criteria():
            raise ValueError("say what counts as bad: thumbs_down, stars, reports, or what people did")
        return self

    @property
    def criteria(self) -> Criteria:
        """What is called bad."""
        return Criteria(*(getattr(self, name) for name in Criteria._fields))

    @property
    def asks(self) -> frozenset[str]:
        return frozenset({"fact:feedback"})

    def fires(self, case: Case) -> Fired | None:
        said: Summary = case.facts["feedback"]
        found = met(said, self.criteria)
        return Fired(None, None, None, {"met": found}) if found else None
