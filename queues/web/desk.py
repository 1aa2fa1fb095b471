"""The review screen's prepared values: a desk and what was typed on it, as the template draws them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.assign.aside import HOURS
from queues.errors import Fault
from queues.models import Decision, SkipReason
from queues.review.conversation import Document, last_user_turn, text_of
from queues.review.form import Form
from queues.review.line_ends import like
from queues.review.queries import Desk, FlaggedPlace
from queues.review.question import Question
from queues.web.answer_words import in_words
from queues.web.asked import questions_of
from queues.web.choices import DIGITS, Choice
from queues.web.rendering import AHEAD_CHARACTERS, Rendering, rendering_of
from queues.web.text import LONG, Mark, Piece, blocks_of, count_invisible, marked_pieces
from queues.web.why_here import why

LATER = "later-"  # prefix of what is chosen in place of a reason to skip: hours
FLAGS_LISTED = 100  # the text marks all of them
ROLES: dict[str, str | Promise] = {
    "user": gettext_lazy("User"),
    "assistant": gettext_lazy("Assistant"),
    "tool": gettext_lazy("Tool"),
    "developer": gettext_lazy("Developer"),
}


FACTS: dict[str, Promise] = {
    "model": gettext_lazy("model"),
    "prompt": gettext_lazy("prompt"),
    "temperature": gettext_lazy("temperature"),
    "locale": gettext_lazy("language"),
    "occurred": gettext_lazy("made"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One output as the page shows it. label: A or B where two are compared, else "".

    blocks: the text in pieces; one block unless it is long. rendering: None where raw is preferred, or it
    would take too long now.
    """

    label: str
    blocks: list[list[Piece]]
    invisible: int
    words: int
    is_altered: bool
    documents: Sequence[Document] = ()
    rendering: Rendering | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: a draft, what was just posted, or nothing yet."""

    content: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    message: str = ""

    def fault(self, pointer: str) -> str:
        return " ".join(fault.detail for fault in self.faults if fault.pointer == pointer)


def context_of(
    desk: Desk, *, project_slug: str, typed: Typed | None = None, prefers_rendered: bool = False
) -> dict[str, Any]:
    """The template's values of one item."""
    typed = typed or Typed(desk.draft or {})
    form = desk.form
    decision = _decision(typed, compares=bool(desk.sides))
    return {
        "desk": desk,
        "form": form,
        "queue": desk.queue,
        "slug": project_slug,
        "seconds_left": max(0, int((desk.lease.until - timezone.now()).total_seconds())),
        "whys": [why(reason) for reason in desk.reasons_routed],
        "turns": [(ROLES.get(turn.role, turn.role), turn) for turn in desk.turns],
        "marks_places": any(question.marks_texts for question in form.questions),
        **_input_to_mark(desk),
        "facts": [(FACTS.get(name, name), _readable(name, value)) for name, value in desk.facts.items()],
        "outputs": [_rendered(output) for output in _outputs(desk)] if prefers_rendered else _outputs(desk),
        "prefers_rendered": prefers_rendered,
        "flagged": [
            (place, desk.output_text[place.start : place.end]) for place in desk.flagged[:FLAGS_LISTED]
        ],
        "flagged_places": len(desk.flagged),
        "flagged_left": max(0, len(desk.flagged) - FLAGS_LISTED),
        "corrected_text": _corrected(desk, typed),
        "is_typed": isinstance(typed.content.get("corrected_text"), str),
        "is_long": len(_corrected(desk, typed)) > LONG,
        "decisions": decisions_of(form, decision, compares=bool(desk.sides)),
        "reasons": reasons_of(form, typed.content.get("reasons") or ()),
        "questions": questions_of(
            form,
            decision=decision,
            answers=_answers(typed),
            faults=typed.faults,
            texts=_marked_texts(desk),
        ),
        "may_be_unsure": any(question.allows_unsure for question in form.questions),
        "may_say_none": any(_may_be_none(question) for question in form.questions),
        "left_over": _left_over(form, _answers(typed)),
        "reasons_required_for": _reasons_required_for(desk),
        "overrides_filter": _overrides_filter(desk),
        "approves_bare": form.approves_bare and not _is_flagged(desk),
        "note_required_for": " ".join(sorted(form.needs_note_for)),
        "note": typed.content.get("note") or "",
        "faults": {
            name: typed.fault(f"/{name}")
            for name in ("decision", "reasons", "corrected_text", "note", "unveiled")
        },
        "other_faults": _other_faults(form, typed),
        "message": typed.message,
    }


def skip_reasons() -> list[tuple[str, str, str | Promise]]:
    """The skip reasons with the digit that chooses each."""
    return [(digit, value, label) for digit, (value, label) in zip(DIGITS, SkipReason.choices, strict=False)]


def _input_to_mark(desk: Desk) -> dict[str, Any]:
    """The turn in which places may be marked, and its text where other parts stand between; else nothing."""
    turn = last_user_turn(desk.turns) if desk.form.marks_input else None
    is_mixed = turn is not None and any(part.kind != "text" for part in turn.parts)
    return {"input_turn": turn, "input_copy": text_of(turn) if turn is not None and is_mixed else ""}


def _marked_texts(desk: Desk) -> dict[str, str]:
    """The texts in which places may be marked, by name."""
    turn = last_user_turn(desk.turns) if desk.form.marks_input else None
    return {"output": desk.output_text} | ({} if turn is None else {"input": text_of(turn)})


def later_choices() -> list[tuple[str, str, str]]:
    """For how long an item can be kept for later, with the digit that chooses each."""
    labels = (_("for an hour"), _("for four hours"), _("until tomorrow"))
    digits = DIGITS[len(SkipReason.choices) :]
    return [
        (digit, f"{LATER}{hours}", label) for digit, hours, label in zip(digits, HOURS, labels, strict=False)
    ]


def _corrected(desk: Desk, typed: Typed) -> str:
    """The text in the editor: what was typed, else a copy of the output."""
    text = typed.content.get("corrected_text")
    return like(desk.output_text, text) if isinstance(text, str) else desk.output_text


def _outputs(desk: Desk) -> list[Shown]:
    """The output, or the two that are compared, each with the documents that were given to it alone."""
    if not desk.sides:
        flagged = [_marked(place) for place in desk.flagged]
        return [_shown("", desk.output_text, desk.documents, flagged, is_altered=desk.is_altered)]
    shown = [
        _shown(side.label, side.output_text, side.documents, is_altered=side.is_altered)
        for side in desk.sides
    ]
    if desk.documents:  # shown once, with the conversation
        return shown
    return [replace(one, documents=side.documents) for one, side in zip(shown, desk.sides, strict=True)]


def _shown(
    label: str, text: str, documents: Sequence[Document], flagged: Sequence[Mark] = (), *, is_altered: bool
) -> Shown:
    blocks = blocks_of(marked_pieces(text, documents, flagged))
    return Shown(label, blocks, count_invisible(text), len(text.split()), is_altered)


def _rendered(output: Shown) -> Shown:
    """With its rendering, where that costs no time."""
    text = "".join(piece.text for block in output.blocks for piece in block)
    return replace(output, rendering=rendering_of(text)) if len(text) <= AHEAD_CHARACTERS else output


def _decision(typed: Typed, *, compares: bool) -> str:
    """A comparison is submitted unless one says otherwise: its answer is the decision."""
    return str(typed.content.get("decision") or ("approve" if compares else ""))


def _answers(typed: Typed) -> Mapping[str, Any]:
    answers = typed.content.get("answers")
    return answers if isinstance(answers, dict) else {}


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Answers of a draft that the form does not ask any more: in words, and for the next save."""

    lines: Sequence[tuple[str, str]]
    json: str


def _left_over(form: Form, answers: Mapping[str, Any]) -> LeftOver | None:
    found = {key: value for key, value in answers.items() if form.question(key) is None}
    if not found:
        return None
    lines = [(key, in_words(key, value, {})) for key, value in found.items()]
    return LeftOver(lines, json.dumps(found, ensure_ascii=False))


def decisions_of(form: Form, chosen: str, *, compares: bool) -> list[Choice]:
    """The decisions that the form offers, always in the same order."""
    labels = {"approve": _("Submit the comparison")} if compares else {}
    return [
        Choice(decision.value, labels.get(decision) or str(decision.label), decision == chosen)
        for decision in Decision
        if decision in form.decisions
    ]


def reasons_of(form: Form, chosen: Collection[str]) -> list[Choice]:
    """The form's reasons, numbered by digits."""
    return [
        Choice(reason.value, reason.label, reason.value in chosen, DIGITS[n : n + 1], reason.needs_note)
        for n, reason in enumerate(form.reasons)
    ]


def _reasons_required_for(desk: Desk) -> str:
    """The decisions that need a reason; approving what a safety filter flagged is one of them."""
    if not desk.form.reasons:
        return ""
    needed = set(desk.form.reasons_required_for)
    if _overrides_filter(desk):
        needed.add("approve")
    return " ".join(sorted(needed))


def _overrides_filter(desk: Desk) -> bool:
    """Whether an approval overrules a safety filter, which this form wants a reason for."""
    return bool(desk.form.reasons) and desk.form.override_needs_reason and _is_flagged(desk)


def _may_be_none(question: Question) -> bool:
    """Whether "none of them" can be its answer."""
    return question.marks_texts or getattr(question, "min_chosen", None) == 0


def _is_flagged(desk: Desk) -> bool:
    return any(reason.kind == "safety_flagged" for reason in desk.reasons_routed)


def _other_faults(form: Form, typed: Typed) -> list[Fault]:
    """Faults that belong to no place of this form."""
    places = {("decision",), ("reasons",), ("corrected_text",), ("note",), ("unveiled",)} | {
        ("answers", question.key) for question in form.questions
    }
    return [fault for fault in typed.faults if tuple(fault.pointer.split("/")[1:3]) not in places]


def _marked(place: FlaggedPlace) -> Mark:
    return place.start, place.end, place.category


def _readable(name: str, value: str) -> str:
    """A fact as people read it: a time in the reader's zone, everything else as it was sent."""
    at = parse_datetime(value) if name == "occurred" else None
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else value
