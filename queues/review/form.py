"""The form/1 document: what a queue asks of an annotator, versioned JSON from the first day."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from queues.errors import Fault, Invalid
from queues.models import Decision, FormVersion

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}$")]
Label = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Option(_Strict):
    """One possible value of a question."""

    value: Key
    label: Label


class Reason(Option):
    """One reason code; `needs_note` for "other"."""

    needs_note: bool = False


class Question(_Strict):
    """One question of the form. More kinds come with the builder; level is the scale of its values."""

    key: Key
    kind: Literal["single_choice"]
    label: Label
    help: str = Field(default="", max_length=2_000)
    guideline: str = Field(default="", max_length=20_000)
    required: bool = False
    required_for: list[str] = ["approve", "correct", "reject"]
    level: Literal["nominal", "ordinal"] = "nominal"
    options: list[Option] = Field(min_length=2, max_length=20)

    def is_required(self, decision: str) -> bool:
        return self.required and decision in self.required_for

    @property
    def values(self) -> frozenset[str]:
        return frozenset(option.value for option in self.options)


class Form(_Strict):
    """A queue's form. Decisions and reasons are always there; questions are the queue's own.

    override_needs_reason: approving what a safety filter flagged overrides the filter, and says why.
    """

    schema_: Literal["form/1"] = Field(alias="schema")
    title: Label
    guideline: str = Field(default="", max_length=50_000)
    decisions: list[Literal["approve", "correct", "reject", "escalate"]] = Field(min_length=1)
    reasons: list[Reason] = Field(default=[], max_length=30)
    reasons_required_for: list[str] = ["correct", "reject"]
    note_required_for: list[str] = ["escalate"]
    override_needs_reason: bool = True
    questions: list[Question] = Field(default=[], max_length=50)

    @model_validator(mode="after")
    def _names_are_unique_and_known(self) -> Self:
        lists: list[tuple[Sequence[str], str]] = [
            ([question.key for question in self.questions], "question key"),
            ([reason.value for reason in self.reasons], "reason value"),
            (self.decisions, "decision"),
            *(
                ([o.value for o in question.options], f"option of {question.key}")
                for question in self.questions
            ),
        ]
        for names, what in lists:
            if len(set(names)) != len(names):
                raise ValueError(f"a {what} stands twice")
        named = {*self.reasons_required_for, *self.note_required_for}
        named.update(*(q.required_for for q in self.questions))
        if unknown := sorted(named - set(Decision.values)):
            raise ValueError(f"unknown decision {unknown[0]!r}")
        return self

    @property
    def reason_values(self) -> frozenset[str]:
        return frozenset(reason.value for reason in self.reasons)


def parse(document: object) -> Form:
    """The form of a form/1 document; Invalid names every fault by JSON pointer."""
    try:
        return Form.model_validate(document)
    except ValidationError as error:
        faults = [
            Fault("".join(f"/{part}" for part in fault["loc"]), f"form.{fault['type']}", fault["msg"])
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Invalid("This is not a form/1 document; see the listed places.", faults) from error


def for_item(form: Form, *, compares: bool) -> Form:
    """What the form asks of one item: a comparison of two outputs asks less.

    Its first question says which is better and must be answered; "approve" submits the comparison. One
    cannot correct or reject two outputs at once, so neither is offered; without a question there is
    nothing to submit, only a lead to ask.
    """
    if not compares:
        return form
    asks_lead = ["escalate"] if "escalate" in form.decisions or not form.questions else []
    return form.model_copy(
        update={
            "decisions": [*(["approve"] if form.questions else []), *asks_lead],
            "reasons": [],
            "override_needs_reason": False,
            "questions": [*map(_comparing, form.questions[:1]), *form.questions[1:]],
        }
    )


def _comparing(question: Question) -> Question:
    return question.model_copy(update={"required": True, "required_for": ["approve"]})


@lru_cache(maxsize=512)
def of_version(form_id: int) -> Form:
    """The form of a stored version; cached for good, since a version never changes."""
    return parse(FormVersion.objects.values_list("document", flat=True).get(pk=form_id))
