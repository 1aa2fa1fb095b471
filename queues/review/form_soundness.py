"""What a form must fulfil as a whole: names are unique and known, conditions look back and can hold."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from queues.errors import Fault
from queues.review.options import faults_of_options
from queues.review.question import Question
from queues.review.strict import Option


def faults_of(
    decisions: Sequence[str], reasons: Sequence[Option], questions: Sequence[Question]
) -> Iterator[Fault]:
    """Every fault of the form's parts that the types of its fields do not say, by JSON pointer."""
    for n, decision in enumerate(decisions):
        if decision in decisions[:n]:
            yield Fault(f"/decisions/{n}", "form.twice", _("This decision stands twice."))
    yield from faults_of_options("reasons", reasons)
    before: dict[str, Question] = {}
    for n, question in enumerate(questions):
        if question.key in before:
            yield Fault(f"/questions/{n}/key", "form.twice", _("Another question has this key."))
        for fault in (*question.own_faults(), *_condition_faults(question, before, decisions)):
            yield Fault(f"/questions/{n}{fault.pointer}", fault.code, fault.detail)
        before.setdefault(question.key, question)


def _condition_faults(
    question: Question, before: dict[str, Question], decisions: Sequence[str]
) -> Iterator[Fault]:
    when = question.asked_when
    if when is None:
        return
    for n, decision in enumerate(when.decision or ()):
        if decision not in decisions:
            detail = _("This form has no such decision, so the question would never be asked for it.")
            yield Fault(f"/asked_when/decision/{n}", "form.unknown", detail)
    if when.question is None:
        return
    earlier = before.get(when.question)
    if earlier is None:
        detail = _("No earlier question has this key: a condition looks back.")
        yield Fault("/asked_when/question", "form.unknown", detail)
    elif not earlier.leads_on:
        detail = _("Questions of this kind have no answers that another question could depend on.")
        yield Fault("/asked_when/question", "form.kind", detail)
    else:
        yield from _value_faults(earlier, when.any_of or ())


def _value_faults(earlier: Question, values: Sequence[str | float]) -> Iterator[Fault]:
    for n, value in enumerate(values):
        if not earlier.may_be(value):
            detail = _("The earlier question cannot be answered with this value.")
            yield Fault(f"/asked_when/any_of/{n}", "form.unknown", detail)
