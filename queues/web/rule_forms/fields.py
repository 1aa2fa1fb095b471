"""What may stand in a rule: the fields of each kind, from its own JSON schema: a new kind needs no form."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from queues.route.condition import conditions
from queues.route.rule import Rule

# How a field is written.
CHOICE, NUMBER, WHOLE, TEXT, LINES, JSON = "choice", "number", "whole", "text", "lines", "json"
_TYPES = {"number": NUMBER, "integer": WHOLE, "string": TEXT}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a condition, or of the terms of a rule. default: what it is when nothing is written."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    is_required: bool = False
    default: Any = None


@cache
def fields_of(kind: str) -> tuple[Field, ...]:
    """The fields of a kind of condition, without `kind` and what stands within it."""
    if kind not in conditions:
        return ()
    return _fields(conditions.get(kind).model_json_schema(), without=frozenset({"kind", "of"}))


@cache
def terms() -> dict[str, Field]:
    """The fields that every rule has beside those of its condition."""
    return {field.name: field for field in _fields(Rule.model_json_schema(), without=frozenset({"kind"}))}


def _fields(schema: Mapping[str, Any], *, without: frozenset[str]) -> tuple[Field, ...]:
    if "$ref" in schema:  # conditions of conditions refer to themselves
        schema = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    required = schema.get("required", ())
    return tuple(
        _field(name, part, is_required=name in required)
        for name, part in schema["properties"].items()
        if name not in without
    )


def _field(name: str, part: Mapping[str, Any], *, is_required: bool) -> Field:
    default = part.get("default")
    options = [option for option in part.get("anyOf", [part]) if option.get("type") != "null"]
    shape = options[0] if len(options) == 1 else {}
    if choices := shape.get("enum"):
        return Field(name, CHOICE, tuple(map(str, choices)), is_required, default)
    if shape.get("type") == "boolean":
        return Field(name, CHOICE, ("true", "false"), is_required, default)
    if shape.get("type") == "array" and shape.get("items", {}).get("type") == "string":
        return Field(name, LINES, (), is_required, default)
    return Field(name, _TYPES.get(shape.get("type", ""), JSON), (), is_required, default)
