"""Reads of what measures are worth, and of the traffic that a threshold would divide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max

from queues.models import Calibration, Job, JobState
from queues.models import Worth as StoredWorth
from queues.monitor import refits
from queues.monitor.worth import Says, Worth, from_json
from queues.route.queries import trailing_values

LOOK_AT = 5_000  # newest predictions of a model version, to see how many a day arrive
VERSIONS_SHOWN = 50

# What finds errors first, then what has not shown it, then the baseline's own row and the rest by name.
_ORDER = {
    Says.WORKS: 0,
    Says.LIKE_LENGTH: 1,
    Says.BASELINE: 2,
    Says.LIKE_CHANCE: 3,
    Says.FAILS: 4,
    Says.TOO_FEW: 5,
}
_ARRIVALS = """
SELECT count(*), extract(epoch FROM max(received_at) - min(received_at)) / 86400 FROM (
  SELECT received_at FROM queues_prediction
  WHERE project_id = %s AND model_version = %s ORDER BY id DESC LIMIT %s
) newest
"""


@dataclass(frozen=True, slots=True)
class VersionWorth:
    """All measures of one model version, what earns its place first."""

    model_version: str
    computed_at: datetime
    newest_verdict: int
    measures: Sequence[Worth]

    def named(self, measure: str) -> Worth | None:
        return next((worth for worth in self.measures if worth.measure == measure), None)


def versions(project_id: int) -> list[str]:
    """Model versions that labels have spoken of, those with the newest labels first."""
    rows = StoredWorth.objects.filter(project=project_id).values("model_version")
    newest_first = rows.annotate(newest=Max("newest_verdict"), n=Count("pk")).order_by("-newest")
    return [row["model_version"] for row in newest_first[:VERSIONS_SHOWN]]


def worth_of_version(project_id: int, model_version: str) -> VersionWorth | None:
    """None when no refit has seen a label of it."""
    rows = list(StoredWorth.objects.filter(project=project_id, model_version=model_version))
    if not rows:
        return None
    found = sorted((from_json(row.figures) for row in rows), key=_place)
    return VersionWorth(model_version, rows[0].computed_at, rows[0].newest_verdict, found)


def worth_by_version(project_id: int, measure: str) -> list[tuple[str, Worth]]:
    """One measure in every model version, those with the newest labels first."""
    rows = StoredWorth.objects.filter(project=project_id, measure=measure).order_by("-newest_verdict")
    return [(row.model_version, from_json(row.figures)) for row in rows[:VERSIONS_SHOWN]]


def calibrations_of(
    project_id: int, model_version: str, measure: str, *, at_most: int = 10
) -> list[Calibration]:
    """The fits of one measure, newest first: which are in force, and why not the others."""
    rows = Calibration.objects.filter(project=project_id, model_version=model_version, measure=measure)
    return list(rows.order_by("-id")[:at_most])


def newest_refit(project_id: int) -> Job | None:
    """The refit that was asked for last."""
    return Job.objects.filter(project=project_id, kind=refits.KIND).order_by("-subject_id", "-id").first()


def is_under_way(job: Job | None) -> bool:
    return job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)


def arrivals_per_day(project_id: int, model_version: str) -> float | None:
    """How many predictions of a model version arrive in a day, over the newest; None below a day's worth."""
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVALS, [project_id, model_version, LOOK_AT])
        n, days = cursor.fetchone()
    return n / float(days) if days and days > 1 / 24 else None


def value_at_rank(project_id: int, model_version: str, measure: str, rank: float) -> float | None:
    """The score above which the share 1 - rank of the newest predictions lies; None without scores."""
    found = trailing_values(project_id, measure, [model_version], before=2**62)
    scores = sorted(score for score in found[model_version] if score is not None)
    return scores[min(len(scores) - 1, int(rank * len(scores)))] if scores else None


def _place(worth: Worth) -> tuple[int, float, str]:
    return _ORDER[worth.says], -(worth.auroc.low if worth.auroc else 0.0), worth.measure
