"""The overview of a project: what comes in, what is sent to people, what they say, and does it all run."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.assign import queries as assign
from queues.export.recalls import failing
from queues.export.webhooks import queries as webhooks
from queues.models import Decision, Queue
from queues.monitor import queries as monitor
from queues.newest import COUNT_LIMIT
from queues.numbers import percent
from queues.score import backlog
from queues.web import rates, seals

ALARMS_SHOWN = 5  # of a kind
CHART_HEIGHT = 120  # of the plot, in the SVG's own units
BAR_STEP = 44


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, in the SVG's units: what arrived, and the routed part at its foot."""

    day: monitor.Day
    x: int
    y: float
    height: float
    routed_y: float
    routed_height: float


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: n of `of`."""

    name: str
    label: str
    n: int
    of: int

    @property
    def percent(self) -> str:
        return percent(self.n / self.of) if self.of else "–"


@needs(Permission.ENTER)
@require_safe
def overview(request: ProjectRequest) -> HttpResponse:
    """The figures of a project; who may not read them is taken to the queues."""
    if Permission.READ not in request.permissions:
        return redirect("web:queues", request.project.slug)
    now = timezone.now()
    queues = list(Queue.objects.filter(project=request.project, archived_at=None))
    lines = assign.lines_of(queues, now=now)
    inflow = monitor.inflow(request.project.pk, now=now)
    context = {
        "running": monitor.running(request.project.pk, now=now),
        "alarm": seals.alarm_of(request.project.pk),
        "house_alarm": seals.house_alarm_of(request),
        "troubled": webhooks.in_trouble(request.project.pk, at_most=ALARMS_SHOWN),
        "failed_recalls": list(failing.failed_of(request.project.pk)[:ALARMS_SHOWN]),
        "owed": backlog.owed(request.project.pk),
        "given_up": backlog.how_many_given_up(request.project.pk),
        "inflow": inflow,
        "bars": bars_of(inflow.days),
        "peak": max((day.received for day in inflow.days), default=0),
        "routed": Share("routed", "", inflow.routed, inflow.decided),
        "reasons": _shares(monitor.routed_by_reason(request.project.pk, now=now), inflow.routed),
        "lines": lines,
        "late": [line for line in lines if line.overdue],
        "disputes": min(sum(line.counts["disputed"] for line in lines), COUNT_LIMIT + 1),
        "decisions": _decisions(monitor.decision_mix([queue.pk for queue in queues])),
        "rates": rates.context_of(request, queues),
        "looked_at": {
            "predictions": monitor.LOOK_AT,
            "verdicts": monitor.VERDICTS_PER_QUEUE,
            "days": monitor.DAYS,
        },
    }
    return render(request, "overview/page.html", context)


def bars_of(days: Sequence[monitor.Day]) -> list[Bar]:
    """The bars of the chart; the tallest day fills the height."""
    peak = max((day.received for day in days), default=0) or 1
    bars = []
    for place, day in enumerate(days):
        height = round(CHART_HEIGHT * day.received / peak, 1)
        routed = round(CHART_HEIGHT * day.routed / peak, 1)
        bars.append(Bar(day, place * BAR_STEP, CHART_HEIGHT - height, height, CHART_HEIGHT - routed, routed))
    return bars


def _shares(counts: Sequence[tuple[str, int]], whole: int) -> list[Share]:
    return [Share(name, name, n, whole) for name, n in counts]


def _decisions(counts: dict[str, int]) -> list[Share]:
    whole = sum(counts.values())
    return [
        Share(decision.value, str(decision.label), counts.get(decision, 0), whole)
        for decision in (Decision.APPROVE, Decision.CORRECT, Decision.REJECT)
        if whole
    ]
