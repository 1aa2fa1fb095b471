"""The answers of a posted form as JSON values, read by the kind of each question.

Every control of a question is called `answer.<key>`. What does not read as the kind's value stays the text
that it is, so that the refusal says so and nothing typed is lost.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.http import QueryDict

from queues.review.form import Form
from queues.review.line_ends import like
from queues.review.question import UNSURE, Answer, Question

ANSWER = "answer."  # prefix of the fields that hold the answers to the queue's own questions
NONE_OF_THEM = ""  # the checkbox of a question with options that says that none fits
# int() and float() would also take other scripts' digits, "1_000" and "nan".
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")


def answers_of(post: QueryDict, form: Form) -> dict[str, Any]:
    """Question key → value. Keys that the form does not have keep their text, to be refused."""
    return dict(_answers(post, form))


def _answers(post: QueryDict, form: Form) -> Iterator[tuple[str, Any]]:
    for name in post:
        if not name.startswith(ANSWER):
            continue
        key = name.removeprefix(ANSWER)
        question = form.question(key)
        value = post[name] if question is None else answer_of(question, post.getlist(name))
        if value is not None:
            yield key, value


def answer_of(question: Question, posted: Sequence[str]) -> Answer | None:
    """The value that the controls of one question say; None when nothing was said."""
    if not question.allows_unsure or UNSURE not in posted:
        return _read(question, posted)
    rest = _read(question, [value for value in posted if value != UNSURE])
    if rest in (None, []):
        return UNSURE
    return [*rest, UNSURE] if isinstance(rest, list) else [rest, UNSURE]


def _read(question: Question, posted: Sequence[str]) -> Answer | None:
    return _READ.get(question.kind, _text)(posted)


def _text(posted: Sequence[str]) -> Answer | None:
    text = next(iter(posted), "")
    return like("", text) or None


def _chosen(posted: Sequence[str]) -> Answer | None:
    chosen = [value for value in posted if value != NONE_OF_THEM]
    if not chosen:
        return [] if posted else None
    return chosen if len(chosen) == len(posted) else list(posted)  # some of them, and none: refused


def _order(posted: Sequence[str]) -> Answer | None:
    return list(posted) if any(posted) else None


def _whole(posted: Sequence[str]) -> Answer | None:
    text = next(iter(posted), "").strip()
    return int(text) if _WHOLE.fullmatch(text) else text or None


def _decimal(posted: Sequence[str]) -> Answer | None:
    text = next(iter(posted), "").strip()
    if not _DECIMAL.fullmatch(text):
        return text or None
    return int(text) if text.lstrip("+-").isdigit() else _finite(text)


def _finite(text: str) -> Answer:
    number = float(text)
    return number if math.isfinite(number) else text


def _places(posted: Sequence[str]) -> Answer | None:
    """A hidden field with the places as JSON, and a checkbox that says that there are none."""
    said = [text for text in posted if text]
    text = said[0] if said else ""
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, list) else text or None


_READ: dict[str, Callable[[Sequence[str]], Answer | None]] = {
    "multiple_choice": _chosen,
    "rating": _whole,
    "number": _decimal,
    "ranking": _order,
    "spans": _places,
    "claims": _places,
}
