"""The controls in which the fields of a condition are written, and the sentences that they stand in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.translation import gettext as _

from queues.errors import Fault
from queues.web.rule_forms.fields import CHOICE, LINES, Field, fields_of, terms
from queues.web.sentences.terms import FORM as TERMS_FORM
from queues.web.sentences.terms import TERMS
from queues.web.sentences.words import Control, Text, words

_PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Shown:
    """One control. name: the field's JSON pointer, under which it is posted. choices: (value, label)."""

    name: str
    kind: str
    label: Text
    value: str = ""
    choices: Sequence[tuple[str, Text]] = ()
    help: Text = ""
    unit: Text = ""
    suggests: str = ""
    none_label: Text = ""
    has_none: bool = False
    fault: str = ""

    @property
    def id(self) -> str:
        return "f" + self.name.replace("/", "-")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence: text, or a control."""

    text: str = ""
    control: Shown | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """What is wrong with a document and what is surprising, by pointer; the queues that a rule may name."""

    faults: Sequence[Fault] = ()
    warnings: Sequence[Fault] = ()
    queues: Sequence[tuple[str, str]] = ()

    def fault(self, pointer: str) -> str:
        return " ".join(str(fault.detail) for fault in self.faults if fault.pointer == pointer)

    def warning(self, pointer: str) -> str:
        return " ".join(str(fault.detail) for fault in self.warnings if fault.pointer == pointer)


def controls_of(document: Mapping[str, Any], pointer: str, looks: Looks) -> dict[str, Shown]:
    kind = str(document.get("kind", ""))
    known = words.get(kind).controls if kind in words else {}
    return {
        one.name: _control(one, document, pointer, looks, known.get(one.name) or _plain(one))
        for one in fields_of(kind)
    }


def _plain(one: Field) -> Control:
    """The control of a field without words of its own."""
    return Control(one.name.replace("_", " ").capitalize())


def _control(one: Field, document: Mapping[str, Any], pointer: str, looks: Looks, control: Control) -> Shown:
    name, value = f"{pointer}/{one.name}", document.get(one.name, one.default)
    choices = list(control.offered or [(choice, choice) for choice in one.choices])
    written = _written(one, value)
    if choices and written not in {choice for choice, _label in choices}:
        choices.insert(0, (written, written or _("(choose)")))
    return Shown(
        name=name,
        kind=CHOICE if choices else one.kind,
        label=control.label,
        value=written,
        choices=choices,
        help=control.help,
        unit=control.unit,
        suggests=control.suggests,
        none_label=control.none_label,
        has_none=isinstance(value, list | tuple) and "" in value,
        fault=_fault_within(looks, name),
    )


def _fault_within(looks: Looks, name: str) -> str:
    """Of the field, and of each value in a list."""
    return " ".join(
        str(fault.detail)
        for fault in looks.faults
        if fault.pointer == name or fault.pointer.startswith(f"{name}/")
    )


def _written(one: Field, value: Any) -> str:
    """The value as it is typed."""
    if one.kind == LINES:
        values = value if isinstance(value, list | tuple) else [value] if value is not None else []
        return "\n".join(str(part) for part in values if part != "")
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def terms_sentence(rule: Mapping[str, Any], pointer: str, looks: Looks) -> list[Piece]:
    controls = {
        name: _control(one, rule, pointer, looks, TERMS.get(name) or _plain(one))
        for name, one in terms().items()
    }
    queue = controls["queue"]
    known = {slug for slug, _name in looks.queues}
    choices = (
        [*looks.queues]
        if queue.value in known
        else [(queue.value, queue.value or _("(choose)")), *looks.queues]
    )
    controls["queue"] = Shown(
        queue.name, CHOICE, queue.label, queue.value, choices=choices, help=queue.help, fault=queue.fault
    )
    return sentence_with(TERMS_FORM, controls)[0]


def sentence_with(template: Text, controls: Mapping[str, Shown]) -> tuple[list[Piece], set[str]]:
    """The pieces of a sentence whose places are controls, and the names of those."""
    pieces = list(_pieces(str(template), controls))
    names = {place for place in _PLACE.findall(str(template)) if place in controls}
    return pieces, names


def _pieces(template: str, controls: Mapping[str, Shown]) -> Iterator[Piece]:
    for place, part in enumerate(_PLACE.split(template)):
        if place % 2 and part in controls:
            yield Piece(control=controls[part])
        elif part:
            yield Piece(text=part)
