"""The controls of each rule of a draft, with what stands in them and what is wrong there."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.errors import Fault
from queues.route.combined import DEEPEST
from queues.route.condition import conditions
from queues.web.rule_forms.controls import Looks, Piece, Shown, controls_of, sentence_with, terms_sentence
from queues.web.rule_forms.fields import CHOICE, JSON
from queues.web.rule_forms.posted import WITHIN
from queues.web.sentences import label_of, read_rule, sentence_of, terms_of
from queues.web.sentences.terms import TERMS
from queues.web.sentences.words import Text, words


class Told(NamedTuple):
    """What is wrong with a condition itself, and what is surprising."""

    fault: str = ""
    warning: str = ""


NOTHING = Told()


@dataclass(frozen=True, slots=True)
class ShownCondition:
    """One condition: a sentence of controls, or others within it. json: of a kind that nobody knows."""

    pointer: str
    kind: str
    label: Text
    sentence: Sequence[Piece] = ()
    below: Sequence[Shown] = ()
    parts: Sequence["ShownCondition"] = ()
    within: Shown | None = None
    json: Shown | None = None
    told: Told = NOTHING
    may_hold_more: bool = False
    may_nest: bool = False


@dataclass(frozen=True, slots=True)
class ShownRule:
    """One rule of a draft. sentence: in words, "" while it has faults. condition: None unless it is open."""

    place: int
    document: Mapping[str, Any]
    name: str
    label: Text
    sentence: str
    terms: str
    is_on: bool
    is_open: bool
    faults: Sequence[str]
    warnings: Sequence[str]
    condition: ShownCondition | None = None
    terms_sentence: Sequence[Piece] = ()
    is_first: bool = False
    is_last: bool = False
    is_combined: bool = False
    queue: str = ""

    @property
    def key(self) -> str:
        """An id for the page that stays when the rule moves."""
        return re.sub(r"[^a-z0-9_-]", "", self.name) or f"n{self.place}"


def rules_shown(document: Mapping[str, Any], looks: Looks, *, open_place: int | None) -> list[ShownRule]:
    """All rules of a draft; the open one with its controls."""
    rules = document.get("rules")
    found = rules if isinstance(rules, list) else []
    names = Counter(str(rule.get("name")) for rule in found if isinstance(rule, dict))
    return [
        _rule(rule if isinstance(rule, dict) else {}, place, looks, names, len(found), open_place)
        for place, rule in enumerate(found)
    ]


def _rule(
    rule: Mapping[str, Any],
    place: int,
    looks: Looks,
    names: Counter[str],
    count: int,
    open_place: int | None,
) -> ShownRule:
    pointer, kind, is_open = f"/rules/{place}", str(rule.get("kind", "")), place == open_place
    read = read_rule(rule)
    twice = [_("Another rule has the same name; reasons name rules by it.")]
    return ShownRule(
        place=place,
        document=rule,
        name=str(rule.get("name", "")),
        label=label_of(kind),
        sentence=sentence_of(read) if read else "",
        terms=terms_of(read) if read else "",
        is_on=rule.get("enabled", True) is not False,
        is_open=is_open,
        faults=[
            *_below(looks.faults, pointer, is_open=is_open),
            *(twice if names[str(rule.get("name"))] > 1 else []),
        ],
        warnings=_below(looks.warnings, pointer, is_open=False),
        condition=_condition(rule, pointer, looks, level=1) if is_open else None,
        terms_sentence=terms_sentence(rule, pointer, looks) if is_open and kind in conditions else (),
        is_first=place == 0,
        is_last=place == count - 1,
        is_combined=kind in WITHIN,
        queue=str(rule.get("queue", "")),
    )


def _below(faults: Sequence[Fault], pointer: str, *, is_open: bool) -> list[str]:
    """The faults of a rule: all that it has, or, where its controls tell theirs, those of the rule itself."""
    return [
        str(fault.detail)
        if fault.pointer == pointer
        else f"{_field_name(fault.pointer, pointer)}: {fault.detail}"
        for fault in faults
        if fault.pointer == pointer or (fault.pointer.startswith(f"{pointer}/") and not is_open)
    ]


def _field_name(pointer: str, rule: str) -> Text:
    """The field at a pointer in words, where it has some."""
    name = pointer.removeprefix(f"{rule}/")
    return TERMS[name].label if name in TERMS else name


def _condition(condition: Mapping[str, Any], pointer: str, looks: Looks, *, level: int) -> ShownCondition:
    kind = str(condition.get("kind", ""))
    told = Told(looks.fault(pointer), looks.warning(pointer))
    if kind not in conditions:
        text = orjson.dumps(condition, option=orjson.OPT_INDENT_2).decode()
        control = Shown(pointer, JSON, _("As JSON"), text, fault=looks.fault(pointer))
        return ShownCondition(pointer, kind, kind or _("without a kind"), json=control, told=told)
    if kind in WITHIN:
        return _combined(condition, pointer, looks, level, told)
    controls = controls_of(condition, pointer, looks)
    sentence, used = sentence_with(_form(kind, condition, is_part=level > 1), controls)
    more = words.get(kind).more if kind in words else tuple(controls)
    below = [controls[name] for name in more if name in controls and name not in used]
    return ShownCondition(pointer, kind, label_of(kind), sentence, below, told=told)


def _form(kind: str, condition: Mapping[str, Any], *, is_part: bool) -> Text:
    """The sentence in which a condition is written; "" for a kind without words."""
    if kind not in words:
        return ""
    return words.get(kind).part(condition) if is_part else words.get(kind).form(condition)


def _combined(
    condition: Mapping[str, Any], pointer: str, looks: Looks, level: int, told: Told
) -> ShownCondition:
    kind = str(condition["kind"])
    parts = condition.get("of")
    within = Shown(
        f"{pointer}/kind",
        CHOICE,
        _("How many of the conditions have to hold"),
        kind,
        choices=(
            ("all_of", lazy("all of these hold")),
            ("any_of", lazy("at least one of these holds")),
            ("none_of", lazy("none of these holds")),
        ),
    )
    return ShownCondition(
        pointer,
        kind,
        label_of(kind),
        parts=[
            _condition(
                part if isinstance(part, dict) else {}, f"{pointer}/of/{place}", looks, level=level + 1
            )
            for place, part in enumerate(parts if isinstance(parts, list) else ())
        ],
        within=within,
        may_hold_more=level < DEEPEST,
        may_nest=level < DEEPEST - 1,
        told=Told(" ".join(filter(None, (told.fault, looks.fault(f"{pointer}/of")))), told.warning),
    )


def open_controls(rules: Sequence[ShownRule]) -> list[Shown]:
    """All controls of the open rule, at any depth."""
    rule = next((rule for rule in rules if rule.condition is not None), None)
    if rule is None or rule.condition is None:
        return []
    return [*_controls_within(rule.condition), *_of_pieces(rule.terms_sentence)]


def _controls_within(condition: ShownCondition) -> Iterator[Shown]:
    yield from _of_pieces(condition.sentence)
    yield from condition.below
    yield from (control for control in (condition.within, condition.json) if control)
    for part in condition.parts:
        yield from _controls_within(part)


def _of_pieces(pieces: Sequence[Piece]) -> Iterator[Shown]:
    return (piece.control for piece in pieces if piece.control)


def blank_rule(kind: str, names: Sequence[str], queue: str) -> dict[str, Any]:
    """A new rule of this kind to begin with, under a name that is free."""
    blank = dict(words.get(kind).blank) if kind in words else {}
    stem = re.sub(r"[^a-z0-9_-]", "-", kind)[:50]
    free = next(name for n in range(1, 10_000) if (name := stem if n == 1 else f"{stem}-{n}") not in names)
    return {"name": free, "kind": kind, "queue": queue, **blank}


def kinds_shown() -> list[tuple[str, Text, Text]]:
    """(kind, its name, what it is for) of every kind of rule."""
    return [
        (
            kind,
            label_of(kind),
            words.get(kind).purpose if kind in words else (condition.__doc__ or "").split("\n")[0],
        )
        for kind, condition in sorted(conditions, key=lambda known: known[0] in WITHIN)
    ]
