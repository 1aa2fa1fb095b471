"""What a press changes in a draft of a form: add, copy, move, remove a question; another kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from queues.review.question import kinds
from queues.web.form_builder.controls import value_of
from queues.web.form_builder.fields import OWN

MOST_QUESTIONS = 50
_DIGITS = 5  # at most, of a place among them
_COMMON = frozenset(
    {"key", "kind", "label", "help", "guideline", "required", "required_for", "polarity", "allows_unsure"}
    | {"asked_when"}
)


@dataclass(frozen=True, slots=True)
class Done:
    """The document after a press, the place of the question that it was about; what was taken out, where."""

    document: dict[str, Any]
    place: int | None = None
    removed: tuple[int, Any] | None = None


def operate(document: Mapping[str, Any], do: str) -> Done:
    """Do what a button says: "add:rating", "up:3", "down:3", "copy:3", "remove:3", "kind:3:rating"."""
    name, _colon, rest = do.partition(":")
    said = document.get("questions")
    questions = list(said) if isinstance(said, list) else []
    if name == "add" and rest in kinds and len(questions) < MOST_QUESTIONS:
        questions.append(_fresh(rest, {_key_of(one) for one in questions}))
        return Done({**document, "questions": questions}, len(questions) - 1)
    place, _colon, kind = rest.partition(":")
    if (
        not (place.isascii() and place.isdigit() and len(place) < _DIGITS)
        or int(place) >= len(questions)
        or name not in _ON_ONE
    ):
        return Done({**document})
    before = questions[int(place)]
    now = _ON_ONE[name](questions, int(place), kind)
    return Done({**document, "questions": questions}, now, (int(place), before) if name == "remove" else None)


def restore(document: Mapping[str, Any], removed: tuple[int, Any]) -> Done:
    """Put a question back where it was taken out."""
    said = document.get("questions")
    questions = list(said) if isinstance(said, list) else []
    place, question = min(removed[0], len(questions)), removed[1]
    if len(questions) < MOST_QUESTIONS:
        questions.insert(place, question)
    return Done({**document, "questions": questions}, place)


def _up(questions: list[Any], place: int, _kind: str) -> int:
    return _swap(questions, place, max(0, place - 1))


def _down(questions: list[Any], place: int, _kind: str) -> int:
    return _swap(questions, place, min(len(questions) - 1, place + 1))


def _swap(questions: list[Any], one: int, other: int) -> int:
    questions[one], questions[other] = questions[other], questions[one]
    return other


def _copy(questions: list[Any], place: int, _kind: str) -> int:
    if len(questions) >= MOST_QUESTIONS or not isinstance(questions[place], dict):
        return place
    key = value_of(_key_of(questions[place]), {_key_of(one) for one in questions})
    questions.insert(place + 1, {**questions[place], "key": key})
    return place + 1


def _remove(questions: list[Any], place: int, _kind: str) -> int:
    del questions[place]
    return min(place, len(questions) - 1)


def _to_kind(questions: list[Any], place: int, kind: str) -> int:
    """Another kind: what both kinds have stays, what the new one needs is there to be filled in."""
    before = questions[place]
    if kind in kinds and isinstance(before, dict) and before.get("kind") != kind:
        known = _COMMON | set(kinds.get(kind).model_fields) - {"level"}
        kept = {name: value for name, value in before.items() if name in known}
        questions[place] = _needed(kind) | kept | {"kind": kind}
    return place


_ON_ONE: dict[str, Callable[[list[Any], int, str], int]] = {
    "up": _up,
    "down": _down,
    "copy": _copy,
    "remove": _remove,
    "kind": _to_kind,
}


def _fresh(kind: str, taken: set[str]) -> dict[str, Any]:
    return {"key": value_of(kind, taken), "kind": kind, "label": _("New question")} | _needed(kind)


def _needed(kind: str) -> dict[str, Any]:
    """What a question of this kind cannot be without, to be written over."""
    fields = kinds.get(kind).model_fields
    needed = [name for name in OWN if name in fields and fields[name].is_required()]
    options = [{"value": "one", "label": _("First")}, {"value": "two", "label": _("Second")}]
    return dict.fromkeys(needed, options)


def _key_of(question: Any) -> str:
    return str(question.get("key", "")) if isinstance(question, dict) else ""
