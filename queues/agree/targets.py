"""How far people should agree, question by question, and what a figure says against that.

Judged by the lower end of the interval: what the figure surely reaches (docs/methods.md, "The page").
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.agree.asked import question_in
from queues.agree.metric import MIN_UNITS, PERFECT, Figure
from queues.errors import Fault, Invalid
from queues.models import AgreementTarget, Expects, Queue
from queues.reasons import faults_of_reason

REASON_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Target:
    """good, tentative: what the lower end must reach; by default as Krippendorff (2004) names them."""

    good: float | None = 0.8
    tentative: float | None = 0.667

    @property
    def is_distribution(self) -> bool:
        """People may rightly differ: their answers are kept as a distribution, and nothing is an alarm."""
        return self.good is None


DEFAULT = Target()
DISTRIBUTION = Target(None, None)


class Judged(StrEnum):
    """What a figure says against its target."""

    PERFECT = "perfect"
    GOOD = "good"
    TENTATIVE = "tentative"
    BELOW = "below"
    TOO_LITTLE = "too_little"
    DISTRIBUTION = "distribution"


def judged(figure: Figure, target: Target = DEFAULT) -> Judged:
    """By the lower end of the interval; without an interval there is too little to say."""
    if target.good is None or target.tentative is None:
        return Judged.DISTRIBUTION
    is_perfect = figure.why == PERFECT and figure.value == 1.0 and figure.n_units >= MIN_UNITS
    # Few items without any disagreement prove little: the share that surely agrees is their lower end.
    low = figure.at_least if is_perfect else figure.low
    if low is None:
        return Judged.TOO_LITTLE
    if low >= target.good:
        return Judged.PERFECT if is_perfect else Judged.GOOD
    if low >= target.tentative:
        return Judged.TENTATIVE
    return Judged.TOO_LITTLE if is_perfect else Judged.BELOW


def targets_of(queue_id: int) -> Mapping[str, Target]:
    """Question → its target, where a lead has set one; one statement."""
    rows = AgreementTarget.objects.filter(queue=queue_id).order_by("question", "-pk").distinct("question")
    return {row.question: Target(row.good, row.tentative) for row in rows}


def history_of(queue_id: int, question: str) -> list[AgreementTarget]:
    """What was expected of this question, the newest first."""
    rows = AgreementTarget.objects.filter(queue=queue_id, question=question)
    return list(rows.select_related("author").order_by("-pk")[:20])


@transaction.atomic
def set_target(queue: Queue, *, question: str, target: Target, reason: str, by: Actor) -> AgreementTarget:
    """From now on figures of this question are held against this. NotFound: the form asks no such thing."""
    question_in(queue, question)
    why = faults_of_reason(reason, most=REASON_MAX, missing=_("Say why the target changes."))
    if faults := [*_bound_faults(target), *why]:
        raise Invalid(_("The target was not changed: see the marked places."), faults)
    Queue.objects.select_for_update(of=("self",)).get(pk=queue.pk)  # so that `before` is what held
    before = targets_of(queue.pk).get(question, DEFAULT)
    expects = Expects.DISTRIBUTION if target.is_distribution else Expects.AGREEMENT
    row = AgreementTarget.objects.create(
        queue=queue,
        question=question,
        expects=expects,
        author_id=by.person_id,
        reason=reason,
        **asdict(target),
    )
    events.record(
        project_id=queue.project_id,
        kind="agreement.target_set",
        by=by,
        subject_kind="queue",
        subject_id=queue.pk,
        before={"question": question, **asdict(before)},
        after={"question": question, "expects": expects, **asdict(target)},
        reason=reason,
    )
    return row


def _bound_faults(target: Target) -> list[Fault]:
    if target.is_distribution and target.tentative is None:
        return []
    faults = []
    for name, bound in (("good", target.good), ("tentative", target.tentative)):
        if bound is None or not 0.0 <= bound <= 1.0:
            faults.append(Fault(f"/{name}", "target.range", _("Give a number from 0 to 1.")))
    if not faults and (target.tentative or 0.0) > (target.good or 0.0):
        detail = _("“Tentative” cannot ask for more than “reliable”.")
        faults.append(Fault("/tentative", "target.order", detail))
    return faults
