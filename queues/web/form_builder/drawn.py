"""A draft of a form as the builder draws it: controls with what stands in them and what is wrong there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from queues.errors import Fault
from queues.models import Decision
from queues.web.form_builder.controls import drawn
from queues.web.form_builder.fields import FORM_FIELDS, KIND_NAMES, FieldOf, fields_of
from queues.web.form_builder.posted import ALWAYS, BY_ANSWER, BY_DECISION, stands

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a control with choices."""

    value: str
    label: Words
    is_on: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One property with its control. texts: what stands in it, for each input of its own."""

    name: str
    id: str
    shape: str
    label: Words
    help: Words
    texts: Sequence[str]
    choices: Sequence[Choice]
    fault: str

    @property
    def text(self) -> str:
        return self.texts[0] if self.texts else ""

    @property
    def rows(self) -> int:
        return min(12, max(2, self.text.count("\n") + 2))


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked: the chosen way, and what its controls hold."""

    ways: Sequence[Choice]
    decisions: Sequence[Choice]
    earlier: Sequence[Choice]
    any_of: str
    fault: str


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """One question of the draft. is_open: its controls are shown. faults: those that no control shows."""

    place: int
    key: str
    label: str
    kind: str
    kind_name: Words
    controls: Sequence[Control]
    condition: Condition | None
    faults: Sequence[Fault]
    has_faults: bool
    is_open: bool


def form_controls(document: Mapping[str, Any], faults: Sequence[Fault]) -> list[Control]:
    """The controls of the form itself."""
    return [_control(field, document, "form", "", faults) for field in FORM_FIELDS]


def questions_drawn(
    document: Mapping[str, Any], faults: Sequence[Fault], *, open_place: int | None
) -> list[DrawnQuestion]:
    """The questions of the draft, each with its controls."""
    questions = document.get("questions")
    known = questions if isinstance(questions, list) else []
    return [_question(n, one, known, faults, is_open=n == open_place) for n, one in enumerate(known)]


def general_faults(faults: Sequence[Fault]) -> list[Fault]:
    """Faults that belong to no control and no question."""
    shown = {f"/{field.name}" for field in FORM_FIELDS}
    return [
        fault
        for fault in faults
        if not fault.pointer.startswith("/questions/")
        and not any(fault.pointer == place or fault.pointer.startswith(f"{place}/") for place in shown)
    ]


def _question(
    place: int, raw: Any, known: Sequence[Any], faults: Sequence[Fault], *, is_open: bool
) -> DrawnQuestion:
    question = raw if isinstance(raw, dict) else {}
    kind, pointer = str(question.get("kind", "")), f"/questions/{place}"
    fields = fields_of(kind)
    own = [fault for fault in faults if f"{fault.pointer}/".startswith(f"{pointer}/")]
    places = [f"{pointer}/{field.name}/" for field in fields] + [f"{pointer}/asked_when/"]
    unshown = [fault for fault in own if not any(f"{fault.pointer}/".startswith(one) for one in places)]
    return DrawnQuestion(
        place=place,
        key=str(question.get("key", "")),
        label=str(question.get("label", "")),
        kind=kind,
        kind_name=KIND_NAMES.get(kind, kind),
        controls=[_control(field, question, f"q.{place}", pointer, faults) for field in fields],
        condition=_condition(place, question, known, own),
        faults=unshown,
        has_faults=bool(own),
        is_open=is_open or bool(own),
    )


def _control(
    field: FieldOf, raw: Mapping[str, Any], prefix: str, pointer: str, faults: Sequence[Fault]
) -> Control:
    name = f"{prefix}.{field.name}"
    texts = drawn(field, stands(raw, field.name))
    choices = [Choice(value, label, value in texts) for value, label in field.choices]
    return Control(
        name=name,
        id=name.replace(".", "-"),
        shape=field.shape,
        label=field.label,
        help=field.help,
        texts=[*texts, "", ""][:2] if field.shape == "pair" else texts,
        choices=choices,
        fault=_fault(f"{pointer}/{field.name}", faults),
    )


def _condition(
    place: int, question: Mapping[str, Any], known: Sequence[Any], faults: Sequence[Fault]
) -> Condition:
    said = question.get("asked_when")
    when: Mapping[str, Any] = said if isinstance(said, dict) else {}
    way = BY_DECISION if when.get("decision") is not None else BY_ANSWER if when else ALWAYS
    decisions = when.get("decision") if isinstance(when.get("decision"), list) else []
    values = when.get("any_of") if isinstance(when.get("any_of"), list) else []
    earlier = [one for one in known[:place] if isinstance(one, dict)]
    return Condition(
        ways=[
            Choice(ALWAYS, _("always"), way == ALWAYS),
            Choice(BY_DECISION, _("with some decisions"), way == BY_DECISION),
            Choice(BY_ANSWER, _("after an answer"), way == BY_ANSWER),
        ],
        decisions=[Choice(one.value, one.label, one.value in (decisions or ())) for one in Decision],
        earlier=[
            Choice(str(one.get("key", "")), str(one.get("label", "")), one.get("key") == when.get("question"))
            for one in earlier
        ],
        any_of=", ".join(map(str, values or ())),
        fault=_fault(f"/questions/{place}/asked_when", faults),
    )


def _fault(pointer: str, faults: Sequence[Fault]) -> str:
    found = [str(f.detail) for f in faults if f"{f.pointer}/".startswith(f"{pointer}/")]
    return " ".join(dict.fromkeys(found))
