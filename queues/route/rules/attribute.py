"""Pick by what the record says of itself: language, segment, model, prompt, tags."""

from typing import Annotated, Literal

from pydantic import Field

from queues.route.condition import Case, Condition, Fired, conditions

Text = Annotated[str, Field(max_length=200)]


@conditions.register("attribute")
class Attribute(Condition):
    """Picks a prediction whose attribute is one of `values`.

    attribute: `locale` (a value without region matches all its regions), `segment`, `environment`,
    `model_version`, `prompt`, `prompt_version`, `operation`, `origin`, `tag` (any of them), or
    `cohort.<key>`. "" among the values: where there is none.
    """

    kind: Literal["attribute"]
    attribute: Annotated[
        str,
        Field(
            pattern=r"^(locale|segment|environment|model_version|prompt|prompt_version|operation|origin|tag|cohort\..{1,100})$"
        ),
    ]
    values: Annotated[tuple[Text, ...], Field(min_length=1, max_length=100, strict=False)]

    @property
    def asks(self) -> frozenset[str]:
        return frozenset({"fact:attributes"})

    def fires(self, case: Case) -> Fired | None:
        held: tuple[str, ...] = case.facts["attributes"].get(self.attribute, ())
        found = next((value for value in held or ("",) if self._matches(value)), None)
        if found is None:
            return None
        return Fired(None, None, None, {"attribute": self.attribute, "value": found})

    def _matches(self, value: str) -> bool:
        if value in self.values:
            return True
        return self.attribute == "locale" and value.partition("-")[0] in self.values
