"""The submission/1 document: what a person says about one item, checked against the queue's form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid
from queues.review.form import Form, Question
from queues.review.line_ends import same_text

TEXT_MAX = 200_000  # code points, as for the output itself
NOTE_MAX = 10_000
FIELDS = frozenset({"decision", "reasons", "answers", "corrected_text", "note"})


@dataclass(frozen=True, slots=True)
class Submission:
    """A checked submission: fits its form, and text and decision agree."""

    decision: str
    reasons: tuple[str, ...]
    answers: Mapping[str, str]
    corrected_text: str | None
    note: str

    def as_document(self) -> dict[str, object]:
        """The submission as submission/1, for drafts and for comparing repeats."""
        return {
            "decision": self.decision,
            "reasons": list(self.reasons),
            "answers": dict(self.answers),
            "corrected_text": self.corrected_text,
            "note": self.note,
        }


def check(document: Mapping[str, object], *, form: Form, output_text: str, is_flagged: bool) -> Submission:
    """The submission of a document. Raises Invalid with every fault.

    output_text: the model's, to tell a correction from an untouched copy; is_flagged: a safety filter
    had flagged the item, so that approving it is an override.
    """
    faults = [*_shape_faults(document)]
    if not faults:
        faults = [*_form_faults(document, form, is_flagged), *_text_faults(document, output_text)]
    if faults:
        raise Invalid(_("Nothing was submitted yet: see the marked places."), faults)
    corrected = document.get("corrected_text") if document["decision"] == "correct" else None
    return Submission(
        decision=str(document["decision"]),
        reasons=tuple(document.get("reasons") or ()),  # type: ignore[arg-type]
        answers=dict(document.get("answers") or {}),  # type: ignore[call-overload]
        corrected_text=corrected,  # type: ignore[arg-type]
        note=str(document.get("note") or ""),
    )


def keepable(document: Mapping[str, object]) -> dict[str, object]:
    """What of an unchecked document may be kept as a draft: known fields of the right type and size."""
    if [*_shape_faults({"decision": "", **document}, is_draft=True)]:
        return {}
    return {name: document[name] for name in FIELDS if name in document}


def _shape_faults(document: Mapping[str, object], *, is_draft: bool = False) -> Iterator[Fault]:
    for name in document:
        if name not in FIELDS:
            yield Fault(f"/{name}", "field.unknown", _("There is no such field."))
    decision = document.get("decision")
    if not isinstance(decision, str) or not (decision or is_draft):
        yield Fault("/decision", "decision.missing", _("Choose a decision."))
    yield from _list_faults(document.get("reasons"))
    yield from _answers_shape(document.get("answers"))
    yield from _string_faults("corrected_text", document.get("corrected_text"), TEXT_MAX)
    yield from _string_faults("note", document.get("note"), NOTE_MAX)


def _list_faults(reasons: object) -> Iterator[Fault]:
    if reasons is None:
        return
    if not isinstance(reasons, list | tuple) or not all(isinstance(value, str) for value in reasons):
        yield Fault("/reasons", "reasons.type", _("Reasons are a list of reason codes."))
    elif len(set(reasons)) != len(reasons):
        yield Fault("/reasons", "reasons.twice", _("A reason stands twice."))


def _answers_shape(answers: object) -> Iterator[Fault]:
    if answers is not None and not (
        isinstance(answers, dict)
        and all(isinstance(key, str) and isinstance(value, str) for key, value in answers.items())
    ):
        yield Fault("/answers", "answers.type", _("Answers are an object of question key to value."))


def _string_faults(name: str, text: object, limit: int) -> Iterator[Fault]:
    if text is None:
        return
    if not isinstance(text, str):
        yield Fault(f"/{name}", f"{name}.type", _("This must be a text."))
        return
    if len(text) > limit:
        yield Fault(f"/{name}", f"{name}.too_long", _("At most %(n)s characters.") % {"n": f"{limit:,}"})
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        yield Fault(f"/{name}", f"{name}.not_storable", _("NUL and lone surrogates cannot be stored."))


def _form_faults(document: Mapping[str, object], form: Form, is_flagged: bool) -> Iterator[Fault]:
    decision = str(document["decision"])
    reasons: list[str] = list(document.get("reasons") or [])  # type: ignore[call-overload]
    if decision not in form.decisions:
        yield Fault("/decision", "decision.unknown", _("This form has no such decision."))
        return
    for value in reasons:
        if value not in form.reason_values:
            yield Fault("/reasons", "reasons.unknown", _("This form has no such reason."))
            break
    is_override = decision == "approve" and is_flagged and form.override_needs_reason
    if not reasons and is_override:
        yield Fault("/reasons", "reasons.override", _("A safety filter flagged this: say why it is fine."))
    elif not reasons and form.reasons and decision in form.reasons_required_for:
        yield Fault("/reasons", "reasons.missing", _("Choose at least one reason."))
    if not str(document.get("note") or "").strip() and _needs_note(decision, reasons, form):
        yield Fault("/note", "note.missing", _("Say in the note what it is about."))
    answers: dict[str, str] = dict(document.get("answers") or {})  # type: ignore[call-overload]
    questions = {question.key: question for question in form.questions}
    for key in answers:
        if key not in questions:
            yield Fault(f"/answers/{key}", "answers.unknown", _("This form has no such question."))
    for question in form.questions:
        yield from _answer_faults(question, answers.get(question.key), decision)


def _needs_note(decision: str, reasons: list[str], form: Form) -> bool:
    return decision in form.note_required_for or any(
        reason.needs_note for reason in form.reasons if reason.value in reasons
    )


def _answer_faults(question: Question, value: str | None, decision: str) -> Iterator[Fault]:
    if value is None:
        if question.is_required(decision):
            yield Fault(f"/answers/{question.key}", "answers.missing", _("Answer this question."))
    elif value not in question.values:
        yield Fault(f"/answers/{question.key}", "answers.value", _("This question has no such option."))


def _text_faults(document: Mapping[str, object], output_text: str) -> Iterator[Fault]:
    text = document.get("corrected_text")
    if document["decision"] == "correct":
        if not isinstance(text, str) or not text.strip():
            yield Fault("/corrected_text", "corrected_text.missing", _("Write the corrected answer."))
        elif same_text(text, output_text):
            yield Fault(
                "/corrected_text",
                "corrected_text.unchanged",
                _("The text is unchanged: approve it, or edit it."),
            )
    elif isinstance(text, str) and text and not same_text(text, output_text):
        yield Fault(
            "/decision", "decision.text_changed", _("The text was changed: choose Correct, or undo the edit.")
        )
