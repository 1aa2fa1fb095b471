"""Items that several people were to review, and what each of them said: the raw matter of every figure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from queues.agree.patterns import Answer
from queues.agree.scale import Scale, scale_of
from queues.errors import NotFound
from queues.models import Decision, Queue
from queues.review import form as forms
from queues.review.question import Question

LOOK_AT = 1_000  # items: so that a page costs the same in a queue of any size
DECISION = "decision"
_DECISIONS = Scale(
    "alpha_nominal", tuple(one.value for one in Decision if one is not Decision.ESCALATE), lambda code: code
)

# Words of the partial index item_with_overlap, which the database must recognise whatever the arguments.
_REVIEWS = """
SELECT i.id, i.prediction_id, i.overlap_drawn, i.created_at, p.model_version,
       i.other_id IS NOT NULL, r.person_id, r.decision, r.answers
FROM (SELECT id, prediction_id, overlap_drawn, created_at, other_id FROM queues_item
      WHERE queue_id = %s AND reviews_needed > 1 AND state IN ('in_review', 'disputed', 'settled')
      ORDER BY id DESC LIMIT %s) i
JOIN queues_prediction p ON p.id = i.prediction_id
JOIN queues_review r ON r.item_id = i.id
WHERE r.withdrawn_at IS NULL AND r.decision <> 'escalate'
ORDER BY i.id
"""


class Given(NamedTuple):
    """What one person said to one question."""

    person_id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Said:
    """One standing review. decision: None where a comparison was judged, as it judges neither output."""

    person_id: int
    decision: str | None
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SharedItem:
    """An item with what stands of its reviews. is_drawn: chance gave it extra reviews."""

    item_id: int
    prediction_id: int
    is_drawn: bool
    opened_at: datetime
    model_version: str
    said: list[Said]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the queue's form, or the decision (question None), with the scale of its answers."""

    key: str
    label: str
    level: str
    scale: Scale
    question: Question | None = None

    def given_to(self, item: SharedItem) -> list[Given]:
        """The answers that hold under the form of today: within a queue a key means one thing."""
        read = ((said.person_id, self._answer(said)) for said in item.said)
        return [Given(person_id, answer) for person_id, answer in read if answer is not None]

    def _answer(self, said: Said) -> Answer | None:
        if self.question is None:
            return said.decision
        if self.key not in said.answers:
            return None
        rating = self.question.rating(said.answers[self.key])
        return None if rating is None else self.scale.read(rating)


def newest(queue_id: int) -> list[SharedItem]:
    """The newest items with a review, oldest first; one statement."""
    found: dict[int, SharedItem] = {}
    with connection.cursor() as cursor:
        cursor.execute(_REVIEWS, [queue_id, LOOK_AT])
        for row in cursor.fetchall():
            item_id, prediction_id, is_drawn, opened_at, model, compares, person_id, decision, answers = row
            if item_id not in found:
                found[item_id] = SharedItem(item_id, prediction_id, is_drawn, opened_at, model, [])
            document = json.loads(answers) if isinstance(answers, str) else answers
            found[item_id].said.append(Said(person_id, None if compares else decision, document))
    return list(found.values())


def asked_in(queue: Queue) -> tuple[Sequence[Asked], Sequence[str]]:
    """What agreement can be measured on, the decision first; and the labels of the other questions."""
    form = forms.of_version(queue.form_id) if queue.form_id else None
    asked, left_out = [Asked(DECISION, _("Decision"), "nominal", _DECISIONS)], []
    for question in form.questions if form else []:
        scale = scale_of(question)
        if scale is None:
            left_out.append(question.label)
        else:
            asked.append(Asked(question.key, question.label, question.level, scale, question))
    return asked, left_out


def question_in(queue: Queue, key: str) -> tuple[Sequence[Asked], Asked]:
    """All that can be asked for, and the one with this key; NotFound when there is none."""
    choices, _left_out = asked_in(queue)
    for asked in choices:
        if asked.key == key:
            return choices, asked
    raise NotFound(_("The form of this queue has no such question. Choose one from the page of agreement."))
