"""Measures: which of them finds errors on this traffic, where it fails, and what threshold to choose."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.monitor import actions, fitting
from queues.monitor import measures as monitor
from queues.monitor.labels import LOOK_AT
from queues.monitor.measures import VersionWorth
from queues.monitor.worth import Calibrated, GroupWorth, Worth
from queues.numbers import localized, percent
from queues.statistics.review_curve import Found
from queues.web.charts import Plot, Point, percent_ticks, plot, top_of
from queues.web.thresholds import ThresholdChoice, chosen
from queues.web.worth_words import SAYS, Saying, sentence

SHOWN_FROM = 10  # labels; smaller parts of the traffic say nothing, and may say who


class Place(NamedTuple):
    """A measure in one part of one model version. group: None when no locale or segment was given."""

    version: str
    group: GroupWorth | None
    saying: Saying
    url: str  # the predictions behind it


@needs(Permission.READ)
@require_safe
def measures(request: ProjectRequest) -> HttpResponse:
    """All measures of a model version, and one of them in full."""
    versions = monitor.versions(request.project.pk)
    asked = request.GET.get("model_version", "")
    version = asked if asked in versions else next(iter(versions), "")
    found = monitor.worth_of_version(request.project.pk, version) if version else None
    job = monitor.newest_refit(request.project.pk)
    context: dict[str, Any] = {
        "versions": versions,
        "version": version,
        "worth": found,
        "job": job,
        "is_under_way": monitor.is_under_way(job),
        "may_refit": Permission.TUNE in request.permissions,
        "look_at": LOOK_AT,
        "needed": fitting.LABELS_NEEDED,
    }
    if found:
        context |= _lines(request, found) | _one(request, found, _selected(request, found))
    return render(request, "measures/page.html", context)


@needs(Permission.TUNE)
@require_POST
def refit(request: ProjectRequest) -> HttpResponse:
    """Ask for a refit; the page shows it when it is done."""
    actions.ask_for_refit(request.project.pk, by=request.actor)
    messages.success(request, _("The measures are being judged anew; look again in some seconds."))
    return redirect("web:measures", request.project.slug)


def _selected(request: ProjectRequest, found: VersionWorth) -> Worth:
    return found.named(request.GET.get("measure", "")) or found.measures[0]


def _lines(request: ProjectRequest, found: VersionWorth) -> dict[str, Any]:
    page = reverse("web:measures", args=[request.project.slug])
    lines = [
        (
            worth,
            SAYS[worth.says],
            f"{page}?{urlencode({'model_version': found.model_version, 'measure': worth.measure})}#one",
        )
        for worth in found.measures
    ]
    return {"lines": lines, "csv_url": _csv(request, model_version=found.model_version)}


def _one(request: ProjectRequest, found: VersionWorth, worth: Worth) -> dict[str, Any]:
    """What is shown of the selected measure."""
    places = _by_version(request, worth.measure)
    form = ThresholdChoice({key: request.GET[key] for key in ("per_day", "target") if request.GET.get(key)})
    return {
        "one": worth,
        "says": SAYS[worth.says],
        "sentence": sentence(worth),
        "by_version": [place for place in places if place.group is None or place.group.labels >= SHOWN_FROM],
        "left_out": sum(place.group is not None and place.group.labels < SHOWN_FROM for place in places),
        "reliability": _reliability(worth.calibrated) if worth.calibrated else None,
        "budget_plot": _budget(worth.found) if worth.found else None,
        "fits": monitor.calibrations_of(request.project.pk, found.model_version, worth.measure),
        "form": form,
        "one_csv_url": _csv(request, model_version=found.model_version, measure=worth.measure),
        **chosen(form, request.project.pk, found.model_version, worth),
    }


def _by_version(request: ProjectRequest, measure: str) -> list[Place]:
    """The measure in each part of each model version; without parts, in the whole."""
    predictions = reverse("web:predictions", args=[request.project.slug])
    places = []
    for version, worth in monitor.worth_by_version(request.project.pk, measure):
        url = f"{predictions}?{urlencode({'model_version': version, 'state': 'routed'})}"
        if not worth.groups:
            places.append(Place(version, None, SAYS[worth.says], url))
        places += [Place(version, group, SAYS[group.says], url) for group in worth.groups]
    return sorted(places, key=lambda place: place.group is None or place.group.auroc is None)


def _reliability(found: Calibrated) -> Plot:
    points = [
        Point(
            row.stated,
            row.rate,
            row.rate_low,
            row.rate_high,
            _("stated %(p)s: %(rate)s were wrong [%(low)s–%(high)s], %(n)s labels")
            % {
                "p": percent(row.stated, ".0f"),
                "rate": percent(row.rate, ".0f"),
                "low": localized(100 * row.rate_low, ".0f"),
                "high": localized(100 * row.rate_high, ".0f"),
                "n": localized(row.n),
            },
        )
        for row in found.bins
    ]
    top = top_of([point.high for point in points] + [point.x for point in points])
    return plot(points, x_range=(0.0, top), x_ticks=percent_ticks(top), top=top, width=420, height=300)


def _budget(found: Sequence[Found]) -> Plot:
    points = [
        Point(
            step.share,
            step.found,
            step.low,
            step.high,
            _("reading %(share)s finds %(found)s of the errors [%(low)s–%(high)s]")
            % {
                "share": percent(step.share),
                "found": percent(step.found, ".0f"),
                "low": localized(100 * step.low, ".0f"),
                "high": localized(100 * step.high, ".0f"),
            },
        )
        for step in found
    ]
    return plot(points, x_range=(0.0, 1.0), x_ticks=percent_ticks(1.0), top=1.0, width=420, height=300)


def _csv(request: ProjectRequest, **query: str) -> str:
    return f"{reverse('web:measures-csv', args=[request.project.slug])}?{urlencode(query)}"
