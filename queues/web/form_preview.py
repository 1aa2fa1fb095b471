"""A form as annotators will see it, without an item."""

from collections.abc import Mapping, Sequence
from typing import Any

from queues.errors import Fault, Invalid
from queues.review import form as forms
from queues.review.form import Form
from queues.web.asked import questions_of
from queues.web.desk import decisions_of, reasons_of


def preview_of(form: Form) -> dict[str, Any]:
    """The template's values: what `review/_form.html` shows of a form."""
    return {
        "form": form,
        "decisions": decisions_of(form, "", compares=False),
        "reasons": reasons_of(form, ()),
        "questions": questions_of(form, decision="", answers={}),
        "reasons_required_for": " ".join(form.reasons_required_for) if form.reasons else "",
        "note_required_for": " ".join(sorted(form.needs_note_for)),
        "faults": {},
        "note": "",
    }


def looked_at(document: Mapping[str, Any]) -> tuple[Form | None, Sequence[Fault]]:
    """The form of a document, or why it is none."""
    try:
        return forms.parse(document), ()
    except Invalid as error:
        return None, error.faults
