"""Recall of the filters on the page of overrides, its table as CSV, and the items behind its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.audit.overrides.filter_recall import (
    LOOK_AT,
    Audited,
    FilterRecall,
    Undefined,
    recall_of_filters,
    violations_of,
)
from queues.errors import NotFound
from queues.ingest.queries import beginnings_of
from queues.newest import PAGE_SIZE
from queues.numbers import percent
from queues.review import care
from queues.statistics.weighted import WeightedRate
from queues.web.csv_file import csv_file
from queues.web.paging import address, number
from queues.web.parameters import is_asked, takes

WHY_NOT: Mapping[Undefined, Promise] = {
    Undefined.NO_AUDIT: lazy(
        "Not defined: no rule of the policy draws at random from all traffic. A rule “random audit” that"
        " stands by itself does."
    ),
    Undefined.NOT_ASKED: lazy(
        "Not defined: no random audit goes to a queue whose form asks whether the output is a violation (a"
        " question with the key “violation”)."
    ),
    Undefined.NONE_DRAWN: lazy("Not defined: the random audit has drawn nothing yet."),
    Undefined.ONLY_FLAGS: lazy(
        "not defined: this filter reports only what it flags, so nobody knows whether it looked at the rest"
    ),
    Undefined.UNHEARD: lazy(
        "not defined: of what it flagged, or of what it let pass, judged items speak for %(heard)s only"
    ),
    Undefined.NO_VIOLATION: lazy("not defined: nobody has called anything of it a violation yet"),
}
_HEAD = (
    "filter", "audited", "judged", "violations", "flagged", "missed", "recall", "low", "high", "n_eff",
    "prevalence", "prevalence_low", "prevalence_high", "undefined",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecallLine:
    """One filter. why_not: why it has no recall; url, missed_url: the violations, and those let pass."""

    found: FilterRecall
    why_not: str
    url: str
    missed_url: str


def shown_recall(request: ProjectRequest) -> dict[str, object]:
    """What `overrides/_recall.html` shows."""
    found = recall_of_filters(request.project.pk)
    return {
        "audited": found,
        "recalls": [_line(request, one) for one in found.filters],
        "no_recall": WHY_NOT[found.undefined] if found.undefined else "",
        "recall_csv_url": reverse("web:overrides-recall-csv", args=[request.project.slug]),
        "items_looked_at": LOOK_AT,
    }


@needs(Permission.READ)
@require_safe
@takes()
def recall_csv(request: ProjectRequest) -> HttpResponse:
    """The table as a file; where no filter has a figure, one row says why."""
    found = recall_of_filters(request.project.pk)
    return csv_file(f"filter-recall-{request.project.slug}", _HEAD, _rows(found))


@needs(Permission.READ)
@require_safe
@takes("filter", "missed", "after")
def violations(request: ProjectRequest) -> HttpResponse:
    """?filter= names the filter; ?missed= only what it let pass."""
    component, missed_only = request.GET.get("filter", ""), is_asked(request, "missed")
    found = violations_of(request.project.pk, component, missed_only=missed_only)
    if component and not found and not _is_known(request, component):
        raise NotFound(_("The audit knows no such filter. Choose one from the table of their recall."))
    start = number(request, "after") or 0
    rows = found[start : start + PAGE_SIZE]
    shown = [row.prediction_id for row in rows]
    has_more = len(found) > start + PAGE_SIZE
    context = {
        "component": component,
        "missed_only": missed_only,
        "other_url": address(request, missed=None if missed_only else "yes", after=None),
        "n_items": len(found),
        "rows": rows,
        "beginnings": beginnings_of(shown),
        "veiled": care.veiled_for(request.user.pk, shown),
        "items_looked_at": LOOK_AT,
        "previous_url": address(request, after=None) if start else "",
        "next_url": address(request, after=start + PAGE_SIZE) if has_more else "",
    }
    return render(request, "overrides/violations.html", context)


def _is_known(request: ProjectRequest, component: str) -> bool:
    return any(one.component == component for one in recall_of_filters(request.project.pk).filters)


def _line(request: ProjectRequest, found: FilterRecall) -> RecallLine:
    url = reverse("web:overrides-violations", args=[request.project.slug])
    of_filter = {"filter": found.component}
    why_not = str(WHY_NOT[found.undefined]) if found.undefined else ""
    if found.undefined == Undefined.UNHEARD:
        why_not %= {"heard": percent(found.heard, ".0f")}
    return RecallLine(
        found,
        why_not,
        f"{url}?{urlencode(of_filter)}" if found.violations else "",
        f"{url}?{urlencode({**of_filter, 'missed': 'yes'})}" if found.missed else "",
    )


def _rows(found: Audited) -> list[Sequence[object]]:
    if found.undefined:
        return [("", found.audited, found.judged, found.violations, *[None] * 9, found.undefined.value)]
    return [
        (
            one.component, one.audited, one.judged, one.violations, one.flagged, one.missed,
            *_cells(one.recall), one.recall and one.recall.n_eff, *_cells(one.prevalence),
            one.undefined and one.undefined.value,
        )
        for one in found.filters
    ]  # fmt: skip


def _cells(rate: WeightedRate | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if rate is None else (rate.hajek, rate.low, rate.high)
