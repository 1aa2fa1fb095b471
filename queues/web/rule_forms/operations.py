"""One change of a policy document, by name: "up:2", "add:pair", "part-remove:/rules/1/of/0"."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid
from queues.route.condition import conditions
from queues.route.rule import Rule
from queues.web.rule_forms.posted import WITHIN
from queues.web.rule_forms.shown import blank_rule
from queues.web.sentences.words import words

Document = dict[str, Any]
_TERMS = frozenset(Rule.model_fields) - {"kind"}
_PART = {"kind": "attribute", "attribute": "locale", "values": ["en"]}


class Done(NamedTuple):
    """What an operation left: the document, the rule that is open then, and a rule that was taken out."""

    document: Document
    open_place: int | None
    removed: tuple[int, Document] | None = None


def operate(document: Document, do: str, *, open_place: int | None, queue: str, chosen: str = "") -> Done:
    """Do one operation. Invalid when it names none, or a place that is not there (any more).

    queue: where a new rule sends to. chosen: the kind of condition in the choice beside the button.
    """
    name, _sep, place = do.partition(":")
    document = deepcopy(document)
    rules = document.setdefault("rules", [])
    if not isinstance(rules, list):
        raise _no_such_place()
    if name in _ON_RULES:
        return _ON_RULES[name](document, rules, _place(place, rules), open_place)
    if name == "add":
        return _add(document, rules, place, queue)
    if name in ("part-add", "part-remove"):
        parts, n = _parts(document, place, is_of_part=name == "part-remove")
        if name == "part-remove":
            del parts[n]
        else:
            parts.append(_part(chosen))
        return Done(document, open_place)
    if name in ("", "keep"):
        return Done(document, open_place)
    if name == "close":
        return Done(document, None)
    raise _no_such_place()


def restore(document: Document, removed: tuple[int, Document]) -> Done:
    """Put a rule back where it was."""
    document = deepcopy(document)
    rules = document.setdefault("rules", [])
    if not isinstance(rules, list):
        raise _no_such_place()
    rules.insert(min(removed[0], len(rules)), removed[1])
    return Done(document, None)


def _open(document: Document, _rules: list[Any], place: int, _open_place: int | None) -> Done:
    return Done(document, place)


def _move(step: int) -> Callable[[Document, list[Any], int, int | None], Done]:
    def move(document: Document, rules: list[Any], place: int, open_place: int | None) -> Done:
        other = place + step
        if not 0 <= other < len(rules):
            return Done(document, open_place)
        rules[place], rules[other] = rules[other], rules[place]
        moved = {place: other, other: place}
        return Done(document, moved.get(open_place, open_place) if open_place is not None else None)

    return move


def _remove(document: Document, rules: list[Any], place: int, open_place: int | None) -> Done:
    removed = rules.pop(place)
    if open_place is None or open_place == place:
        return Done(document, None, (place, removed))
    return Done(document, open_place - (open_place > place), (place, removed))


def _switch_on(document: Document, rules: list[Any], place: int, open_place: int | None) -> Done:
    rules[place]["enabled"] = True
    return Done(document, open_place)


def _switch_off(document: Document, rules: list[Any], place: int, open_place: int | None) -> Done:
    rules[place]["enabled"] = False
    return Done(document, open_place)


def _wrap(document: Document, rules: list[Any], place: int, _open_place: int | None) -> Done:
    """The rule's condition and one more: "and"."""
    terms, condition = _parted(rules[place])
    rules[place] = {**terms, "kind": "all_of", "of": [condition, dict(_PART)]}
    return Done(document, place)


def _unwrap(document: Document, rules: list[Any], place: int, _open_place: int | None) -> Done:
    """The only condition that is left within, as the rule's own."""
    terms, condition = _parted(rules[place])
    parts = condition.get("of")
    is_one = isinstance(parts, list) and len(parts) == 1 and isinstance(parts[0], dict)
    if str(condition.get("kind")) not in WITHIN or not is_one:
        raise _no_such_place()
    rules[place] = {**terms, **condition["of"][0]}
    return Done(document, place)


def _parted(rule: Document) -> tuple[Document, Document]:
    """The terms of a rule, and its condition."""
    terms = {name: value for name, value in rule.items() if name in _TERMS}
    return terms, {name: value for name, value in rule.items() if name not in _TERMS}


def _add(document: Document, rules: list[Any], kind: str, queue: str) -> Done:
    if kind not in conditions:
        raise _no_such_place()
    names = [str(rule.get("name")) for rule in rules if isinstance(rule, dict)]
    rules.append(blank_rule(kind, names, queue))
    return Done(document, len(rules) - 1)


def _part(kind: str) -> Document:
    """A new condition within another; of a rule's beginnings only what belongs to the condition."""
    if kind not in conditions:
        raise _no_such_place()
    blank = words.get(kind).blank if kind in words else {}
    return {"kind": kind, **{name: deepcopy(v) for name, v in blank.items() if name not in _TERMS}}


_ON_RULES: dict[str, Callable[[Document, list[Any], int, int | None], Done]] = {
    "open": _open,
    "up": _move(-1),
    "down": _move(1),
    "remove": _remove,
    "on": _switch_on,
    "off": _switch_off,
    "wrap": _wrap,
    "unwrap": _unwrap,
}


def _place(text: str, rules: list[Any]) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) < len(rules)):
        raise _no_such_place()
    place = int(text)
    if not isinstance(rules[place], dict):
        raise _no_such_place()
    return place


def _parts(document: Document, pointer: str, *, is_of_part: bool) -> tuple[list[Any], int]:
    """The list of conditions at a pointer, and for a part's pointer its place in it."""
    steps = pointer.split("/")[1:]
    n = -1
    if is_of_part:
        n = int(steps.pop()) if steps and _is_number(steps[-1]) else -1
    found: Any = document
    for step in steps:
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list) and _is_number(step) and int(step) < len(found):
            found = found[int(step)]
        else:
            raise _no_such_place()
    if not isinstance(found, list) or (is_of_part and not 0 <= n < len(found)) or steps[-1:] != ["of"]:
        raise _no_such_place()
    return found, n


def _is_number(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 5


def _no_such_place() -> Invalid:
    text = _("This draft has no such place any more. Look at it as it is now, and try again.")
    return Invalid(text, [Fault("/do", "policy.no_such_place", text)])
