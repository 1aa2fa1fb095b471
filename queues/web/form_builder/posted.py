"""The document of a posted builder: every control read over the draft as it stood."""

from collections.abc import Collection, Mapping
from typing import Any

from django.http import QueryDict
from pydantic import BaseModel

from queues.models import Decision
from queues.review.form import Form
from queues.review.question import kinds
from queues.web.form_builder.controls import number_of, read
from queues.web.form_builder.fields import FORM_FIELDS, fields_of

ALWAYS, BY_DECISION, BY_ANSWER = "always", "decision", "question"
NUMBERS = frozenset({"rating", "number"})


def document_of(post: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """The whole form as it was typed."""
    document = {**before}
    for field in FORM_FIELDS:
        _put(document, field.name, read(field, f"form.{field.name}", post, stands(before, field.name)))
    questions = before.get("questions")
    known = questions if isinstance(questions, list) else []
    numbers = {str(one.get("key")) for one in known if isinstance(one, dict) and one.get("kind") in NUMBERS}
    document["questions"] = [_question_of(post, n, one, numbers) for n, one in enumerate(known)]
    return document


def mappings_of(post: QueryDict, before: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Question key → old value → new value, of the controls that the page shows; others stay."""
    found: dict[str, dict[str, str]] = {key: dict(one) for key, one in before.items()}
    shown = [name.split(":", 2) for name in post if name.startswith("map:") and name.count(":") == 2]
    for _prefix, key, value in shown:
        said = post.get(f"map:{key}:{value}", "")
        mapping = found.setdefault(key, {})
        if said:
            mapping[value] = said
        else:
            mapping.pop(value, None)
    return {key: mapping for key, mapping in found.items() if mapping}


def stands(raw: Mapping[str, Any], name: str) -> Any:
    """What a property is, also where the document does not say."""
    if name in raw:
        return raw[name]
    kind = raw.get("kind")
    model: type[BaseModel] = kinds.get(kind) if isinstance(kind, str) and kind in kinds else Form
    field = model.model_fields.get(name)
    return None if field is None or field.is_required() else field.default


def _question_of(post: QueryDict, n: int, before: Any, numbers: Collection[str]) -> Any:
    """numbers: the keys of questions that are answered with numbers."""
    if not isinstance(before, dict) or f"q.{n}.kind" not in post:
        return before
    question = {**before}
    for field in fields_of(str(before.get("kind"))):
        _put(question, field.name, read(field, f"q.{n}.{field.name}", post, stands(before, field.name)))
    _put(question, "asked_when", _condition_of(post, n, before.get("asked_when"), numbers))
    return question


def _condition_of(post: QueryDict, n: int, before: Any, numbers: Collection[str]) -> Any:
    """When the question is asked; what the chosen way does not say, the other controls do not either."""
    way = post.get(f"q.{n}.asked", ALWAYS)
    if way == BY_DECISION:
        chosen = [one for one in post.getlist(f"q.{n}.asked_decision") if one in Decision.values]
        return {"decision": chosen}
    if way != BY_ANSWER:
        return None
    words = [word.strip() for word in post.get(f"q.{n}.any_of", "").split(",") if word.strip()]
    typed = {"question": post.get(f"q.{n}.asked_question", ""), "any_of": words}
    if isinstance(before, dict) and _as_typed(before) == typed:
        return before
    is_number = typed["question"] in numbers
    return {**typed, "any_of": [_scalar(word) if is_number else word for word in words]}


def _as_typed(condition: Mapping[str, Any]) -> dict[str, Any]:
    values = condition.get("any_of")
    return {
        "question": condition.get("question"),
        "any_of": [str(value) for value in values] if isinstance(values, list) else [],
    }


def _scalar(word: str) -> str | int | float:
    """A number, or "unsure"."""
    found = number_of(word)
    return word if found is None else found


def _put(raw: dict[str, Any], name: str, value: Any) -> None:
    """Say it, unless it is what goes without saying."""
    default = stands(raw, name)
    is_nothing = value is False or value in ("", [])
    if value is None or (name not in raw and (value == default or (default is None and is_nothing))):
        raw.pop(name, None)
    else:
        raw[name] = value
