"""From what pydantic found wrong to faults: JSON pointer, stable code, a sentence."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

from queues.errors import Fault
from queues.ingest import limits
from queues.ingest.kinds import NAME_PATTERN
from queues.ingest.pointers import pointer, storable

# pydantic's names are its own; ours stay when the library changes.
_CODES = {
    "missing": "field.missing",
    "extra_forbidden": "key.unknown",
    "string_too_long": "text.too_long",
    "string_too_short": "text.too_short",
    "string_pattern_mismatch": "text.pattern",
    "too_long": "list.too_long",
    "too_short": "list.too_short",
    "literal_error": "value.unknown",
    "union_tag_invalid": "value.unknown",
    "union_tag_not_found": "field.missing",
    "greater_than_equal": "number.too_small",
    "less_than_equal": "number.too_large",
    "finite_number": "number.finite",
}
_SENTENCES = {
    "field.missing": "This is required.",
    "key.unknown": "This key is not known here; free data belongs into metadata.",
    "text.too_long": "This may have at most {max_length} characters.",
    "text.too_short": "This must not be empty.",
    "list.too_long": "This may have at most {max_length} entries; {actual_length} were sent.",
    "list.too_short": "This needs at least {min_length} entries.",
    "value.unknown": "This must be one of {expected}.",
    "number.too_small": "This must be at least {ge}.",
    "number.too_large": "This must be at most {le}.",
    "number.finite": "This must be a finite number.",
}
_TYPES = {
    "string_type": "a text",
    "string_unicode": "a text without lone surrogates",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_attributes_type": "an object",
}
_NAME = (
    "This must be 1 to 200 printable characters, without control characters and without space around them."
)
OUTPUT_MISSING = "A record without an output cannot be reviewed; send output.text or output.messages."
_IN_THE_ADDRESS = "The project is named in the address; take it out of the record."


def faults_in(record: dict[str, Any], errors: Sequence[ErrorDetails]) -> list[Fault]:
    """One fault per error, in order, the first `limits.FAULTS_REPORTED` of them."""
    return [_fault(record, error) for error in errors[: limits.FAULTS_REPORTED]]


def _fault(record: dict[str, Any], error: ErrorDetails) -> Fault:
    steps = _steps(record, error)
    code, detail = _say(error)
    if steps == ("output",) and record.get("output") is None:
        code, detail = "output.missing", OUTPUT_MISSING
    if steps == ("project",):
        detail = _IN_THE_ADDRESS
    return Fault(pointer(steps), code, detail)


def _steps(record: Any, error: ErrorDetails) -> tuple[str | int, ...]:
    """The path of an error without the names of the alternatives that pydantic puts between."""
    steps: list[str | int] = []
    place = record
    for step in error["loc"]:
        if isinstance(place, dict) and isinstance(step, str):
            # "kind" chooses among shapes, and pydantic names the chosen one in the path.
            if step == "[key]" or (step not in place and step == place.get("kind")):
                continue
            steps.append(step)
            place = place.get(step)
        elif isinstance(place, list) and isinstance(step, int):
            steps.append(step)
            place = place[step]
    context = error.get("ctx", {})
    chosen_by = ("kind",) if error["type"].startswith("union_tag") else ()
    return (*steps, *chosen_by, *context.get("at", ()))


def _say(error: ErrorDetails) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _TYPES:
        return "type.wrong", f"This must be {_TYPES[kind]}; nothing is converted."
    if context.get("pattern") == NAME_PATTERN:
        return "name.unprintable", _NAME
    if kind == "union_tag_invalid":
        context = {"expected": context["expected_tags"]}
    code = _CODES.get(kind, kind)
    if code in _SENTENCES:
        return code, _SENTENCES[code].format_map(context)
    if code == "text.pattern":
        return code, _PATTERNS.get(_last_key(error), "This does not have the expected form.")
    return code, storable(error["msg"])


def _last_key(error: ErrorDetails) -> str:
    return next((str(step) for step in reversed(error["loc"]) if isinstance(step, str)), "")


_PATTERNS = {
    "locale": "This must be a BCP 47 language tag such as en or pt-BR.",
    "role": "This must be system, developer, user, assistant, model, tool, function, or one's own: x-….",
    "trace_id": "This must be 32 lower-case hexadecimal digits.",
    "span_id": "This must be 16 lower-case hexadecimal digits.",
    "template_sha256": "This must be 64 lower-case hexadecimal digits.",
}
