"""Whether a change of the guideline helped: all questions before and after it, and one under each version."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import versions as agree
from queues.agree.asked import DECISION
from queues.agree.moves import Moved, Moves, moved_by
from queues.agree.targets import DEFAULT, Target, targets_of
from queues.agree.versions import Change, OfVersion, Versions
from queues.models import Queue
from queues.numbers import localized, percent
from queues.web.agreement import METRICS, Saying, drawn, is_drawn_only, says
from queues.web.agreement_groups import tabs
from queues.web.charts import Plot, Point, line_of, spread
from queues.web.csv_file import csv_file
from queues.web.figure_words import why_of
from queues.web.paging import address, number
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


class MovedLine(NamedTuple):
    """One question of a change. change, same_change: in words; url: of its line; the others: of its items."""

    of: Moved
    metric: Promise
    change: str
    same_change: str
    is_chosen: bool
    url: str
    before_url: str
    after_url: str


@needs(Permission.READ)
@require_safe
@takes("queue", "question", "version", "only")
def versions(request: ProjectRequest) -> HttpResponse:
    """?version= chooses the change, ?question= what is drawn, ?only=drawn leaves the items of chance.

    Without a word: the newest change of a guideline, and the question that it was about.
    """
    queues = queues_of(request)
    queue = chosen_of(request, queues)
    context: dict[str, Any] = {"queues": queues, "queue": queue}
    if queue:
        moves = moved_by(queue, version=number(request, "version"), drawn_only=is_drawn_only(request))
        found = _found(request, queue, moves.most.asked.key if moves else DECISION)
        target = targets_of(queue.pk).get(found.asked.key, DEFAULT)
        lines = [_line(one, target, _items_url(request, queue, found.asked.key)) for one in found.versions]
        csv_url = reverse("web:agreement-versions-csv", args=[request.project.slug])
        context |= {
            "found": found,
            "moves": moves,
            "version": number(request, "version"),
            "moved": _all_moved(request, queue, moves, found.asked.key),
            "others": [(n, _of_change(request, n)) for n in (moves.others if moves else ())],
            "metric": METRICS[found.asked.scale.metric],
            "lines": lines,
            "plot": _plot(lines),
            "tabs": tabs(request, None, question=found.asked.key),
            "drawn_only": is_drawn_only(request),
            "drawn_url": address(request, only=None if is_drawn_only(request) else "drawn"),
            "csv_url": f"{csv_url}?{urlencode(_query(request, queue, found.asked.key))}",
        }
    return render(request, "agreement/versions.html", context)


def _query(request: ProjectRequest, queue: Queue, key: str) -> list[tuple[str, str]]:
    query = [("queue", queue.slug), ("question", key)]
    return [*query, ("only", "drawn")] if is_drawn_only(request) else query


def _items_url(request: ProjectRequest, queue: Queue, key: str) -> str:
    """Of the shared items behind the figures of a question; a version is still to be added."""
    items = reverse("web:agreement-items", args=[request.project.slug])
    return f"{items}?{urlencode(_query(request, queue, key))}"


def _of_change(request: ProjectRequest, version: int) -> str:
    return address(request, version=version, question=None)


def _all_moved(request: ProjectRequest, queue: Queue, moves: Moves | None, chosen: str) -> list[MovedLine]:
    return [_moved(request, queue, one, moves, chosen) for one in moves.lines] if moves else []


def _moved(request: ProjectRequest, queue: Queue, one: Moved, moves: Moves, chosen: str) -> MovedLine:
    items_url = _items_url(request, queue, one.asked.key)
    return MovedLine(
        one,
        METRICS[one.asked.scale.metric],
        _in_words(one.change),
        _in_words(one.same_change, times=100.0, form="+.1f"),
        one.asked.key == chosen,
        address(request, question=one.asked.key),
        f"{items_url}&version={moves.before.version}",
        f"{items_url}&version={moves.form.version}",
    )


@needs(Permission.READ)
@require_safe
@takes("queue", "question", "only")
def versions_csv(request: ProjectRequest) -> HttpResponse:
    """The table of the page, full digits."""
    queue = queue_shown(request)
    found = _found(request, queue, DECISION)
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


def _found(request: ProjectRequest, queue: Queue, usual: str) -> Versions:
    key = request.GET.get("question") or usual
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
