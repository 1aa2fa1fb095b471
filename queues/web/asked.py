"""The questions of a form as the page draws them: each with its answer so far, its keys and its faults."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.errors import Fault
from queues.models import Decision
from queues.review.form import Form
from queues.review.question import UNSURE, Question
from queues.review.questions.multiple_choice import MultipleChoice
from queues.review.questions.number import Number, shown
from queues.review.questions.rating import Rating

DIGITS = "1234567890"
RADIOS = frozenset({"single_choice", "yes_no", "preference", "rating"})
WORDS_SHOWN = 60  # characters of a marked place
MARKS_LISTED = 100  # as many as static/js/span_list.js lists at a time
MOST_RADIOS = 11  # a longer scale is a field to type a number into


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be on: a decision, a reason, an option. digit "" beyond the tenth."""

    value: str
    label: str
    is_on: bool
    digit: str = ""
    needs_note: bool = False


@dataclass(frozen=True, slots=True)
class MarkedPlace:
    """One marked place in a list: its offsets, the codes in words, the comment, the words that are marked."""

    start: int
    end: int
    on: str
    code: str
    severity: str
    comment: str
    words: str = ""


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


def _is_long(options: Sequence[Choice], unsure: Choice | None) -> bool:
    """Whether the options need a line each: side by side their words would break."""
    width = sum(len(option.label) for option in options)
    return len(options) > 4 or width > 26 or (unsure is not None and width + len(unsure.label) > 34)


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
    options = _OPTIONS.get(question.kind, _no_options)(question, said)
    unsure = Choice(UNSURE, words[UNSURE], is_unsure) if question.allows_unsure else None
    when = question.asked_when
    return Asked(
        question=question,
        options=options,
        required_for=" ".join(question.required_for) if question.required else "",
        fault=_fault(question, faults),
        is_long=_is_long(options, unsure),
        text=_text(said),
        places=_places(question, said) if question.kind == "ranking" else (),
        marked=_marked(said, words, texts) if question.marks_texts else (),
        marked_left=max(0, len(said) - MARKS_LISTED)
        if question.marks_texts and isinstance(said, list)
        else 0,
        unsure=unsure,
        condition=_condition(form, question),
        condition_json="" if when is None else _json(when.model_dump(exclude_none=True)),
        is_asked=is_asked,
        is_none=said == [],
        how_many=_how_many(question),
        limits=_limits(question),
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


def _how_many(question: Question) -> str:
    """How many options may be chosen; "" where that goes without saying."""
    if not isinstance(question, MultipleChoice) or (question.min_chosen < 2 and question.max_chosen is None):
        return ""
    least, most = question.min_chosen, question.most
    if least == most:
        return ngettext("Choose %(n)d.", "Choose %(n)d.", least) % {"n": least}
    if least < 2:
        return ngettext("Choose at most %(n)d.", "Choose at most %(n)d.", most) % {"n": most}
    return _("Choose %(least)d to %(most)d.") % {"least": least, "most": most}


def _limits(question: Question) -> str:
    """Between which numbers the answer lies; "" without limits."""
    if not isinstance(question, Number):
        return ""
    low, high = (None if one is None else shown(one) for one in (question.minimum, question.maximum))
    if low is None and high is None:
        return ""
    if high is None:
        return _("%(low)s or more") % {"low": low}
    if low is None:
        return _("%(high)s or less") % {"high": high}
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _no_options(_question: Question, _value: Any) -> list[Choice]:
    return []


def _options(question: Question, value: Any) -> list[Choice]:
    """The question's words as options, numbered by digits."""
    chosen = value if isinstance(value, list) else [value]
    words = [(code, label) for code, label in question.words().items() if code != UNSURE]
    return [Choice(code, label, code in chosen, DIGITS[n : n + 1]) for n, (code, label) in enumerate(words)]


def _marks(question: Question, _value: Any) -> list[Choice]:
    """The codes that a place can get: categories or marks."""
    codes = getattr(question, "categories", ()) or getattr(question, "marks", ())
    return [Choice(one.value, one.label, is_on=False, digit=DIGITS[n : n + 1]) for n, one in enumerate(codes)]


def _steps(question: Question, value: Any) -> list[Choice]:
    """The steps of a short scale, each by its own digit; 0 is ten where the scale has no nought."""
    if not isinstance(question, Rating) or question.maximum - question.minimum >= MOST_RADIOS:
        return []
    digits = {n: str(n) for n in range(10)} | ({10: "0"} if question.minimum > 0 else {})
    steps = range(question.minimum, question.maximum + 1)
    return [Choice(str(n), str(n), n == value, digits.get(n, "")) for n in steps]


_OPTIONS: dict[str, Callable[[Question, Any], list[Choice]]] = {
    "single_choice": _options,
    "multiple_choice": _options,
    "ranking": _options,
    "yes_no": _options,
    "preference": _options,
    "rating": _steps,
    "spans": _marks,
    "claims": _marks,
}


def _places(question: Question, value: Any) -> list[str]:
    """What stands at each place of a ranking; "" where nothing does yet."""
    known = question.words()
    said = [one if one in known else "" for one in value] if isinstance(value, list) else []
    n = len(known) - question.allows_unsure
    return (said + [""] * n)[:n]


def _marked(value: Any, words: Mapping[str, str], texts: Mapping[str, str]) -> list[MarkedPlace]:
    """The first places as a list to read; what is malformed is left to the fault."""
    places = value[:MARKS_LISTED] if isinstance(value, list) else []
    return [_marked_place(place, words, texts) for place in places if isinstance(place, dict)]


def _not_listed(value: Any) -> int:
    return max(0, len(value) - MARKS_LISTED) if isinstance(value, list) else 0


def _marked_place(
    place: Mapping[str, Any], words: Mapping[str, str], texts: Mapping[str, str]
) -> MarkedPlace:
    code, severity = (str(place.get(name) or "") for name in ("category", "severity"))
    code = code or str(place.get("mark") or "")
    start, end = (_offset(place.get(name)) for name in ("start", "end"))
    on = str(place.get("on") or "output")
    return MarkedPlace(
        start=start,
        end=end,
        on=on,
        code=words.get(code, code),
        severity=words.get(severity, severity),
        comment=str(place.get("comment") or place.get("document") or ""),
        words=texts.get(on, "")[start : min(end, start + WORDS_SHOWN)],
    )


def _offset(value: Any) -> int:
    return value if type(value) is int else 0


def _condition(form: Form, question: Question) -> str:
    """When the question is asked, as a sentence."""
    when = question.asked_when
    if when is None:
        return ""
    if when.decision is not None:
        names = ", ".join(str(Decision(one).label) for one in when.decision)
        return _("Only with the decision: %(decisions)s") % {"decisions": names}
    before = form.question(when.question or "")
    words = before.words() if before else {}
    names = ", ".join(words.get(str(one), str(one)) for one in when.any_of or ())
    label = before.label if before else when.question
    return _("Only where “%(question)s” is answered with: %(answers)s") % {
        "question": label,
        "answers": names,
    }
