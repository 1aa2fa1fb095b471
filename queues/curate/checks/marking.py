"""Which parts of a review are right, held against what is known. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from queues.review.form import Form
from queues.review.question import Answer, Question
from queues.score.deviation import compare, is_usable

DECISION, CORRECTION = "decision", "correction"
_LEVELS_IN_NUMBERS = frozenset({"interval", "ratio"})


def marks_of(
    said: Mapping[str, Any],
    expected: Mapping[str, Any],
    *,
    form: Form,
    targets: Sequence[str] = (),
    rule: Mapping[str, Any] | None = None,
) -> dict[str, bool]:
    """Part → whether it is right; empty when the person asked the lead instead of deciding.

    said, expected: decision, answers and corrected_text. A correction is held against `targets` by the
    golden rule, and not judged without one; the tolerance of a rule for numbers holds for answers in numbers
    too. Texts and places that differ settle nothing between people, and are not judged here either.
    """
    if said["decision"] == "escalate":
        return {}
    marks = {DECISION: said["decision"] == expected["decision"]}
    is_correction = said["decision"] == expected["decision"] == "correct"
    if is_correction and rule is not None and is_usable(rule):
        marks[CORRECTION] = not compare(said["corrected_text"] or "", targets, rule).deviates
    for question in form.asked(said["decision"], said["answers"]):
        wanted = expected["answers"].get(question.key)
        if question.settles and wanted is not None:
            given = said["answers"].get(question.key)
            marks[f"answers/{question.key}"] = _is_right(question, given, wanted, rule or {})
    return marks


def _is_right(question: Question, given: Answer | None, wanted: Answer, rule: Mapping[str, Any]) -> bool:
    if given is None:
        return False
    if question.level in _LEVELS_IN_NUMBERS and _is_number(given) and _is_number(wanted):
        tolerance = max(rule.get("absolute", 0.0), rule.get("relative", 0.0) * abs(float(wanted)))  # type: ignore[arg-type]
        return abs(float(given) - float(wanted)) <= tolerance  # type: ignore[arg-type]
    return question.rating(given) == question.rating(wanted)


def _is_number(value: Answer) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
