"""What agreement can be measured on: the decision, and the questions whose answers lie on a scale."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from queues.agree.patterns import Answer
from queues.agree.scale import Scale, scale_of
from queues.errors import NotFound
from queues.models import Decision, Queue
from queues.review import form as forms
from queues.review import form_history
from queues.review.form_history import NO_HISTORY, History
from queues.review.question import Question

DECISION = "decision"
_DECISIONS = Scale(
    "alpha_nominal", tuple(one.value for one in Decision if one is not Decision.ESCALATE), lambda code: code
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the queue's form, or the decision (question None), with the scale of its answers.

    history: of the form, whose newest version asks this.
    """

    key: str
    label: str
    level: str
    scale: Scale
    question: Question | None = None
    history: History = NO_HISTORY
    _known: dict[tuple[type, Any, int], Answer | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def answer_to(self, value: Any, version: int) -> Answer | None:
        """A value given under this version of the form, on the scale of today; None: not on it."""
        if self.question is None:
            return value
        if self.scale.values is None:  # there may be as many as answers
            return self._read(self.question, value, version)
        known = type(value), value, version  # as True equals 1
        if known not in self._known:
            self._known[known] = self._read(self.question, value, version)
        return self._known[known]

    def _read(self, question: Question, value: Any, version: int) -> Answer | None:
        put = self.history.put(question, value, since=version, until=self.history.newest)
        rating = question.rating(put)
        return None if rating is None else self.scale.read(rating)

    def answer_of(self, rating: str, version: int) -> Answer | None:
        """The same for the string under which an answer was compared."""
        question = self.question
        if question is None or question.is_unsure(rating):
            return self.answer_to(rating, version)
        is_json = question.level in ("set", "ranking") or question.kind == "number"
        return self.answer_to(json.loads(rating) if is_json else rating, version)


def asked_in(queue: Queue) -> tuple[Sequence[Asked], Sequence[str]]:
    """What agreement can be measured on, the decision first; and the labels of the other questions."""
    form = forms.of_version(queue.form_id) if queue.form_id else None
    history = form_history.of_queue(queue.pk)
    asked, left_out = [Asked(DECISION, _("Decision"), "nominal", _DECISIONS)], []
    for question in form.questions if form else []:
        scale = scale_of(question)
        if scale is None:
            left_out.append(question.label)
        else:
            asked.append(Asked(question.key, question.label, question.level, scale, question, history))
    return asked, left_out


def question_in(queue: Queue, key: str) -> tuple[Sequence[Asked], Asked]:
    """All that can be asked for, and the one with this key; NotFound when there is none."""
    choices, _left_out = asked_in(queue)
    for asked in choices:
        if asked.key == key:
            return choices, asked
    raise NotFound(_("The form of this queue has no such question. Choose one from the page of agreement."))
