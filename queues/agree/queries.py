"""How far the people of a queue agree, question by question, on the newest items that several reviewed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.metric import Figure, metrics
from queues.agree.patterns import Answer, Answers, answers_of, histogram_of
from queues.agree.scale import Scale, scale_of
from queues.models import Decision, Queue
from queues.review import form as forms
from queues.review.question import Question

LOOK_AT = 1_000  # items: so that the page costs the same in a queue of any size
DECISION = "decision"
_DECISIONS = Scale(
    "alpha_nominal", tuple(one.value for one in Decision if one is not Decision.ESCALATE), lambda code: code
)

# Words of the partial index item_with_overlap, which the database must recognise whatever the arguments.
_REVIEWS = """
SELECT i.id, i.overlap_drawn, i.other_id IS NOT NULL, r.decision, r.answers
FROM (SELECT id, overlap_drawn, other_id FROM queues_item
      WHERE queue_id = %s AND reviews_needed > 1 AND state IN ('in_review', 'disputed', 'settled')
      ORDER BY id DESC LIMIT %s) i
JOIN queues_review r ON r.item_id = i.id
WHERE r.withdrawn_at IS NULL AND r.decision <> 'escalate'
ORDER BY i.id
"""


@dataclass(frozen=True, slots=True)
class QuestionAgreement:
    """One question of the queue's form, or the decision.

    main: the coefficient of `metric`, that of the question's level. percent, ac1: beside it where the
    answers are codes. shares: how common each value is among answers to shared items, most common first.
    """

    key: str
    label: str
    level: str
    metric: str
    main: Figure
    percent: Figure
    ac1: Figure | None
    shares: Sequence[tuple[Answer, float]]


@dataclass(frozen=True, slots=True)
class QueueAgreement:
    """n_items: items with a review that were looked at; n_drawn: those given extra reviews by chance."""

    n_items: int
    n_drawn: int
    is_all: bool
    questions: Sequence[QuestionAgreement]
    left_out: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Reviewed:
    decisions: list[str]
    answers: list[Mapping[str, Any]]


def of_queue(queue: Queue, *, drawn_only: bool = False) -> QueueAgreement:
    """Agreement on the newest items that several people were to review; one statement besides the form.

    drawn_only: only items that chance gave extra reviews. Hard items are reviewed more often: agreement on
    all of them is lower than agreement on the queue's work.
    """
    found, drawn = _newest(queue.pk)
    items = [found[item_id] for item_id in found if not drawn_only or item_id in drawn]
    form = forms.of_version(queue.form_id) if queue.form_id else None
    questions = form.questions if form else []
    decided = _agreement(DECISION, _("Decision"), "nominal", _DECISIONS, [one.decisions for one in items])
    scales = [(question, scale_of(question)) for question in questions]
    compared = [
        _agreement(q.key, q.label, q.level, scale, _values(q, scale, items)) for q, scale in scales if scale
    ]
    return QueueAgreement(
        n_items=len(found),
        n_drawn=len(drawn),
        is_all=len(found) < LOOK_AT,
        questions=[decided, *compared],
        left_out=[question.label for question, scale in scales if scale is None],
    )


def _newest(queue_id: int) -> tuple[dict[int, _Reviewed], set[int]]:
    """Items with what stands of their reviews, and which of them were drawn."""
    found: dict[int, _Reviewed] = {}
    drawn = set()
    with connection.cursor() as cursor:
        cursor.execute(_REVIEWS, [queue_id, LOOK_AT])
        for item_id, is_drawn, compares, decision, answers in cursor.fetchall():
            reviewed = found.setdefault(item_id, _Reviewed([], []))
            if not compares:  # of two outputs, "approve" only submits: it judges neither
                reviewed.decisions.append(decision)
            reviewed.answers.append(json.loads(answers) if isinstance(answers, str) else answers)
            if is_drawn:
                drawn.add(item_id)
    return found, drawn


def _values(question: Question, scale: Scale, items: Iterable[_Reviewed]) -> list[list[Answer]]:
    """Of each item, the answers that hold under the form of today: within a queue a key means one thing."""
    units = []
    for item in items:
        given = (
            question.rating(answers[question.key]) for answers in item.answers if question.key in answers
        )
        read = (scale.read(rating) for rating in given if rating is not None)
        units.append([answer for answer in read if answer is not None])
    return units


def _agreement(
    key: str, label: str, level: str, scale: Scale, units: Iterable[Sequence[Answer]]
) -> QuestionAgreement:
    answers = answers_of(histogram_of(units), scale.values)
    has_codes = scale.values is not None
    return QuestionAgreement(
        key=key,
        label=label,
        level=level,
        metric=scale.metric,
        main=metrics.get(scale.metric)(answers),
        percent=metrics.get("percent_agreement")(answers),
        ac1=metrics.get("gwet_ac1")(answers) if has_codes else None,
        shares=_shares(answers) if has_codes else (),
    )


def _shares(answers: Answers) -> list[tuple[Answer, float]]:
    pairable = answers.pairable()
    given = pairable.units @ pairable.counts
    total = float(given.sum())
    shares = [(value, float(n) / total) for value, n in zip(answers.values, given, strict=True) if n]
    return sorted(shares, key=lambda share: -share[1])
