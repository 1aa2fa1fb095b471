"""Figures about the people of a queue, for leads; each look is in the audit log, as on the page."""

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import parameters
from queues.api.agreement import FigureShape, figure_shape, named_queue
from queues.api.base import ProjectRequest, ProjectView
from queues.api.overrides import Share, share_of
from queues.audit.people import queries as people
from queues.audit.people.figures import Follows
from queues.audit.people.goals import NearGoal
from queues.audit.people.queries import PersonFigures
from queues.curate.checks.figures import missed_in
from queues.statistics.quantiles import Quantile


class SecondsShape(BaseModel):
    """A quantile of the seconds from opening to sending; low, high: null where there are too few."""

    value: float
    low: float | None
    high: float | None
    n: int


class SlopeShape(BaseModel):
    """How overrides rise with the calibrated probability of an error: 1 as it says, 0 not at all.

    value: null below 50 decisions, or where the evidence is the same for all; low, high: null where nothing
    varies. decisions: on outputs of which a calibrated measure speaks.
    """

    value: float | None
    low: float | None
    high: float | None
    decisions: int


class NearGoalShape(BaseModel):
    """Approvals in the last fifth before the goal of the day, before that, and the difference of the two."""

    near: Share
    before: Share
    rise: float
    low: float
    high: float


class PersonShape(BaseModel):
    """One member. agreement: of their decisions with the others', null: nothing shared.

    steady: the same decision when the same came again; overruled: leads decided otherwise, of what they
    judged; copied: corrections that nearly repeat the model. near_goal: null where no goal was ever near.
    habits: what sets them apart from the others on this page: fast, run, copied, reason, overruled, checks,
    evidence, goal; one alone proves nothing.
    """

    person: int
    name: str
    reviews: int
    agreement: FigureShape | None
    median_seconds: SecondsShape | None
    p90_seconds: SecondsShape | None
    steady: Share | None
    overruled: Share | None
    copied: Share | None
    approved: Share | None
    evidence: SlopeShape
    near_goal: NearGoalShape | None
    habits: list[str]


class PeopleAnswer(BaseModel):
    """next_page: null at the end."""

    queue: str
    items: list[PersonShape]
    next_page: int | None


class PeopleFiguresView(ProjectView):
    """The members by name with what they did in ?queue=; ?page=0 is the first. For leads."""

    permission = {"GET": Permission.SETTLE}
    parameters = frozenset({"queue", "page"})

    @extend_schema(responses={200: PeopleAnswer})
    def get(self, request: ProjectRequest) -> Response:
        queue = named_queue(request)
        page = parameters.whole(request, "page", low=0, high=10_000) or 0
        found = people.figures_of_people(queue, page=page, checks=missed_in(queue.pk))
        people.note_reading(request.project.pk, by=request.actor, queue=queue)
        answer = PeopleAnswer(
            queue=queue.slug,
            items=[_shape(one) for one in found.people],
            next_page=page + 1 if found.has_more else None,
        )
        return Response(answer.model_dump(mode="json"))


def _shape(one: PersonFigures) -> PersonShape:
    return PersonShape(
        person=one.person.pk,
        name=one.person.name,
        reviews=one.work.n,
        agreement=figure_shape(one.agreement) if one.agreement else None,
        median_seconds=_seconds(one.work.median),
        p90_seconds=_seconds(one.work.p90),
        steady=share_of(one.work.steady),
        overruled=share_of(one.work.overruled),
        copied=share_of(one.work.copied),
        approved=share_of(one.work.approved),
        evidence=_slope(one.work.follows),
        near_goal=_near_goal(one.work.near_goal),
        habits=[habit.value for habit in one.habits],
    )


def _slope(follows: Follows) -> SlopeShape:
    found = follows.slope
    ends = (found.value, found.low, found.high) if found else (None, None, None)
    return SlopeShape(value=ends[0], low=ends[1], high=ends[2], decisions=follows.n)


def _near_goal(found: NearGoal | None) -> NearGoalShape | None:
    near, before = (share_of(found.near), share_of(found.before)) if found else (None, None)
    if found is None or near is None or before is None:
        return None
    rise = found.rise
    return NearGoalShape(near=near, before=before, rise=rise.difference, low=rise.low, high=rise.high)


def _seconds(found: Quantile | None) -> SecondsShape | None:
    return SecondsShape(value=found.value, low=found.low, high=found.high, n=found.n) if found else None
