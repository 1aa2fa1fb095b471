"""A rule as it was typed: the posted fields put into its document.

Fields are named by their JSON pointer. What fits no type stays as it was typed, so that nothing is lost and
the document's own check says what is wrong with it. Fields that were not posted stay as they are.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Never

import orjson
from django.http import QueryDict
from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid
from queues.web.rule_forms.fields import CHOICE, JSON, LINES, NUMBER, WHOLE, Field, fields_of, terms
from queues.web.sentences.words import words

NONE = ".none"  # suffix of the box beside a list: "or it has none"
WITHIN = ("all_of", "any_of", "none_of")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?([eE]-?[0-9]{1,2})?")

Document = dict[str, Any]


def rule_of(rule: Mapping[str, Any], pointer: str, post: QueryDict) -> Document:
    """The rule at `pointer` with what was posted of it, its condition and its terms."""
    if (text := post.get(pointer)) is not None:  # the whole rule as JSON
        return _json_object(text, rule)
    return _with_fields(condition_of(rule, pointer, post), terms().values(), pointer, post)


def condition_of(condition: Mapping[str, Any], pointer: str, post: QueryDict) -> Document:
    """The same for a condition, and for those within it."""
    if (text := post.get(pointer)) is not None:
        return _json_object(text, condition)
    kind = str(condition.get("kind"))
    found = _with_fields(condition, fields_of(kind), pointer, post)
    if kind in WITHIN:
        found["kind"] = chosen if (chosen := post.get(f"{pointer}/kind")) in WITHIN else kind
        parts = condition.get("of")
        found["of"] = [
            condition_of(part, f"{pointer}/of/{place}", post) if isinstance(part, dict) else part
            for place, part in enumerate(parts if isinstance(parts, list) else ())
        ]
    return words.get(kind).tidy(found) if kind in words else found


def _with_fields(document: Mapping[str, Any], fields: Any, pointer: str, post: QueryDict) -> Document:
    found = dict(document)
    for field in fields:
        name = f"{pointer}/{field.name}"
        if name in post:
            value = value_of(field, post.get(name, ""), has_none=f"{name}{NONE}" in post)
            if value is None:
                found.pop(field.name, None)
            else:
                found[field.name] = value
    return found


def value_of(field: Field, text: str, *, has_none: bool = False) -> Any:
    """What was typed as the value of the field; None: it was left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if field.kind == LINES:
        return [line.strip() for line in text.split("\n") if line.strip()] + [""] * has_none
    if field.kind in (NUMBER, WHOLE):
        return _number(text.strip(), is_whole=field.kind == WHOLE)
    if field.kind == JSON:
        return _json(text) if text.strip() else None
    if field.kind == CHOICE:
        return {"true": True, "false": False}.get(text, text) if text else None
    return text.strip() if text.strip() or field.default is not None or field.is_required else None


def _number(text: str, *, is_whole: bool) -> Any:
    if not text:
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if not is_whole and _NUMBER.fullmatch(text) else text


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _json_object(text: str, before: Mapping[str, Any]) -> Document:
    value = _json(text)
    return value if isinstance(value, dict) else dict(before)


def document_of(text: str) -> Document:
    """A whole document that was typed as JSON. Invalid with the place when it is none."""
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _no_json(
            _("Line %(line)d, column %(column)d: this is where it stops being JSON.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except RecursionError as error:
        raise _no_json(_("It has too many levels.")) from error
    except ValueError as error:
        raise _no_json(str(error)) from error
    if not isinstance(value, dict):
        raise _no_json(_("A policy is an object: put its fields between { and }."))
    return value


def _once(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(_("The same key stands twice in one object."))
    return found


def _no_number(name: str) -> Never:
    raise ValueError(_("%(name)s is not a JSON number.") % {"name": name})


def _no_json(detail: str) -> Invalid:
    fault = Fault("/document", "policy.no_json", detail)
    return Invalid(_("The draft was not saved: it cannot be read. Your text stands below."), [fault])
