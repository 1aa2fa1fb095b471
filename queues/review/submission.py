"""The submission/1 document: what a person says about one item, checked against the queue's form."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict, cast

from django.utils.translation import gettext as _

from accounts.json_pointer import escaped
from accounts.storable import is_storable
from queues.errors import Fault, Invalid
from queues.models import Review
from queues.numbers import localized
from queues.review.form import Form
from queues.review.line_ends import same_text
from queues.review.question import Answer, Lengths
from queues.review.storable import unstorable

TEXT_MAX = 200_000  # code points, as for the output itself
NOTE_MAX = 10_000
ANSWERS_MAX = 1_000_000  # characters of all answers as JSON
FIELDS = frozenset({"decision", "reasons", "answers", "corrected_text", "note"})


class Document(TypedDict, total=False):
    """A submission/1 whose fields have been found to be of the right types."""

    decision: str
    reasons: list[str] | None
    answers: dict[str, Answer] | None
    corrected_text: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Submission:
    """A checked submission: fits its form, and text and decision agree."""

    decision: str
    reasons: tuple[str, ...]
    answers: Mapping[str, Answer]
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


def document_of(review: Review) -> dict[str, object]:
    """A stored review as the submission/1 that gave it."""
    return Submission(
        review.decision, tuple(review.reasons), review.answers, review.corrected_text, review.note
    ).as_document()


def check(
    document: Mapping[str, object],
    *,
    form: Form,
    output_text: str,
    is_flagged: bool,
    input_text: str | None = None,
    may_approve_with_reasons: bool = False,
) -> Submission:
    """The submission of a document, its answers as they are stored. Raises Invalid with every fault.

    output_text: the model's, to tell a correction from an untouched copy; is_flagged: a safety filter
    had flagged the item, so that approving it is an override; input_text: in which a form may have places
    marked (`conversation.input_text`); may_approve_with_reasons: whatever the form says, as for a verdict
    that takes over what a review said.
    """
    if faults := [*_shape_faults(document)]:
        raise Invalid(_("Nothing was submitted yet: see the marked places."), faults)
    said = _read(cast(Document, document))
    lengths = {"output": len(output_text)} | ({} if input_text is None else {"input": len(input_text)})
    faults = [*_form_faults(said, form, lengths, is_flagged=is_flagged), *_text_faults(said, output_text)]
    if not (is_flagged or may_approve_with_reasons):
        faults += _faults_of_approval(said, form)
    if faults:
        raise Invalid(_("Nothing was submitted yet: see the marked places."), faults)
    text = said.corrected_text if said.decision == "correct" else None
    return replace(said, answers=form.canonical(said.answers), corrected_text=text)


def _read(document: Document) -> Submission:
    return Submission(
        decision=document["decision"],
        reasons=tuple(document.get("reasons") or ()),
        answers={key: value for key, value in (document.get("answers") or {}).items() if value is not None},
        corrected_text=document.get("corrected_text"),
        note=document.get("note") or "",
    )


def draft_faults(document: Mapping[str, object]) -> list[Fault]:
    """Why a document cannot be a draft; it may be as incomplete as it likes."""
    return [*_shape_faults({"decision": "", **document}, is_draft=True)]


def keepable(document: Mapping[str, object]) -> dict[str, object]:
    """What of an unchecked document may be kept as a draft: known fields of the right type and size."""
    wrong = {fault.pointer for fault in draft_faults(document)}
    kept = {name: document[name] for name in FIELDS if name in document and f"/{name}" not in wrong}
    if isinstance(answers := kept.get("answers"), dict):
        lost = {pointer.split("/")[2] for pointer in wrong if pointer.startswith("/answers/")}
        kept["answers"] = {key: value for key, value in answers.items() if escaped(key) not in lost}
    return kept


def _shape_faults(document: Mapping[str, object], *, is_draft: bool = False) -> Iterator[Fault]:
    for name in document:
        if name not in FIELDS:
            yield Fault(f"/{name}", "field.unknown", _("There is no such field."))
    decision = document.get("decision")
    if not isinstance(decision, str) or not (decision or is_draft):
        yield Fault("/decision", "decision.missing", _("Choose a decision."))
    elif not is_storable(decision):
        yield _not_storable("decision")
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
    elif not all(map(is_storable, reasons)):
        yield _not_storable("reasons")


def _answers_shape(answers: object) -> Iterator[Fault]:
    if answers is None:
        return
    if not isinstance(answers, dict) or not all(isinstance(key, str) for key in answers):
        yield Fault("/answers", "answers.type", _("Answers are an object of question key to value."))
        return
    faults = [*unstorable(answers, "answers", "/answers")]
    yield from faults
    if not faults and len(json.dumps(answers, ensure_ascii=False)) > ANSWERS_MAX:
        text = _("All answers together have at most %(n)s characters.") % {"n": localized(ANSWERS_MAX)}
        yield Fault("/answers", "answers.too_long", text)


def _string_faults(name: str, text: object, limit: int) -> Iterator[Fault]:
    if text is None:
        return
    if not isinstance(text, str):
        yield Fault(f"/{name}", f"{name}.type", _("This must be a text."))
        return
    if len(text) > limit:
        yield Fault(f"/{name}", f"{name}.too_long", _("At most %(n)s characters.") % {"n": localized(limit)})
    if not is_storable(text):
        yield _not_storable(name)


def _not_storable(name: str) -> Fault:
    return Fault(f"/{name}", f"{name}.not_storable", _("NUL and lone surrogates cannot be stored."))


def _form_faults(said: Submission, form: Form, lengths: Lengths, *, is_flagged: bool) -> Iterator[Fault]:
    if said.decision not in form.decisions:
        yield Fault("/decision", "decision.unknown", _("This form has no such decision."))
        return
    yield from _reason_faults(said, form, is_flagged=is_flagged)
    if not said.note.strip() and _needs_note(said, form):
        asks = said.decision == "escalate"
        detail = _("Write your question to the lead.") if asks else _("Say in the note what it is about.")
        yield Fault("/note", "note.missing", detail)
    yield from _answers_faults(said, form, lengths)


def _answers_faults(said: Submission, form: Form, lengths: Lengths) -> Iterator[Fault]:
    for key in sorted(said.answers.keys() - {question.key for question in form.questions}):
        yield Fault(f"/answers/{escaped(key)}", "answers.unknown", _("This form has no such question."))
    asked = {question.key: question for question in form.asked(said.decision, said.answers)}
    for question in form.questions:
        place, value = f"/answers/{question.key}", said.answers.get(question.key)
        if question.key not in asked and value is not None:
            text = _("This question is not asked here: take its answer out, or change what it depends on.")
            yield Fault(place, "answers.not_asked", text)
        elif value is not None:
            faults = question.faults(value, lengths)
            yield from (Fault(place + fault.pointer, fault.code, fault.detail) for fault in faults)
        elif question.key in asked and question.is_required(said.decision):
            yield Fault(place, "answers.missing", _("Answer this question."))


def _reason_faults(said: Submission, form: Form, *, is_flagged: bool) -> Iterator[Fault]:
    if not form.reason_values.issuperset(said.reasons):
        yield Fault("/reasons", "reasons.unknown", _("This form has no such reason."))
    if said.reasons:
        return
    if said.decision == "approve" and is_flagged and form.override_needs_reason:
        yield Fault("/reasons", "reasons.override", _("A safety filter flagged this: say why it is fine."))
    elif form.reasons and said.decision in form.reasons_required_for:
        yield Fault("/reasons", "reasons.missing", _("Choose at least one reason."))


def _faults_of_approval(said: Submission, form: Form) -> Iterator[Fault]:
    """Else models would be taught from an approval that says what is wrong."""
    if said.decision == "approve" and said.reasons and form.approves_bare:
        text = _("You approve: take the reasons back, or correct or reject.")
        yield Fault("/reasons", "reasons.with_approve", text)


def _needs_note(said: Submission, form: Form) -> bool:
    return said.decision in form.needs_note_for or any(
        reason.needs_note for reason in form.reasons if reason.value in said.reasons
    )


def _text_faults(said: Submission, output_text: str) -> Iterator[Fault]:
    text = said.corrected_text
    if said.decision == "correct":
        if text is None or not text.strip():
            yield Fault("/corrected_text", "corrected_text.missing", _("Write the corrected answer."))
        elif same_text(text, output_text):
            yield Fault(
                "/corrected_text",
                "corrected_text.unchanged",
                _("The text is unchanged: approve it, or edit it."),
            )
    elif text and not same_text(text, output_text):
        yield Fault(
            "/decision", "decision.text_changed", _("The text was changed: choose Correct, or undo the edit.")
        )
