"""The questions of a form as the page draws them: each with its answer so far, its keys and its faults."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queues.errors import Fault
from queues.review.form import Form
from queues.review.question import UNSURE, Question
from queues.web.choices import Choice, choices_of, is_long
from queues.web.marked_list import MarkedPlace, listed, not_listed
from queues.web.question_words import condition, how_many, limits

RADIOS = frozenset({"single_choice", "yes_no", "preference", "rating"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the form with the answer so far. required_for: the decisions that need it.

    text: what stands in a field. places: of a ranking, what stands at each place. marked: places in a
    text. unsure: None where it is no answer. condition: when it is asked, in words; "" always.
    condition_json: the same for the script. is_asked: it is asked as things stand. is_none: the answer is
    that there is none. how_many, limits: what may be chosen or typed, in words.
    """

    question: Question
    options: list[Choice]
    required_for: str
    fault: str
    is_long: bool  # options under each other rather than side by side
    text: str = ""
    places: Sequence[str] = ()
    marked: Sequence[MarkedPlace] = ()
    marked_left: int = 0  # places that are not listed
    unsure: Choice | None = None
    condition: str = ""
    condition_json: str = ""
    is_asked: bool = True
    is_none: bool = False
    how_many: str = ""
    limits: str = ""

    @property
    def is_radio(self) -> bool:
        """Whether the answer is one of a group of radio buttons, "unsure" among them."""
        return self.question.kind in RADIOS and bool(self.options)

    @property
    def codes_json(self) -> str:
        return _json([{"value": one.value, "label": one.label} for one in self.options])

    @property
    def severities_json(self) -> str:
        return _json([one.model_dump() for one in getattr(self.question, "severities", ())])

    @property
    def template(self) -> str:
        return f"review/questions/{self.question.kind}.html"

    @property
    def name(self) -> str:
        return f"answer.{self.question.key}"

    @property
    def id(self) -> str:
        return f"answer-{self.question.key}"


def questions_of(
    form: Form,
    *,
    decision: str,
    answers: Mapping[str, Any],
    faults: Sequence[Fault] = (),
    texts: Mapping[str, str] | None = None,
) -> list[Asked]:
    """All questions of the form, asked or not as things stand. texts: in which places are marked, by name."""
    asked = {question.key for question in form.asked(decision, answers)}
    return [
        _asked(form, question, answers.get(question.key), faults, texts or {}, is_asked=question.key in asked)
        for question in form.questions
    ]


def _asked(
    form: Form,
    question: Question,
    value: Any,
    faults: Sequence[Fault],
    texts: Mapping[str, str],
    *,
    is_asked: bool,
) -> Asked:
    said, is_unsure = _without_unsure(question, value)
    words = question.words()
    options = choices_of(question, said)
    unsure = Choice(UNSURE, words[UNSURE], is_unsure) if question.allows_unsure else None
    when = question.asked_when
    return Asked(
        question=question,
        options=options,
        required_for=" ".join(question.required_for) if question.required else "",
        fault=_fault(question, faults),
        is_long=is_long(options, unsure),
        text=_text(said),
        places=_places(question, said) if question.kind == "ranking" else (),
        marked=listed(said, words, texts) if question.marks_texts else (),
        marked_left=not_listed(said) if question.marks_texts else 0,
        unsure=unsure,
        condition=condition(form, question),
        condition_json="" if when is None else _json(when.model_dump(exclude_none=True)),
        is_asked=is_asked,
        is_none=said == [],
        how_many=how_many(question),
        limits=limits(question),
    )


def _without_unsure(question: Question, value: Any) -> tuple[Any, bool]:
    """What was answered beside "unsure", and whether that was said."""
    if not question.allows_unsure:
        return value, False
    if isinstance(value, list) and UNSURE in value:
        rest = [one for one in value if one != UNSURE]
        return (rest if question.kind in ("multiple_choice", "ranking") else next(iter(rest), None)), True
    return (None, True) if value == UNSURE else (value, False)


def _fault(question: Question, faults: Sequence[Fault]) -> str:
    """Every different thing that is wrong with the answer, wherever within it."""
    place = f"/answers/{question.key}"
    found = [f.detail for f in faults if f.pointer == place or f.pointer.startswith(f"{place}/")]
    return " ".join(dict.fromkeys(found))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _places(question: Question, value: Any) -> list[str]:
    """What stands at each place of a ranking; "" where nothing does yet."""
    known = question.words()
    said = [one if one in known else "" for one in value] if isinstance(value, list) else []
    n = len(known) - question.allows_unsure
    return (said + [""] * n)[:n]
