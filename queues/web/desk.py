"""The review screen's prepared values: a desk and what was typed on it, as the template draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.errors import Fault
from queues.models import Decision, SkipReason
from queues.review.form import Form, Question
from queues.review.line_ends import like
from queues.review.queries import Desk, RoutedReason
from queues.web.text import cited_pieces, count_invisible

DECISION_KEYS = {"approve": "A", "correct": "C", "reject": "R", "escalate": "E"}
DIGITS = "1234567890"
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
class Choice:
    """One thing that can be on: a decision, a reason, an option. digit "" beyond the tenth."""

    value: str
    label: str
    is_on: bool
    digit: str = ""
    needs_note: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the form with the answer so far. required_for: the decisions that need it."""

    question: Question
    options: list[Choice]
    required_for: str
    fault: str
    is_long: bool  # options under each other rather than side by side


@dataclass(frozen=True, slots=True)
class Why:
    """Why this item is here: a rule, and its figures where the queue shows them."""

    label: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: a draft, what was just posted, or nothing yet."""

    content: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    message: str = ""

    def fault(self, pointer: str) -> str:
        return " ".join(fault.detail for fault in self.faults if fault.pointer == pointer)


def context_of(desk: Desk, *, project_slug: str, typed: Typed | None = None) -> dict[str, Any]:
    """The template's values of one item."""
    typed = typed or Typed(desk.draft or {})
    form = desk.form
    return {
        "desk": desk,
        "form": form,
        "queue": desk.queue,
        "slug": project_slug,
        "seconds_left": max(0, int((desk.lease.until - timezone.now()).total_seconds())),
        "whys": [_why(reason) for reason in desk.reasons_routed],
        "turns": [(ROLES.get(turn.role, turn.role), turn) for turn in desk.turns],
        "facts": [(FACTS.get(name, name), _readable(name, value)) for name, value in desk.facts.items()],
        "pieces": cited_pieces(desk.output_text, desk.documents),
        "invisible": count_invisible(desk.output_text),
        "words": len(desk.output_text.split()),
        "corrected_text": _corrected(desk, typed),
        "decisions": _decisions(form, typed),
        "reasons": _reasons(form, typed),
        "questions": [_asked(question, typed) for question in form.questions],
        "reasons_required_for": _reasons_required_for(desk),
        "note_required_for": " ".join(form.note_required_for),
        "note": typed.content.get("note") or "",
        "faults": {
            name: typed.fault(f"/{name}") for name in ("decision", "reasons", "corrected_text", "note")
        },
        "other_faults": _other_faults(form, typed),
        "message": typed.message,
    }


def skip_reasons() -> list[tuple[str, str, str | Promise]]:
    """The skip reasons with the digit that chooses each."""
    return [(digit, value, label) for digit, (value, label) in zip(DIGITS, SkipReason.choices, strict=False)]


def _corrected(desk: Desk, typed: Typed) -> str:
    """The text in the editor: what was typed, else a copy of the output."""
    text = typed.content.get("corrected_text")
    return like(desk.output_text, text) if isinstance(text, str) else desk.output_text


def _decisions(form: Form, typed: Typed) -> list[tuple[Choice, str]]:
    """Each decision of the form with its key, in the order of the keys."""
    chosen = typed.content.get("decision")
    return [
        (Choice(value, str(Decision(value).label), value == chosen), key)
        for value, key in DECISION_KEYS.items()
        if value in form.decisions
    ]


def _reasons(form: Form, typed: Typed) -> list[Choice]:
    chosen = typed.content.get("reasons") or []
    return [
        Choice(reason.value, reason.label, reason.value in chosen, DIGITS[n : n + 1], reason.needs_note)
        for n, reason in enumerate(form.reasons)
    ]


def _asked(question: Question, typed: Typed) -> Asked:
    answer = (typed.content.get("answers") or {}).get(question.key)
    options = [
        Choice(option.value, option.label, option.value == answer, DIGITS[n : n + 1])
        for n, option in enumerate(question.options)
    ]
    is_long = len(options) > 4 or sum(len(option.label) for option in options) > 26
    required_for = " ".join(question.required_for) if question.required else ""
    return Asked(question, options, required_for, typed.fault(f"/answers/{question.key}"), is_long)


def _reasons_required_for(desk: Desk) -> str:
    """The decisions that need a reason; approving what a safety filter flagged is one of them."""
    if not desk.form.reasons:
        return ""
    needed = set(desk.form.reasons_required_for)
    if desk.form.override_needs_reason and any(map(_is_flag, desk.reasons_routed)):
        needed.add("approve")
    return " ".join(sorted(needed))


def _other_faults(form: Form, typed: Typed) -> list[Fault]:
    """Faults that belong to no place of this form."""
    places = {"/decision", "/reasons", "/corrected_text", "/note"} | {
        f"/answers/{q.key}" for q in form.questions
    }
    return [fault for fault in typed.faults if fault.pointer not in places]


def _is_flag(reason: RoutedReason) -> bool:
    """A filter objected, whatever else the rule asked for."""
    return reason.kind == "safety_flagged" or reason.category is not None


def _why(reason: RoutedReason) -> Why:
    kind = "reject" if _is_flag(reason) else "" if reason.kind == "random_audit" else "accent"
    figures = {"rule": reason.rule, "rank": _figure(reason.rank), "score": _figure(reason.score)}
    figures |= {"measure": reason.measure or "", "threshold": _figure(reason.threshold)}
    if reason.category is not None:
        figures |= {"category": reason.category, "severity": reason.severity or "–"}
        label = _("%(rule)s · %(category)s · %(severity)s") % figures
        title = (
            _("The rule “%(rule)s” sent it here: a filter objected (%(category)s, %(severity)s).") % figures
        )
        return Why(label, title, kind)
    if reason.rank is not None:
        label = _("%(rule)s · rank %(rank)s") % figures
    elif reason.score is not None:
        label = _("%(rule)s · %(score)s") % figures
    else:
        return Why(reason.rule, _("The rule “%(rule)s” sent it here.") % figures, kind)
    title = _("The rule “%(rule)s” sent it here: %(measure)s %(score)s, threshold %(threshold)s.") % figures
    return Why(label, title, kind)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _readable(name: str, value: str) -> str:
    """A fact as people read it: a time in the reader's zone, everything else as it was sent."""
    at = parse_datetime(value) if name == "occurred" else None
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else value
