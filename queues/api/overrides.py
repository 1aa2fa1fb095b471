"""Overrides: the cases, and how often each kind came about with what became of it."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.api.queue_of import queue_called
from queues.audit.overrides.cases import TOLD, fates_of
from queues.audit.overrides.counts import Rates, Scope, cells_of, rates_by, rates_of, reasons_of
from queues.audit.overrides.filter_recall import FilterRecall, recall_of_filters
from queues.models import Judgement, OverrideKind
from queues.statistics.proportions import Proportion
from queues.statistics.weighted import WeightedRate


class OverrideLine(BaseModel):
    """One override. before, after: the two decisions.

    became: upheld or reversed by a lead's verdict or a golden answer; holds or replaced: nobody judged again,
    and what stands on the item says the same or not; open: nothing stands on it; withdrawn with its item; or
    taken_back.

    component, category: of a safety filter. person, before_person: ids, and null for who may not settle.
    """

    id: int
    kind: str
    queue: int
    item: int
    prediction_id: str
    before: str
    after: str
    became: str
    component: str
    category: str
    reasons: list[str]
    person: int | None
    before_person: int | None
    at: datetime


class Share(BaseModel):
    """k of n with Wilson's 95 % interval."""

    k: float
    n: float
    rate: float
    low: float
    high: float


class ReasonShare(BaseModel):
    code: str
    share: Share


class OverrideRatesLine(BaseModel):
    """One kind. overridden: of the decisions; upheld: of the overrides judged again; null: of nothing.

    coverage: the share of the overrides that were judged again. reasons: of the overrides that name any.
    """

    kind: str
    decisions: int
    overridden: Share | None
    upheld: Share | None
    coverage: float | None
    reasons: list[ReasonShare]
    other_is_too_frequent: bool


class OverrideRates(BaseModel):
    items: list[OverrideRatesLine]


class Estimate(BaseModel):
    """A weighted share with its 95 % interval (Hájek, Wilson on n_eff); n: how many it rests on."""

    n: int
    n_eff: float
    rate: float
    low: float
    high: float


class FilterLine(BaseModel):
    """One filter over what the random audit drew and it looked at; not by category, which people do not say.

    judged: called a violation or none. violations, flagged: of the judged. recall: of the violations in the
    traffic that it looked at, which share it flags; prevalence: of that traffic, which share is one. Both
    are estimated from the judged ones of the audit, each weighted by how likely it was drawn and judged.
    heard: the share of what it flagged, or of what it let pass, for which judged items speak: the smaller.
    undefined: why there is no recall: only_flags, unheard, no_violation.
    """

    component: str
    audited: int
    judged: int
    violations: int
    flagged: int
    heard: float
    recall: Estimate | None
    prevalence: Estimate | None
    undefined: str | None


class FilterRecallAnswer(BaseModel):
    """undefined: why there is nothing to say of any filter: no_audit, not_asked, none_drawn."""

    audited: int
    judged: int
    violations: int
    undefined: str | None
    items: list[FilterLine]


class OverridesView(ProjectView):
    """The overrides on items that are not under review, newest first; ?kind=, ?queue=slug."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS | {"kind", "queue"}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        rows = Judgement.objects.filter(TOLD, project=request.project, overrides=True)
        rows = rows.select_related("item__prediction", "review")
        if kind := parameters.choice(request, "kind", OverrideKind.values):
            rows = rows.filter(kind=kind)
        if (queue_id := _queue_id(request)) is not None:
            rows = rows.filter(queue=queue_id)
        page = pagination.page(request, rows, order=("-id",))
        fates = fates_of([row.pk for row in page.rows])
        sees_people = Permission.SETTLE in request.permissions
        lines = [_line(row, fates[row.pk], sees_people=sees_people) for row in page.rows]
        return Response(page.body(lines))


class OverrideRatesView(ProjectView):
    """How often each kind was overridden, why, and what became of it, over the newest judgements."""

    permission = {"GET": Permission.READ}
    parameters = frozenset({"queue"})

    @extend_schema(responses={200: OverrideRates})
    def get(self, request: ProjectRequest) -> Response:
        scope = Scope(request.project.pk, _queue_id(request))
        by_kind, reasons = rates_by(cells_of(scope), lambda cell: cell.kind), reasons_of(scope)
        lines = []
        for kind in OverrideKind.values:
            rates: Rates = by_kind.get(kind) or rates_of([])
            why = reasons.get(kind)
            line = OverrideRatesLine(
                kind=kind,
                decisions=rates.decided,
                overridden=share_of(rates.overridden),
                upheld=share_of(rates.upheld),
                coverage=rates.coverage,
                reasons=[
                    ReasonShare(code=code, share=_of(share)) for code, share in (why.codes if why else ())
                ],
                other_is_too_frequent=why is not None and why.is_alarm,
            )
            lines.append(line)
        return Response(OverrideRates(items=lines).model_dump(mode="json"))


class FilterRecallView(ProjectView):
    """Of all violations, which share each filter flags: from the random audit among the newest items."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: FilterRecallAnswer})
    def get(self, request: ProjectRequest) -> Response:
        found = recall_of_filters(request.project.pk)
        answer = FilterRecallAnswer(
            audited=found.audited,
            judged=found.judged,
            violations=found.violations,
            undefined=found.undefined,
            items=[_filter_line(one) for one in found.filters],
        )
        return Response(answer.model_dump(mode="json"))


def _filter_line(found: FilterRecall) -> FilterLine:
    return FilterLine(
        component=found.component,
        audited=found.audited,
        judged=found.judged,
        violations=found.violations,
        flagged=found.flagged,
        heard=found.heard,
        recall=_estimate(found.recall),
        prevalence=_estimate(found.prevalence),
        undefined=found.undefined,
    )


def _estimate(found: WeightedRate | None) -> Estimate | None:
    if found is None:
        return None
    return Estimate(n=found.n, n_eff=found.n_eff, rate=found.hajek, low=found.low, high=found.high)


def _queue_id(request: ProjectRequest) -> int | None:
    slug = request.GET.get("queue")
    if slug is None:
        return None
    return queue_called(request, slug).pk


def _line(row: Judgement, became: str, *, sees_people: bool) -> dict[str, Any]:
    return OverrideLine(
        id=row.pk,
        kind=row.kind,
        queue=row.queue_id,
        item=row.item_id,
        prediction_id=row.item.prediction.prediction_id,
        before=row.before,
        after=row.after,
        became=became,
        component=row.component,
        category=row.category,
        reasons=row.reasons,
        person=row.person_id if sees_people else None,
        before_person=row.before_person_id if sees_people else None,
        at=row.at,
    ).model_dump(mode="json")


def share_of(found: Proportion | None) -> Share | None:
    """A proportion as programs read it; None of nothing."""
    return None if found is None else _of(found)


def _of(found: Proportion) -> Share:
    return Share(k=found.k, n=found.n, rate=found.rate, low=found.low, high=found.high)
