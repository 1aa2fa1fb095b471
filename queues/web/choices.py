"""What can be on: the options of a question with the keys of its digits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queues.review.question import UNSURE, Question
from queues.review.questions.rating import Rating

DIGITS = "1234567890"
MOST_RADIOS = 11  # a longer scale is a field to type a number into


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be on: a decision, a reason, an option. digit "" beyond the tenth."""

    value: str
    label: str
    is_on: bool
    digit: str = ""
    needs_note: bool = False


def choices_of(question: Question, value: Any) -> list[Choice]:
    """The options of a question, with what was answered on; none where it is typed or marked freely."""
    find = _CHOICES.get(question.kind)
    return find(question, value) if find else []


def is_long(options: Sequence[Choice], unsure: Choice | None) -> bool:
    """Whether the options need a line each: side by side their words would break."""
    width = sum(len(option.label) for option in options)
    return len(options) > 4 or width > 26 or (unsure is not None and width + len(unsure.label) > 34)


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


_CHOICES: Mapping[str, Callable[[Question, Any], list[Choice]]] = {
    "single_choice": _options,
    "multiple_choice": _options,
    "ranking": _options,
    "yes_no": _options,
    "preference": _options,
    "rating": _steps,
    "spans": _marks,
    "claims": _marks,
}
