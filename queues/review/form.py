"""The form/1 document: what a queue asks of an annotator, versioned JSON from the first day."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from accounts.json_pointer import pointer
from queues.errors import Fault, Invalid
from queues.models import FormVersion
from queues.review import form_soundness as soundness
from queues.review import questions as _shipped  # noqa: F401 - importing it registers the kinds
from queues.review.question import Answer, AskedWhen, Question, kinds
from queues.review.storable import unstorable
from queues.review.strict import DecisionName, Label, Option, Strict

SCHEMA = "form/1"

if TYPE_CHECKING:
    AnyQuestion = Question
else:
    # All registered kinds, told apart by `kind`: a new one needs no change here.
    AnyQuestion = Annotated[Union[tuple(kind for _name, kind in kinds)], Field(discriminator="kind")]  # noqa: UP007


class Reason(Option):
    """One reason code; `needs_note` for "other"."""

    needs_note: bool = False


class Form(Strict):
    """A queue's form. Decisions and reasons are always there; questions are the queue's own.

    override_needs_reason: approving what a safety filter flagged overrides the filter, and says why.
    """

    schema_: Literal["form/1"] = Field(alias="schema")
    title: Label
    guideline: str = Field(default="", max_length=50_000)
    decisions: list[DecisionName] = Field(min_length=1)
    reasons: list[Reason] = Field(default=[], max_length=30)
    reasons_required_for: list[DecisionName] = ["correct", "reject"]
    note_required_for: list[DecisionName] = ["escalate"]
    override_needs_reason: bool = True
    questions: list[AnyQuestion] = Field(default=[], max_length=50)

    @property
    def reason_values(self) -> frozenset[str]:
        return frozenset(reason.value for reason in self.reasons)

    @property
    def approves_bare(self) -> bool:
        """Whether an approval names no reasons: they say what is wrong. A flagged item is another matter."""
        return "approve" not in self.reasons_required_for

    @property
    def needs_note_for(self) -> frozenset[str]:
        """The decisions that a note has to explain. An escalation is a question, so it always has one."""
        return frozenset({*self.note_required_for, "escalate"})

    @property
    def marks_input(self) -> bool:
        """Whether some question has places marked in what the user wrote, not only in the output."""
        return any("input" in getattr(question, "texts", ()) for question in self.questions)

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    def asked(self, decision: str, answers: Mapping[str, object]) -> list[Question]:
        """The questions that are asked, given the decision and the answers so far, in their order."""
        asked: dict[str, Question] = {}
        for question in self.questions:
            if _holds(question.asked_when, asked, decision, answers):
                asked[question.key] = question
        return list(asked.values())

    def canonical(self, answers: Mapping[str, Any]) -> dict[str, Answer]:
        """The answers as they are stored; what is no answer stays as it is, to be refused."""
        return {key: self._canonical(key, value) for key, value in answers.items()}

    def ratings(self, answers: Mapping[str, Any]) -> dict[str, str]:
        """By question: the strings under which the answers of people are compared."""
        found = {q.key: q.rating(answers[q.key]) for q in self.questions if q.key in answers}
        return {key: rating for key, rating in found.items() if rating is not None}

    def closed(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers in codes and numbers, without texts and places: what the log may keep for good."""
        closed = {question.key for question in self.questions if question.settles}
        return {key: value for key, value in answers.items() if key in closed}

    def _canonical(self, key: str, value: Any) -> Answer:
        question = self.question(key)
        return value if question is None or question.faults(value) else question.canonical(value)


def _holds(
    when: AskedWhen | None, asked: Mapping[str, Question], decision: str, answers: Mapping[str, object]
) -> bool:
    """Whether a condition is fulfilled; asked: the earlier questions that are themselves asked."""
    if when is None:
        return True
    if when.decision is not None:
        return decision in when.decision
    before = asked.get(when.question or "")
    return before is not None and before.is_any_of(answers.get(before.key), when.any_of or ())


def parse(document: object) -> Form:
    """The form of a form/1 document; Invalid names every fault by JSON pointer."""
    if faults := list(unstorable(document, "form")):
        raise _wrong(faults)
    try:
        form = Form.model_validate(document)
    except ValidationError as error:
        raise _wrong([_fault(dict(one)) for one in error.errors(include_url=False)]) from error
    if faults := [*soundness.faults_of(form.decisions, form.reasons, form.questions)]:
        raise _wrong(faults)
    return form


@cache
def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of form/1."""
    schema = Form.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": SCHEMA}


def _wrong(faults: Sequence[Fault]) -> Invalid:
    return Invalid(_("This is not a form/1 document; see the listed places."), faults)


def _fault(error: dict[str, Any]) -> Fault:
    # pydantic names the chosen kind in the path; the document has no such level.
    path = [
        part
        for part, before in zip(error["loc"], (None, *error["loc"]), strict=False)
        if not (isinstance(before, int) and part in kinds)
    ]
    if str(error["type"]).startswith("union_tag"):
        path.append("kind")
    detail = str(error["msg"]).removeprefix("Value error, ")
    return Fault(pointer(str(part) for part in path), f"form.{error['type']}", detail)


def for_item(form: Form, *, compares: bool) -> Form:
    """What the form asks of one item: a comparison of two outputs asks less.

    Its preference, or else its first question, says which is better and must be answered; "approve"
    submits the comparison. One cannot correct or reject two outputs at once, nor mark places in both, so
    none of it is offered; without a question there is nothing to submit, only a lead to ask. Of a single
    output nobody is asked which of two is better.
    """
    if not compares:
        asked = [question for question in form.questions if question.kind != "preference"]
        return form if len(asked) == len(form.questions) else form.model_copy(update={"questions": asked})
    questions = _comparing([question for question in form.questions if not question.marks_texts])
    asks_lead = ["escalate"] if "escalate" in form.decisions or not questions else []
    return form.model_copy(
        update={
            "decisions": [*(["approve"] if questions else []), *asks_lead],
            "reasons": [],
            "override_needs_reason": False,
            "questions": questions,
        }
    )


def _comparing(questions: Sequence[Question]) -> list[Question]:
    """The same questions; the one that says which is better is asked always, and required."""
    deciding = next((q for q in questions if q.kind == "preference"), questions[0] if questions else None)
    always = {"required": True, "required_for": ["approve"], "asked_when": None}
    return [q.model_copy(update=always) if q is deciding else q for q in questions]


@lru_cache(maxsize=512)
def of_version(form_id: int) -> Form:
    """The form of a stored version; cached for good, since a version never changes."""
    return parse(FormVersion.objects.values_list("document", flat=True).get(pk=form_id))
