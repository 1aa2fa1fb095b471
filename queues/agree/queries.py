"""How far the people of a queue agree, question by question, on all items that several reviewed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from queues.agree import histogram
from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.asked import Asked, asked_in
from queues.agree.histogram import Unsure
from queues.agree.metric import Figure, metrics
from queues.agree.patterns import Answer, Answers, Histogram, answers_of
from queues.models import Queue

# Beside the coefficient of the question's level, where the answers are codes: what each makes of chance.
BESIDE = ("gwet_ac1", "fleiss_kappa", "brennan_prediger")
NONE_UNSURE = Unsure(0, 0)


@dataclass(frozen=True, slots=True)
class QuestionAgreement:
    """One question of the queue's form, or the decision.

    main: the coefficient of `metric`, that of the question's level. percent: how often two answers are the
    same. beside: other coefficients by name, where the answers are codes. shares: how common each value is
    among answers to shared items, most common first. unsure: answers that are left out,
    as "cannot judge" has no place on an ordered scale.
    """

    key: str
    label: str
    level: str
    metric: str
    main: Figure
    percent: Figure
    beside: dict[str, Figure]
    shares: Sequence[tuple[Answer, float]]
    unsure: Unsure = NONE_UNSURE

    @property
    def ac1(self) -> Figure | None:
        return self.beside.get("gwet_ac1")


@dataclass(frozen=True, slots=True)
class QueueAgreement:
    """n_items: shared items with a review; n_drawn: those given extra reviews by chance.

    is_counting: some that were reviewed before agreement was counted are not in it yet.
    """

    n_items: int
    n_drawn: int
    is_counting: bool
    questions: Sequence[QuestionAgreement]
    left_out: Sequence[str]


def of_queue(queue: Queue, *, drawn_only: bool = False) -> QueueAgreement:
    """Agreement on all shared items whose reviewing is over; three statements, however many there are.

    drawn_only: only items that chance gave extra reviews. Hard items are reviewed more often: agreement on
    all of them is lower than agreement on the queue's work.
    """
    counts = histogram.read(queue.pk)
    asked, left_out = asked_in(queue)
    return QueueAgreement(
        n_items=counts.n_items(),
        n_drawn=counts.n_items(drawn_only=True),
        is_counting=histogram.is_being_counted(queue.pk),
        questions=[
            replace(
                agreement_on(one, counts.of(one, drawn_only=drawn_only)),
                unsure=counts.unsure(one, drawn_only=drawn_only),
            )
            for one in asked
        ],
        left_out=left_out,
    )


def agreement_on(asked: Asked, counted: Histogram) -> QuestionAgreement:
    """The figures of one question over these units."""
    answers = answers_of(counted, asked.scale.values)
    has_codes = asked.scale.values is not None
    return QuestionAgreement(
        key=asked.key,
        label=asked.label,
        level=asked.level,
        metric=asked.scale.metric,
        main=metrics.get(asked.scale.metric)(answers),
        percent=metrics.get("percent_agreement")(answers),
        beside={name: metrics.get(name)(answers) for name in BESIDE} if has_codes else {},
        shares=_shares(answers) if has_codes else (),
    )


def _shares(answers: Answers) -> list[tuple[Answer, float]]:
    pairable = answers.pairable()
    given = pairable.units @ pairable.counts
    total = float(given.sum())
    shares = [(value, float(n) / total) for value, n in zip(answers.values, given, strict=True) if n]
    return sorted(shares, key=lambda share: -share[1])
