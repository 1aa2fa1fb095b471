"""What share of all traffic is bad: the part of the overview, and its tables as CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.ingest import queries as ingest
from queues.models import Queue
from queues.monitor import rates as monitor
from queues.monitor.rates import Rate, Rates, Undefined
from queues.numbers import localized, percent
from queues.statistics.weighted import WeightedRate
from queues.web.charts import Plot, Point, plot, spread, top_of
from queues.web.csv_file import csv_file

DEFAULT_DAYS = 30


class RateChoice(forms.Form):
    """Which stretch of traffic."""

    days = forms.TypedChoiceField(coerce=int, required=False, label=gettext_lazy("Time"))
    version = forms.ChoiceField(required=False, label=gettext_lazy("Model version"))

    def __init__(self, project_id: int, *args: Any) -> None:
        super().__init__(*args)
        versions = ingest.model_versions_in_use(project_id)
        cast(forms.ChoiceField, self.fields["version"]).choices = [
            ("", _("all")),
            *((version, version) for version in versions),
        ]
        cast(forms.ChoiceField, self.fields["days"]).choices = [
            (days, _("%(n)d days") % {"n": days}) for days in monitor.DAYS
        ]

    @property
    def asked(self) -> dict[str, Any]:
        """As `queues.monitor.rates.rates` takes it; a field with a fault asks nothing."""
        self.is_valid()
        found = self.cleaned_data
        return {"days": found.get("days") or DEFAULT_DAYS, "model_version": found.get("version") or ""}


_WHY_NOT: dict[Undefined, Promise] = {
    Undefined.TOO_FEW: gettext_lazy("not defined: only %(n)d reviewed; %(needed)d are needed"),
    Undefined.UNHEARD: gettext_lazy("not defined: reviews speak for %(heard)s of the traffic only"),
    Undefined.UNSEEN: gettext_lazy("not defined: no rule can pick %(unseen)s of the traffic"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of rates. why_not: why there is no figure."""

    name: str
    rate: Rate
    why_not: str
    url: str

    @property
    def weighted(self) -> WeightedRate | None:
        return self.rate.weighted


def context_of(request: ProjectRequest, queues: Sequence[Queue]) -> dict[str, Any]:
    """What `overview/_rates.html` shows."""
    form = RateChoice(request.project.pk, request.GET or {"days": DEFAULT_DAYS})
    asked = form.asked
    found = monitor.rates(request.project.pk, now=timezone.now(), **asked)
    days = _days(request, found)
    by_id = {queue.pk: queue for queue in queues}
    return {
        "form": form,
        "asked": asked,
        "found": found,
        "overall": _line("", found.overall, "", found.unseen),
        "versions": [
            _line(name, rate, _predictions(request, model_version=name), found.unseen)
            for name, rate in found.by_version
        ],
        "days": days,
        "plot": _trend(days) if sum(line.weighted is not None for line in days) > 1 else None,
        "cells": [(by_id[cell.queue_id], cell.rules, cell) for cell in found.responses],
        "csv_url": f"{reverse('web:rates-csv', args=[request.project.slug])}?{request.GET.urlencode()}",
        "look_at": monitor.LOOK_AT,
        "needed": monitor.REVIEWED_NEEDED,
    }


@needs(Permission.READ)
@require_safe
def rates_csv(request: ProjectRequest) -> HttpResponse:
    """The tables of the section as one file: what each row speaks of stands in its first two columns."""
    form = RateChoice(request.project.pk, request.GET)
    found = monitor.rates(request.project.pk, now=timezone.now(), **form.asked)
    head = ("of", "name", "reviewed", "rate_of_reviewed", "rate", "low", "high", "n_eff", "picked")
    period = "week" if found.is_weekly else "day"
    rows = [
        _csv_row("all traffic", "", found.overall),
        *(_csv_row("model version", name, rate) for name, rate in found.by_version),
        *(_csv_row(period, at.isoformat(), rate) for at, rate in found.by_time),
        *(
            (
                "queue and rules", f"{cell.queue_id} {' + '.join(cell.rules)}", cell.share.k,
                cell.bad / cell.share.k if cell.share.k else None, None, None, None, None, cell.share.n,
            )
            for cell in found.responses
        ),
    ]  # fmt: skip
    return csv_file(f"rates-{request.project.slug}", head, rows)


def _csv_row(of: str, name: str, rate: Rate) -> Sequence[object]:
    weighted = rate.weighted
    if weighted is None:
        return (of, name, rate.reviewed, None, None, None, None, None, None)
    return (
        of, name, rate.reviewed, weighted.naive, weighted.hajek, rate.low, rate.high, weighted.n_eff, None,
    )  # fmt: skip


def _line(name: str, rate: Rate, url: str, unseen: float | None = None) -> Line:
    figures = {
        "n": rate.reviewed,
        "needed": monitor.REVIEWED_NEEDED,
        "heard": percent(rate.heard, ".0f"),
        "unseen": percent(unseen or 0.0, ".0f"),
    }
    return Line(name, rate, _WHY_NOT[rate.undefined] % figures if rate.undefined else "", url)


def _days(request: ProjectRequest, found: Rates) -> list[Line]:
    return [
        _line(
            date_format(at, _("j M")),
            rate,
            "" if found.is_weekly else _predictions(request, day=at.isoformat()),
            found.unseen,
        )
        for at, rate in found.by_time
    ]


def _trend(lines: Sequence[Line]) -> Plot:
    points = [
        Point(
            float(place),
            line.weighted.hajek if line.weighted else None,
            line.rate.low,
            line.rate.high,
            _said(line),
            line.url,
        )
        for place, line in enumerate(lines)
    ]
    return plot(
        points,
        x_range=(0.0, max(1.0, len(lines) - 1.0)),
        x_ticks=spread([line.name for line in lines]),
        top=top_of([line.rate.high for line in lines]),
    )


def _said(line: Line) -> str:
    if line.weighted is None:
        return f"{line.name}: {line.why_not}"
    return _("%(name)s: %(rate)s [%(low)s–%(high)s], %(n)s reviewed") % {
        "name": line.name,
        "rate": percent(line.weighted.hajek),
        "low": localized(100 * (line.rate.low or 0.0), ".1f"),
        "high": localized(100 * (line.rate.high or 0.0), ".1f"),
        "n": localized(line.rate.reviewed),
    }


def _predictions(request: ProjectRequest, **query: str) -> str:
    return f"{reverse('web:predictions', args=[request.project.slug])}?{urlencode(query)}"
