"""One question's agreement over time and by model version: chart, table, CSV."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import groups as agree
from queues.agree.asked import DECISION
from queues.agree.groups import Group, Groups
from queues.agree.histogram import By
from queues.errors import NotFound
from queues.models import Queue
from queues.numbers import localized, percent
from queues.web.agreement import METRICS, WHY_NOT, Saying, chosen_of, queues_of, says
from queues.web.charts import Plot, Point, plot, spread
from queues.web.csv_file import csv_file
from queues.web.paging import address

_HEAD = (
    "by", "name", "question", "metric", "items", "value", "low", "high", "why", "same", "same_low",
    "same_high",
)  # fmt: skip


class GroupLine(NamedTuple):
    """One week or model version of the table."""

    of: Group
    name: str
    says: Saying
    why: Promise | str


@needs(Permission.READ)
@require_safe
def groups(request: ProjectRequest) -> HttpResponse:
    """?queue= and ?question= choose what, ?by=week or model tells the items apart."""
    queues = queues_of(request)
    queue = chosen_of(request, queues)
    context: dict[str, Any] = {"queues": queues, "queue": queue}
    if queue:
        by, found = _by(request), _found(request, queue)
        lines = [_line(group, by) for group in found.groups]
        query = urlencode([("queue", queue.slug), ("question", found.asked.key), ("by", by)])
        context |= {
            "found": found,
            "by": by,
            "is_weekly": by == By.WEEK,
            "metric": METRICS[found.asked.scale.metric],
            "lines": lines,
            "plot": _trend(lines) if by == By.WEEK and len(lines) > 1 else None,
            "tabs": _tabs(request, by),
            "csv_url": f"{reverse('web:agreement-groups-csv', args=[request.project.slug])}?{query}",
        }
    return render(request, "agreement/groups.html", context)


@needs(Permission.READ)
@require_safe
def groups_csv(request: ProjectRequest) -> HttpResponse:
    """The table of the page, full digits; weeks by their Monday."""
    queue = chosen_of(request, queues_of(request))
    if queue is None:
        raise NotFound(_("There is no such queue in this project. Choose one from the list of queues."))
    by, found = _by(request), _found(request, queue)
    rows = (
        (by, group.name, found.asked.key, found.asked.scale.metric, group.main.n_units, group.main.value,
         group.main.low, group.main.high, group.main.why, group.percent.value, group.percent.low,
         group.percent.high)
        for group in found.groups
    )  # fmt: skip
    return csv_file(f"agreement-by-{by}-{queue.slug}", _HEAD, rows)


def _found(request: ProjectRequest, queue: Queue) -> Groups:
    return agree.grouped(queue, key=request.GET.get("question") or DECISION, by=_by(request))


def _by(request: ProjectRequest) -> By:
    asked = request.GET.get("by") or By.WEEK
    if asked not in (By.WEEK, By.MODEL):
        raise NotFound(_("Agreement is told apart by week or by model version. Choose one of the two."))
    return By(asked)


def _tabs(request: ProjectRequest, by: By) -> list[dict[str, object]]:
    words = {By.WEEK: _("By week"), By.MODEL: _("By model version")}
    return [
        {"label": label, "url": address(request, by=one), "is_current": one == by}
        for one, label in words.items()
    ]


def _line(group: Group, by: By) -> GroupLine:
    name = date_format(date.fromisoformat(group.name), _("j M Y")) if by == By.WEEK else group.name
    return GroupLine(group, name, says(group.main), WHY_NOT.get(group.main.why or "", ""))


def _trend(lines: Sequence[GroupLine]) -> Plot:
    """Of the share of equal answers, as it lies between 0 and 1; coefficients may lie below 0."""
    points = [
        Point(float(place), line.of.percent.value, line.of.percent.low, line.of.percent.high, _said(line))
        for place, line in enumerate(lines)
    ]
    return plot(
        points,
        x_range=(0.0, float(len(lines) - 1)),
        x_ticks=spread([line.name for line in lines]),
        top=1.0,
    )


def _said(line: GroupLine) -> str:
    same = line.of.percent
    if same.value is None:
        return ""
    facts = {"name": line.name, "share": percent(same.value), "n": localized(same.n_units)}
    if same.low is None or same.high is None:
        return _("Week of %(name)s: %(share)s the same, %(n)s shared items, no interval") % facts
    ends = {"low": localized(100 * same.low, ".1f"), "high": localized(100 * same.high, ".1f")}
    return _("Week of %(name)s: %(share)s [%(low)s–%(high)s] the same, %(n)s shared items") % (facts | ends)
