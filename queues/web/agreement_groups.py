"""One question's agreement over time and by what tells the outputs apart: chart, table, CSV."""

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
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import groups as agree
from queues.agree.asked import DECISION
from queues.agree.groups import Group, Groups
from queues.agree.histogram import By
from queues.agree.targets import DEFAULT, Target, targets_of
from queues.models import Queue
from queues.numbers import localized, percent
from queues.web.agreement import METRICS, Saying, drawn, is_drawn_only, says
from queues.web.charts import Plot, Point, line_of, spread
from queues.web.csv_file import csv_file
from queues.web.figure_words import why_of
from queues.web.paging import address
from queues.web.parameters import choice, takes
from queues.web.queue_of import chosen_of, queue_shown, queues_of
from queues.web.sentences import label_of

_HEAD = (
    "by", "name", "question", "metric", "items", "value", "low", "high", "why", "same", "same_low",
    "same_high",
)  # fmt: skip


class ByWords(NamedTuple):
    """What items are told apart by, in words: its tab, the table's caption, the head of its first column."""

    tab: Promise
    caption: Promise
    head: Promise


BY_WORDS: dict[By, ByWords] = {
    By.WEEK: ByWords(lazy("By week"), lazy("Agreement by week"), lazy("week of")),
    By.MODEL: ByWords(lazy("By model version"), lazy("Agreement by model version"), lazy("model version")),
    By.LOCALE: ByWords(lazy("By language"), lazy("Agreement by language"), lazy("language")),
    By.SEGMENT: ByWords(lazy("By segment"), lazy("Agreement by segment"), lazy("segment")),
    By.COHORT: ByWords(lazy("By cohort"), lazy("Agreement by cohort"), lazy("part of the cohort")),
    By.REASON: ByWords(lazy("By reason"), lazy("Agreement by why it was reviewed"), lazy("kind of rule")),
}


class GroupLine(NamedTuple):
    """One group of the table. url: of its items."""

    of: Group
    name: str
    says: Saying
    why: str
    url: str


@needs(Permission.READ)
@require_safe
@takes("queue", "question", "by", "only")
def groups(request: ProjectRequest) -> HttpResponse:
    """?queue= and ?question= choose what, ?by= tells the items apart, ?only=drawn leaves those of chance."""
    queues = queues_of(request)
    queue = chosen_of(request, queues)
    context: dict[str, Any] = {"queues": queues, "queue": queue}
    if queue:
        by, found = _by(request), _found(request, queue)
        target = targets_of(queue.pk).get(found.asked.key, DEFAULT)
        query = [("queue", queue.slug), ("question", found.asked.key), ("by", by.value)]
        query += [("only", "drawn")] if is_drawn_only(request) else []
        csv_url = reverse("web:agreement-groups-csv", args=[request.project.slug])
        items_url = f"{reverse('web:agreement-items', args=[request.project.slug])}?{urlencode(query)}"
        lines = [_line(group, by, target, items_url) for group in found.groups]
        context |= {
            "found": found,
            "by": by,
            "words": BY_WORDS[by],
            "drawn_only": is_drawn_only(request),
            "drawn_url": address(request, only=None if is_drawn_only(request) else "drawn"),
            "metric": METRICS[found.asked.scale.metric],
            "lines": lines,
            "plot": _trend(lines) if by == By.WEEK else None,
            "tabs": tabs(request, by),
            "csv_url": f"{csv_url}?{urlencode(query)}",
        }
    return render(request, "agreement/groups.html", context)


@needs(Permission.READ)
@require_safe
@takes("queue", "question", "by", "only")
def groups_csv(request: ProjectRequest) -> HttpResponse:
    """The table of the page, full digits; weeks by their Monday."""
    queue = queue_shown(request)
    by, found = _by(request), _found(request, queue)
    rows = (
        (by, group.name, found.asked.key, found.asked.scale.metric, group.main.n_units, group.main.value,
         group.main.low, group.main.high, group.main.why, group.percent.value, group.percent.low,
         group.percent.high)
        for group in found.groups
    )  # fmt: skip
    return csv_file(f"agreement-by-{by}-{queue.slug}", _HEAD, rows)


def _found(request: ProjectRequest, queue: Queue) -> Groups:
    key = request.GET.get("question") or DECISION
    return agree.grouped(queue, key=key, by=_by(request), drawn_only=is_drawn_only(request))


def _by(request: ProjectRequest) -> By:
    return By(choice(request, "by", BY_WORDS) or By.WEEK)


def tabs(request: ProjectRequest, by: By | None, *, question: str = "") -> list[dict[str, object]]:
    """The groupings, and the versions of the form, which have a page of their own (by None).

    question: that of which the groupings are to tell, where the address may not name it.
    """
    same = {"version": None, **({"question": question} if question else {})}
    groups_path = reverse("web:agreement-groups", args=[request.project.slug])
    shown = [
        {"label": words.tab, "url": address(request, at=groups_path, by=one, **same), "is_current": one == by}
        for one, words in BY_WORDS.items()
    ]
    versions = reverse("web:agreement-versions", args=[request.project.slug])
    own = {
        "label": _("By guideline"),
        "url": address(request, at=versions, by=None),
        "is_current": by is None,
    }
    return [*shown, own]


def _line(group: Group, by: By, target: Target, items_url: str) -> GroupLine:
    words = says(group.main, target)
    url = f"{items_url}&{urlencode({'name': group.name})}"
    return GroupLine(group, name_of(group.name, by), words, why_of(group.main), url)


def name_of(name: str, by: By) -> str:
    """A group as people read it; a prediction may have no language or segment."""
    if by == By.WEEK:
        return date_format(date.fromisoformat(name), _("j M Y"))
    if by == By.REASON:
        return str(label_of(name))
    return name or _("not said")


def _trend(lines: Sequence[GroupLine]) -> Plot | None:
    """Of the share of equal answers, as it lies between 0 and 1; coefficients may lie below 0."""
    points = [Point(float(place), *drawn(line.of.percent), _said(line)) for place, line in enumerate(lines)]
    return line_of(
        points,
        x_range=(0.0, float(len(lines) - 1)),
        x_ticks=spread([line.name for line in lines]),
        top=1.0,
    )


def _said(line: GroupLine) -> str:
    share, low, high = drawn(line.of.percent)
    if share is None or low is None or high is None:
        return ""
    return _("Week of %(name)s: %(share)s [%(low)s–%(high)s] the same, %(n)s shared items") % {
        "name": line.name,
        "share": percent(share),
        "low": localized(100 * low, ".1f"),
        "high": localized(100 * high, ".1f"),
        "n": localized(line.of.percent.n_units),
    }
