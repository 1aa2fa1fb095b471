"""Whether a change of the guideline helped: one question's agreement under each version of the form."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import versions as agree
from queues.agree.asked import DECISION
from queues.agree.targets import DEFAULT, Target, targets_of
from queues.agree.versions import Change, OfVersion, Versions
from queues.models import Queue
from queues.numbers import localized, percent
from queues.web.agreement import METRICS, Saying, drawn, is_drawn_only, says
from queues.web.agreement_groups import tabs
from queues.web.charts import Plot, Point, line_of, spread
from queues.web.csv_file import csv_file
from queues.web.figure_words import why_of
from queues.web.paging import address
from queues.web.parameters import takes
from queues.web.queue_of import chosen_of, queue_shown, queues_of

_HEAD = (
    "version", "published", "guideline_changed", "reason", "question", "metric", "items", "value", "low",
    "high", "why", "same", "same_low", "same_high", "change", "change_low", "change_high", "same_change",
    "same_change_low", "same_change_high",
)  # fmt: skip


class VersionLine(NamedTuple):
    """One version of the form in the table. url: of its items.

    change, same_change: in words, of the coefficient and of equal answers; "" where there is none.
    """

    of: OfVersion
    says: Saying
    why: str
    change: str
    same_change: str
    url: str


@needs(Permission.READ)
@require_safe
@takes("queue", "question", "only")
def versions(request: ProjectRequest) -> HttpResponse:
    """?queue= and ?question= choose what, ?only=drawn leaves the items of chance."""
    queues = queues_of(request)
    queue = chosen_of(request, queues)
    context: dict[str, Any] = {"queues": queues, "queue": queue}
    if queue:
        found = _found(request, queue)
        query = [("queue", queue.slug), ("question", found.asked.key)]
        query += [("only", "drawn")] if is_drawn_only(request) else []
        items_url = f"{reverse('web:agreement-items', args=[request.project.slug])}?{urlencode(query)}"
        target = targets_of(queue.pk).get(found.asked.key, DEFAULT)
        lines = [_line(one, target, items_url) for one in found.versions]
        csv_url = reverse("web:agreement-versions-csv", args=[request.project.slug])
        context |= {
            "found": found,
            "metric": METRICS[found.asked.scale.metric],
            "lines": lines,
            "plot": _plot(lines),
            "tabs": tabs(request, None),
            "drawn_only": is_drawn_only(request),
            "drawn_url": address(request, only=None if is_drawn_only(request) else "drawn"),
            "csv_url": f"{csv_url}?{urlencode(query)}",
        }
    return render(request, "agreement/versions.html", context)


@needs(Permission.READ)
@require_safe
@takes("queue", "question", "only")
def versions_csv(request: ProjectRequest) -> HttpResponse:
    """The table of the page, full digits."""
    queue = queue_shown(request)
    found = _found(request, queue)
    start = (found.asked.key, found.asked.scale.metric)
    rows = (
        (one.form.version, one.form.created_at.isoformat(), one.guideline_changed, one.form.reason, *start,
         one.main.n_units, one.main.value, one.main.low, one.main.high, one.main.why, one.percent.value,
         one.percent.low, one.percent.high, *_ends(one.change), *_ends(one.same_change))
        for one in found.versions
    )  # fmt: skip
    return csv_file(f"agreement-by-version-{queue.slug}", _HEAD, rows)


def _ends(change: Change | None) -> tuple[float | None, float | None, float | None]:
    return (change.difference, change.low, change.high) if change else (None, None, None)


def _found(request: ProjectRequest, queue: Queue) -> Versions:
    key = request.GET.get("question") or DECISION
    return agree.by_version(queue, key=key, drawn_only=is_drawn_only(request))


def _line(one: OfVersion, target: Target, items_url: str) -> VersionLine:
    url = f"{items_url}&{urlencode({'version': one.form.version})}"
    why = why_of(one.main)
    same = _in_words(one.same_change, times=100.0, form="+.1f")
    return VersionLine(one, says(one.main, target), why, _in_words(one.change), same, url)


def _in_words(change: Change | None, *, times: float = 1.0, form: str = "+.2f") -> str:
    """times: 100 for points of a share."""
    if change is None:
        return ""
    ends = {
        "difference": localized(times * change.difference, form),
        "low": localized(times * change.low, form),
        "high": localized(times * change.high, form),
    }
    return _("%(difference)s [%(low)s to %(high)s]") % ends


def _plot(lines: Sequence[VersionLine]) -> Plot | None:
    """Of the share of equal answers, as it lies between 0 and 1."""
    points = [
        Point(float(place), *drawn(line.of.percent), _said(line), line.url)
        for place, line in enumerate(lines)
    ]
    names = [str(line.of.form.version) for line in lines]
    return line_of(points, x_range=(0.0, float(len(lines) - 1)), x_ticks=spread(names), top=1.0)


def _said(line: VersionLine) -> str:
    share, low, high = drawn(line.of.percent)
    if share is None or low is None or high is None:
        return ""
    return _("Version %(version)s: %(share)s [%(low)s–%(high)s] the same, %(n)s shared items") % {
        "version": line.of.form.version,
        "share": percent(share),
        "low": localized(100 * low, ".1f"),
        "high": localized(100 * high, ".1f"),
        "n": localized(line.of.percent.n_units),
    }
