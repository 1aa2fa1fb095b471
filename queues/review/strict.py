"""The base of the pieces of a form/1 document: no casts, no unknown fields, never changed."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}$")]
Label = Annotated[str, Field(min_length=1, max_length=200)]
DecisionName = Literal["approve", "correct", "reject", "escalate"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Option(Strict):
    """One possible value of a question, and what people read for it."""

    value: Key
    label: Label
