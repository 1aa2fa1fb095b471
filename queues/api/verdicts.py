"""Items and what holds for them: lists to read, and a lead's verdict on a dispute."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues import pipeline
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Text, read
from queues.errors import NotFound
from queues.models import Item, ItemState, Queue, Verdict


class ItemLine(BaseModel):
    """One prediction in a queue."""

    id: int
    queue: int
    prediction: int
    prediction_id: str
    state: str
    priority: int
    due_at: datetime
    reviews_needed: int
    created_at: datetime


class VerdictLine(BaseModel):
    """What holds for an item; basis: one review, agreed, or settled by a lead."""

    id: int
    item: int
    queue: int
    prediction_id: str
    decision: str
    basis: str
    reasons: list[str]
    answers: dict[str, str]
    corrected_text: str | None
    created_at: datetime


class SettleBody(Body):
    """A submission/1 and why it holds."""

    decision: str
    reasons: list[str] = []
    answers: dict[str, str] = {}
    corrected_text: Text | None = None
    note: Text = ""
    why: Text


class ItemsView(ProjectView):
    """The items of one queue, newest first; of all queues when none is named."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS | {"queue", "state"}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        items = Item.objects.filter(queue__in=_queues(request)).select_related("prediction")
        if state := parameters.choice(request, "state", ItemState.values):
            items = items.filter(state=state)
        page = pagination.page(request, items, order=("-id",))
        return Response(page.body([_item(item) for item in page.rows]))


class ItemView(ProjectView):
    """One item."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: ItemLine})
    def get(self, request: ProjectRequest, item_id: int) -> Response:
        found = Item.objects.select_related("prediction").filter(pk=item_id, queue__project=request.project)
        item = found.first()
        if item is None:
            raise NotFound(_("There is no such item in this project."))
        return Response(_item(item))


class SettleView(ProjectView):
    """A lead's verdict on a disputed item."""

    permission = {"POST": Permission.SETTLE}

    @extend_schema(request=SettleBody, responses={201: VerdictLine})
    def post(self, request: ProjectRequest, item_id: int) -> Response:
        body = read(request, SettleBody)
        verdict = pipeline.settle_by_lead(
            item_id,
            project=request.project,
            by=request.actor,
            document=body.model_dump(exclude={"why"}),
            why=body.why,
        )
        return Response(_verdict(verdict), status=201)


class VerdictsView(ProjectView):
    """The standing verdicts of the project, newest first."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS | {"queue"}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        verdicts = Verdict.objects.filter(queue__in=_queues(request), withdrawn_at=None)
        page = pagination.page(request, verdicts.select_related("item__prediction"), order=("-id",))
        return Response(page.body([_verdict(verdict) for verdict in page.rows]))


def _queues(request: ProjectRequest) -> list[int]:
    """The queues that the list is about; few, so that an index per queue answers."""
    queues: QuerySet[Queue] = Queue.objects.filter(project=request.project)
    if (slug := request.GET.get("queue")) is not None:
        queues = queues.filter(slug=slug)
    return list(queues.values_list("pk", flat=True))


def _item(item: Item) -> dict[str, Any]:
    return ItemLine(
        id=item.pk,
        queue=item.queue_id,
        prediction=item.prediction_id,
        prediction_id=item.prediction.prediction_id,
        state=item.state,
        priority=item.priority,
        due_at=item.due_at,
        reviews_needed=item.reviews_needed,
        created_at=item.created_at,
    ).model_dump()


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return VerdictLine(
        id=verdict.pk,
        item=verdict.item_id,
        queue=verdict.queue_id,
        prediction_id=verdict.item.prediction.prediction_id,
        decision=verdict.decision,
        basis=verdict.basis,
        reasons=verdict.reasons,
        answers=verdict.answers,
        corrected_text=verdict.corrected_text,
        created_at=verdict.created_at,
    ).model_dump()
