"""What share of all traffic is bad, for programs."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.models import Queue
from queues.monitor import rates as monitor
from queues.monitor.rates import Rate

LONGEST_DAYS = 365


class RateAnswer(BaseModel):
    """rate: of all predictions, with its 95 % interval; null when `undefined` says why.

    heard: the share of the traffic for which reviews speak. of_reviewed: says nothing about all
    traffic. method: stratified where there are just two strata, or
    hajek. undefined: too_few, unheard, unseen.
    """

    reviewed: int
    of_reviewed: float | None
    rate: float | None
    low: float | None
    high: float | None
    n_eff: float | None
    method: str | None
    heard: float
    undefined: str | None


class VersionRate(RateAnswer):
    model_version: str


class PeriodRate(RateAnswer):
    """since: the day, or the Monday of the week."""

    since: date


class ResponseCell(BaseModel):
    """What these rules sent to this queue, and the part of it with a verdict."""

    queue: str
    rules: list[str]
    picked: int
    reviewed: int
    response_share: float
    bad: int


class RatesAnswer(BaseModel):
    """is_cut: only the newest 10,000 items since then were counted.

    unseen: the share of the newest predictions that nothing could pick (pi = 0); no rate speaks of them.
    """

    since: datetime
    is_cut: bool
    period: str
    overall: RateAnswer
    by_model_version: list[VersionRate]
    by_period: list[PeriodRate]
    responses: list[ResponseCell]
    unseen: float | None


class RatesView(ProjectView):
    """The share of all traffic that is bad, over what arrived in the last `days` (30) days."""

    permission = Permission.READ
    parameters = frozenset({"days", "model_version"})
    http_method_names = ["get", "head"]

    @extend_schema(responses={200: RatesAnswer})
    def get(self, request: ProjectRequest) -> Response:
        found = monitor.rates(
            request.project.pk,
            now=timezone.now(),
            days=parameters.whole(request, "days", low=1, high=LONGEST_DAYS) or 30,
            model_version=request.GET.get("model_version", ""),
        )
        slugs = dict(Queue.objects.filter(project=request.project).values_list("pk", "slug"))
        body = {
            "since": found.since,
            "is_cut": found.is_cut,
            "period": "week" if found.is_weekly else "day",
            "overall": _rate(found.overall),
            "by_model_version": [{"model_version": name, **_rate(rate)} for name, rate in found.by_version],
            "by_period": [{"since": at, **_rate(rate)} for at, rate in found.by_time],
            "responses": [_cell(cell, slugs) for cell in found.responses],
            "unseen": found.unseen,
        }
        return Response(body)


def _rate(rate: Rate) -> dict[str, Any]:
    weighted = rate.weighted
    return {
        "reviewed": rate.reviewed,
        "of_reviewed": weighted and weighted.naive,
        "rate": weighted and weighted.hajek,
        "low": rate.low,
        "high": rate.high,
        "n_eff": weighted and weighted.n_eff,
        "method": weighted and ("stratified" if rate.stratified else "hajek"),
        "heard": rate.heard,
        "undefined": rate.undefined,
    }


def _cell(cell: monitor.Response, slugs: dict[int, str]) -> dict[str, Any]:
    return {
        "queue": slugs[cell.queue_id],
        "rules": list(cell.rules),
        "picked": cell.share.n,
        "reviewed": cell.share.k,
        "response_share": cell.share.rate,
        "bad": cell.bad,
    }
