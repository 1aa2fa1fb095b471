"""How a property stands in its control: drawn as text, read back into the document.

A control that comes back as it was drawn changes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from queues.review.line_ends import like
from queues.web.form_builder.fields import FieldOf

Raw = Mapping[str, Any]
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,16})?")
_NO_WORD = re.compile(r"[^a-z0-9]+")
SEPARATOR = " = "
NEEDS_NOTE = " *"


def drawn(field: FieldOf, value: Any) -> list[str]:
    """The texts of a field's control; of checkboxes those that are on."""
    if value is None:
        return []
    if field.shape == "check":
        return ["on"] if value is True else []
    if field.shape in ("several", "pair"):
        return [str(one) for one in value] if isinstance(value, list) else []
    if field.shape in ("options", "reasons"):
        return ["\n".join(map(_line_of, value))] if isinstance(value, list) else []
    if field.shape == "words":
        return [", ".join(map(str, value))] if isinstance(value, list) else []
    return [_number_text(value) if field.shape == "number" else str(value)]


def read(field: FieldOf, name: str, post: QueryDict, before: Any) -> Any:
    """The value that a posted control says; None: the property is left out."""
    posted = [like("", text) for text in post.getlist(name)]
    if posted == drawn(field, before) or (posted == [""] and drawn(field, before) == []):
        return before
    return _value(field, posted)


def _value(field: FieldOf, posted: Sequence[str]) -> Any:
    text = posted[0] if posted else ""
    if field.shape == "check":
        return bool(posted)
    if field.shape == "several":
        return list(posted)
    if field.shape == "pair":
        return list(posted) if any(posted) else None
    if field.shape in ("options", "reasons"):
        return options_of(text, notes=field.shape == "reasons")
    if field.shape == "words":
        return [word.strip() for word in text.split(",") if word.strip()]
    if field.shape == "number":
        return number_of(text)
    return text


def number_of(text: str) -> int | float | str | None:
    """The number of a text; what is none stays the text, to be refused; nothing: None."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return text or None
    return float(text) if "." in text else int(text)


def options_of(text: str, *, notes: bool = False) -> list[dict[str, Any]]:
    """Options of lines: "value = words"; a line of words alone gets a value made of them."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        needs_note = notes and line.rstrip().endswith(NEEDS_NOTE)
        said = line.rstrip().removesuffix(NEEDS_NOTE) if needs_note else line
        value, equals, label = said.partition(SEPARATOR)
        words = (label if equals else said).strip()
        taken = {one["value"] for one in found}
        option = {"value": value.strip() if equals else value_of(words, taken), "label": words}
        found.append(option | ({"needs_note": True} if needs_note else {}))
    return found


def value_of(words: str, taken: set[str]) -> str:
    """A code made of words, unlike those that are taken."""
    code = _NO_WORD.sub("_", words.lower()).strip("_")[:50] or "option"
    return next(name for name in (code, *(f"{code}_{n}" for n in range(2, 999))) if name not in taken)


def _line_of(option: object) -> str:
    if not isinstance(option, dict):
        return str(option)
    note = NEEDS_NOTE if option.get("needs_note") is True else ""
    return f"{option.get('value', '')}{SEPARATOR}{option.get('label', '')}{note}"


def _number_text(value: Any) -> str:
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if is_whole else str(value)
