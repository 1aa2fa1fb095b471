"""Is counted agreement right? Each night, and when a lead asks, it is computed again from the raw answers.

Both ways are read in one snapshot, so that work that goes on meanwhile is no difference. Every pattern must
have the very same count, and alpha must be that of the `krippendorff` package.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import events
from accounts.actor import SYSTEM, Actor
from queues.agree import histogram, raw_answers, units
from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.asked import Asked, asked_in
from queues.agree.distances import LEVELS
from queues.agree.histogram import Counts
from queues.agree.metric import metrics
from queues.agree.patterns import Histogram, answers_of
from queues.agree.raw_answers import Recomputed
from queues.models import AgreementCheck, Job, Queue
from queues.progress import Progress
from queues.rechecks import Recheck
from queues.snapshot import snapshot

KIND = "check_agreement"
NIGHT_HOUR = 2  # UTC; the sweeper asks for the day's checks from then on
TOLERANCE = 1e-9  # of alpha: rounding in sums of a million units stays far below
PATTERNS_KEPT = 20  # of one question in the findings: enough to see what went wrong

_RECHECK = Recheck(KIND, subject_kind="queue", event="agreement.check_asked", hour=NIGHT_HOUR)
_OWED = """
SELECT queue.project_id, queue.id FROM queues_queue queue
WHERE EXISTS (SELECT FROM queues_patterncount WHERE queue_id = queue.id)
  AND NOT EXISTS (SELECT FROM queues_job WHERE unique_key = %s::text || queue.id || %s::text)
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One question both ways. differing: pattern, counted, from the raw answers; a few of `n_differing`."""

    question: str
    alpha: float | None
    recomputed: Recomputed
    n_differing: int
    differing: list[tuple[str, int, int]]

    @property
    def is_equal(self) -> bool:
        """Both are the same, whether they are numbers or are not defined."""
        other = self.recomputed.alpha
        if self.n_differing or (self.alpha is None) != (other is None):
            return False
        return self.alpha is None or other is None or abs(self.alpha - other) <= TOLERANCE

    def as_json(self) -> dict[str, object]:
        return {
            "question": self.question,
            "alpha": self.alpha,
            "recomputed": self.recomputed.alpha,
            "by_package": self.recomputed.by_package,
            "n_units": self.recomputed.n_units,
            "n_differing": self.n_differing,
            "differing": self.differing,
            "is_equal": self.is_equal,
        }


def ask(queue: Queue, *, by: Actor, now: datetime | None = None) -> Job:
    """A job that checks this queue; while one is under way, that one."""
    return _RECHECK.ask(queue.project_id, queue.pk, by=by, now=now)


def ask_for_owed(now: datetime | None = None) -> int:
    """From NIGHT_HOUR on, ask once a day for each queue that has agreement; how many were asked for."""
    return _RECHECK.ask_for_owed(_OWED, [], at=now or timezone.now())


def newest_job(queue: Queue) -> Job | None:
    """The check of this queue that was asked for last."""
    return _RECHECK.newest(queue.project_id, queue.pk)


def newest_check(queue: Queue) -> AgreementCheck | None:
    """What the last check of this queue has found."""
    return AgreementCheck.objects.filter(queue=queue).select_related("by").order_by("-pk").first()


def check(job: Job) -> None:
    """Compare both ways, keep what was found, and raise the alarm in the audit log where they differ."""
    queue = Queue.objects.get(pk=job.subject_id)
    while units.count_owed():
        pass
    with Progress(job), snapshot():
        counts, asked = histogram.read(queue.pk), asked_in(queue)[0]
        findings = [_compared(queue, one, counts) for one in asked]
    is_equal = all(found.is_equal for found in findings)
    with transaction.atomic():
        row = AgreementCheck.objects.create(
            queue=queue,
            checked_at=timezone.now(),
            by_id=job.asked_by_id,
            n_units=counts.n_items(),
            is_equal=is_equal,
            findings=[found.as_json() for found in findings],
        )
        events.record(
            project_id=job.project_id,
            kind="agreement.checked" if is_equal else "agreement.differs",
            by=SYSTEM,
            subject_kind="queue",
            subject_id=queue.pk,
            after={
                "check": row.pk,
                "items": row.n_units,
                "differing": [found.question for found in findings if not found.is_equal],
            },
        )


def _compared(queue: Queue, asked: Asked, counts: Counts) -> Finding:
    counted, raw = counts.of(asked), raw_answers.patterns_of(queue.pk, asked)
    differing = [
        (repr(pattern), counted.get(pattern, 0), raw.get(pattern, 0))
        for pattern in {**counted, **raw}
        if counted.get(pattern, 0) != raw.get(pattern, 0)
    ]
    level = asked.scale.metric.removeprefix("alpha_")
    if level not in LEVELS:  # rankings: the package has no W, their patterns are compared
        alpha, again = None, Recomputed(None, sum(raw.values()), by_package=False)
    else:
        alpha, again = _alpha(asked, counted), raw_answers.recomputed(raw, asked, level)
    return Finding(asked.key, alpha, again, len(differing), differing[:PATTERNS_KEPT])


def _alpha(asked: Asked, counted: Histogram) -> float | None:
    return metrics.get(asked.scale.metric)(answers_of(counted, asked.scale.values)).value
