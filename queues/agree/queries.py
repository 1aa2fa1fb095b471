"""How far the people of a queue agree, question by question, on the newest items that several reviewed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree import shared_items
from queues.agree.metric import Figure, metrics
from queues.agree.patterns import Answer, Answers, answers_of, histogram_of
from queues.agree.shared_items import Asked
from queues.models import Queue


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


def of_queue(queue: Queue, *, drawn_only: bool = False) -> QueueAgreement:
    """Agreement on the newest items that several people were to review; one statement besides the form.

    drawn_only: only items that chance gave extra reviews. Hard items are reviewed more often: agreement on
    all of them is lower than agreement on the queue's work.
    """
    found = shared_items.newest(queue.pk)
    asked, left_out = shared_items.asked_in(queue)
    items = [item for item in found if item.is_drawn] if drawn_only else found
    return QueueAgreement(
        n_items=len(found),
        n_drawn=sum(item.is_drawn for item in found),
        is_all=len(found) < shared_items.LOOK_AT,
        questions=[
            _agreement(one, ([given.answer for given in one.given_to(item)] for item in items))
            for one in asked
        ],
        left_out=left_out,
    )


def _agreement(asked: Asked, units: Iterable[Sequence[Answer]]) -> QuestionAgreement:
    answers = answers_of(histogram_of(units), asked.scale.values)
    has_codes = asked.scale.values is not None
    return QuestionAgreement(
        key=asked.key,
        label=asked.label,
        level=asked.level,
        metric=asked.scale.metric,
        main=metrics.get(asked.scale.metric)(answers),
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
