"""Bodies and files are broken on purpose, so renaming their fields must not mend or break anything else.

Text that holds whole values is rewritten value by value, where it stands; what cannot be read is left.
Recipes are rewritten at their leaves, before anything is compressed, cut or flipped.
"""

import json
import re
from typing import Any

from tests.bad_inputs import canonical
from tests.bad_inputs.corpus import expand

_DECODER = json.JSONDecoder()
_FIELD = re.compile(
    r'"(external_id|created_at|project|source|model|messages|output|token_logprobs|safety|language)"\s*:\s*'
)
_INNER = ("text", "part", "parts", "entries", "prefix", "suffix")


def in_our_words(payload: Any) -> Any:
    """The payload with canonical records as prediction/1; still to be built by `expand`."""
    if isinstance(payload, str):
        return rewritten(payload)
    if isinstance(payload, list):
        return [in_our_words(inner) for inner in payload]
    if not isinstance(payload, dict):
        return payload
    if "$build" not in payload:
        return {key: in_our_words(inner) if key in _INNER else inner for key, inner in payload.items()}
    recipe = payload["$build"]
    if recipe["op"] == "json":
        return json.dumps(_mapped(expand(recipe["value"])), ensure_ascii=recipe.get("ascii", True))
    if recipe["op"] == "jsonl":
        lines = [json.dumps(_mapped(expand(record))) for record in recipe["records"]]
        return recipe.get("sep", "\n").join(lines) + recipe.get("end", "\n")
    return {"$build": {key: in_our_words(v) if key in _INNER else v for key, v in recipe.items()}}


def _mapped(value: Any) -> Any:
    if isinstance(value, list):
        return [_mapped(inner) for inner in value]
    return canonical.to_record(value) if isinstance(value, dict) and "external_id" in value else value


def rewritten(text: str) -> str:
    """The same text with each canonical field, as far as its value can be read, in our words."""
    done, at = [], 0
    while found := _FIELD.search(text, at):
        done.append(text[at : found.start()])
        try:
            value, end = _DECODER.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            done.append(found.group())
            at = found.end()
            continue
        fields, at = _fields(found.group(1), value), end
        done.append(fields)
        if not fields:
            at = _after_comma(text, at)
    return "".join(done) + text[at:]


def _fields(name: str, value: Any) -> str:
    """`"a": 1, "b": 2`: what the record says instead of this one field."""
    if name == "project" and value == canonical.PROJECT:
        return ""
    if name == "source":
        return ""
    ours = canonical.field(name, value)
    return json.dumps(ours, ensure_ascii=False)[1:-1]


def _after_comma(text: str, at: int) -> int:
    comma = re.compile(r"\s*,\s*").match(text, at)
    return comma.end() if comma else at
