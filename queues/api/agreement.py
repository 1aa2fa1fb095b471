"""Agreement for programs: each figure with its interval and n, or the code of why there is none."""

from typing import Any, Literal

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.agree import groups, queries, versions
from queues.agree.asked import DECISION
from queues.agree.histogram import By
from queues.agree.metric import Figure
from queues.agree.patterns import Answer
from queues.agree.queries import QuestionAgreement
from queues.agree.targets import DEFAULT, Target, judged, targets_of
from queues.api import parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.api.queue_of import found as found_queue
from queues.api.queue_of import queue_called
from queues.models import Queue

GROUPED_BY = [one.value for one in By if one is not By.ALL]


class FigureShape(BaseModel):
    """A coefficient over `items` items with two answers or more; 1 is full agreement.

    why: the code of what is missing: no_pairs and one_value (no value); few_units, hinges_on_one, at_an_end
    and perfect (no interval). at_least: of perfect agreement, what is sure with 95 % confidence.
    """

    value: float | None
    low: float | None
    high: float | None
    items: int
    why: str | None
    at_least: float | None


class TargetShape(BaseModel):
    """What the lower end of the interval must reach; both null: a distribution is expected."""

    good: float | None
    tentative: float | None


class ValueShare(BaseModel):
    """How common a value is among the answers to shared items; a set is a list in order."""

    value: Any
    share: float


class UnsureShape(BaseModel):
    """n of n_all answers are "cannot judge" and left out, as they have no place on an ordered scale."""

    n: int
    n_all: int


class QuestionAgreementShape(BaseModel):
    """One question, or "decision". judged: perfect, good, tentative, below, too_little or distribution."""

    question: str
    label: str
    level: str
    metric: str
    figure: FigureShape
    percent: FigureShape
    beside: dict[str, FigureShape]
    shares: list[ValueShare]
    unsure: UnsureShape
    target: TargetShape
    judged: str


class AgreementAnswer(BaseModel):
    """items: shared items with a review; drawn: of these, chosen by chance."""

    queue: str
    items: int
    drawn: int
    is_counting: bool
    questions: list[QuestionAgreementShape]


class GroupShape(BaseModel):
    """One week (its Monday), model version, language, segment, part of the cohort or kind of rule."""

    name: str
    figure: FigureShape
    percent: FigureShape
    judged: str


class GroupsAnswer(BaseModel):
    """more: groups with fewer items that are left out.

    Of reasons and of parts of a cohort ("plan=gold") an item may have several.
    """

    queue: str
    question: str
    metric: str
    by: Literal["week", "model", "locale", "segment", "reason", "cohort"]
    groups: list[GroupShape]
    more: int


class ChangeShape(BaseModel):
    """What the coefficient rose by since the version before, with its 95 % interval."""

    difference: float
    low: float
    high: float


class VersionShape(BaseModel):
    """Agreement under one version of the form; changes: null where one of the two has no interval."""

    version: int
    reason: str
    guideline_changed: bool
    figure: FigureShape
    percent: FigureShape
    change: ChangeShape | None
    percent_change: ChangeShape | None


class VersionsAnswer(BaseModel):
    """Oldest first."""

    queue: str
    question: str
    metric: str
    versions: list[VersionShape]


class AgreementView(ProjectView):
    """How far the people of ?queue= agree, question by question; ?only=drawn: items of chance alone."""

    permission = {"GET": Permission.READ}
    parameters = frozenset({"queue", "only"})

    @extend_schema(responses={200: AgreementAnswer})
    def get(self, request: ProjectRequest) -> Response:
        queue = named_queue(request)
        found, targets = queries.of_queue(queue, drawn_only=_drawn_only(request)), targets_of(queue.pk)
        answer = AgreementAnswer(
            queue=queue.slug,
            items=found.n_items,
            drawn=found.n_drawn,
            is_counting=found.is_counting,
            questions=[_question(one, targets.get(one.key, DEFAULT)) for one in found.questions],
        )
        return Response(answer.model_dump(mode="json"))


class AgreementGroupsView(ProjectView):
    """One ?question= of ?queue= told apart ?by= week, model, locale, segment, reason or cohort."""

    permission = {"GET": Permission.READ}
    parameters = frozenset({"queue", "question", "by", "only"})

    @extend_schema(responses={200: GroupsAnswer})
    def get(self, request: ProjectRequest) -> Response:
        queue, key = named_queue(request), request.GET.get("question", DECISION)
        by = By(parameters.choice(request, "by", GROUPED_BY) or By.WEEK)
        found = groups.grouped(queue, key=key, by=by, drawn_only=_drawn_only(request))
        target = targets_of(queue.pk).get(key, DEFAULT)
        shown = [
            GroupShape(
                name=one.name,
                figure=figure_shape(one.main),
                percent=figure_shape(one.percent),
                judged=judged(one.main, target),
            )
            for one in found.groups
        ]
        answer = {
            "queue": queue.slug,
            "question": key,
            "metric": found.asked.scale.metric,
            "by": by,
            "groups": [one.model_dump(mode="json") for one in shown],
            "more": found.n_more,
        }
        return Response(answer)


class AgreementVersionsView(ProjectView):
    """One ?question= of ?queue= under each version of the form: before and after its guideline changed."""

    permission = {"GET": Permission.READ}
    parameters = frozenset({"queue", "question", "only"})

    @extend_schema(responses={200: VersionsAnswer})
    def get(self, request: ProjectRequest) -> Response:
        queue, key = named_queue(request), request.GET.get("question", DECISION)
        found = versions.by_version(queue, key=key, drawn_only=_drawn_only(request))
        answer = VersionsAnswer(
            queue=queue.slug,
            question=key,
            metric=found.asked.scale.metric,
            versions=[
                VersionShape(
                    version=one.form.version,
                    reason=one.form.reason,
                    guideline_changed=one.guideline_changed,
                    figure=figure_shape(one.main),
                    percent=figure_shape(one.percent),
                    change=_change(one.change),
                    percent_change=_change(one.same_change),
                )
                for one in found.versions
            ],
        )
        return Response(answer.model_dump(mode="json"))


def _change(found: versions.Change | None) -> ChangeShape | None:
    return (
        ChangeShape(difference=found.difference, low=found.low, high=found.high)
        if found is not None
        else None
    )


def figure_shape(figure: Figure) -> FigureShape:
    """A figure as programs read it."""
    return FigureShape(
        value=figure.value,
        low=figure.low,
        high=figure.high,
        items=figure.n_units,
        why=figure.why,
        at_least=figure.at_least,
    )


def _question(one: QuestionAgreement, target: Target) -> QuestionAgreementShape:
    return QuestionAgreementShape(
        question=one.key,
        label=one.label,
        level=one.level,
        metric=one.metric,
        figure=figure_shape(one.main),
        percent=figure_shape(one.percent),
        beside={name: figure_shape(figure) for name, figure in one.beside.items()},
        shares=[ValueShare(value=_value(value), share=share) for value, share in one.shares],
        unsure=UnsureShape(n=one.unsure.n, n_all=one.unsure.n_all),
        target=TargetShape(good=target.good, tentative=target.tentative),
        judged=judged(one.main, target),
    )


def _value(answer: Answer) -> Any:
    if isinstance(answer, frozenset):
        return sorted(answer)
    return list(answer) if isinstance(answer, tuple) else answer


def named_queue(request: ProjectRequest) -> Queue:
    """The queue of ?queue=; without it the first by name, as on the page. The answer says which."""
    slug = request.GET.get("queue")
    if slug is None:
        return found_queue(Queue.objects.filter(project=request.project).order_by("name", "id").first())
    return queue_called(request, slug)


def _drawn_only(request: ProjectRequest) -> bool:
    return parameters.choice(request, "only", ["drawn"]) is not None
