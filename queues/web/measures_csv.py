"""The tables of the page of measures as CSV."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import NotFound
from queues.monitor import measures as monitor
from queues.monitor.worth import Worth
from queues.statistics.discrimination_intervals import Comparison, Estimate
from queues.web.csv_file import csv_file

_HEAD = (
    "measure", "says", "labels", "errors", "auroc", "auroc_low", "auroc_high", "prr", "prr_low", "prr_high",
    "over_length", "over_length_low", "over_length_high", "calibration", "brier", "ece",
)  # fmt: skip
_HEAD_OF_ONE = ("table", "from", "to", "labels", "stated_or_share", "rate_or_found", "low", "high")


@needs(Permission.READ)
@require_safe
def measures_csv(request: ProjectRequest) -> HttpResponse:
    """The table of measures, or with `measure` the reliability table and the budget curve of that one."""
    version = request.GET.get("model_version", "").replace("\0", "\ufffd")  # no version's name holds NUL
    found = monitor.worth_of_version(request.project.pk, version)
    if found is None:
        raise NotFound(_("There are no figures of this model version. Choose one on the page of measures."))
    one = found.named(request.GET.get("measure", ""))
    if one is None:
        return csv_file(f"measures-{request.project.slug}", _HEAD, map(_row, found.measures))
    return csv_file(f"measure-{request.project.slug}", _HEAD_OF_ONE, _rows_of_one(one))


def _row(worth: Worth) -> Sequence[object]:
    calibrated = worth.calibrated
    return (
        worth.measure,
        worth.says.value,
        worth.labels,
        worth.errors,
        *_ends(worth.auroc),
        *_ends(worth.prr),
        *_ends(worth.over_length),
        calibrated and calibrated.method,
        calibrated and calibrated.brier.value,
        calibrated and calibrated.ece.value,
    )


def _rows_of_one(worth: Worth) -> list[Sequence[object]]:
    bins = worth.calibrated.bins if worth.calibrated else []
    return [
        *(
            ("reliability", row.low, row.high, row.n, row.stated, row.rate, row.rate_low, row.rate_high)
            for row in bins
        ),
        *(
            ("budget", step.threshold, None, step.labels, step.share, step.found, step.low, step.high)
            for step in worth.found
        ),
    ]


def _ends(found: Estimate | Comparison | None) -> Sequence[float | None]:
    if found is None:
        return (None, None, None)
    value = found.value if isinstance(found, Estimate) else found.difference
    return (value, found.low, found.high)
