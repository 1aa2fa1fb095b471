"""Items and what holds for them: lists to read, and a lead's verdict on a dispute."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, JsonValue
from rest_framework.response import Response

from accounts.roles import Permission
from queues import pipeline
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Text, read
from queues.api.pair_shapes import PairSide, pair_of
from queues.api.queue_of import queue_called
from queues.assign.attached import ATTACHED
from queues.errors import NotFound
from queues.models import Item, ItemState, Queue, Verdict
from queues.review import pair


class ItemLine(BaseModel):
    """One prediction in a queue.

    other: the prediction that it is compared with. pair: which of the two was A and which B, once somebody
    has submitted a comparison, and not to who holds the item. attached: how many predictions say the same;
    it counts no further than 1,001.
    """

    id: int
    queue: int
    prediction: int
    prediction_id: str
    state: str
    priority: int
    due_at: datetime
    reviews_needed: int
    created_at: datetime
    other: int | None
    pair: list[PairSide] | None
    attached: int


class VerdictLine(BaseModel):
    """What holds for an item; basis: one review, agreed, a majority, or settled by a lead.

    reviews: those that stood when it was given. dispute_rule: the version of the queue's rule that it was
    given under, null for the default.
    pair: where two outputs were compared, which was A and which B; the decision is then "approve", and the
    answers say which is better. attached: how many predictions say the same, and share the verdict.
    """

    id: int
    item: int
    queue: int
    prediction_id: str
    decision: str
    basis: str
    reasons: list[str]
    answers: dict[str, JsonValue]
    corrected_text: str | None
    reviews: list[int]
    dispute_rule: int | None
    created_at: datetime
    pair: list[PairSide] | None
    attached: int


class SettleBody(Body):
    """A submission/1 and why it holds; answer: to those who escalated it, else they are told `why`.

    unveiled: the lead has looked at severe content; without it, such an item is neither approved nor
    corrected, unless nothing is hidden from them.
    """

    decision: str
    reasons: list[str] = []
    answers: dict[str, JsonValue] = {}
    corrected_text: Text | None = None
    note: Text = ""
    why: Text
    answer: Text = ""
    unveiled: bool = False


class ItemsView(ProjectView):
    """The items of one queue, newest first; of all queues when none is named."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS | {"queue", "state"}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        items = _items().filter(queue__in=_queues(request))
        if state := parameters.choice(request, "state", set(ItemState.values) - {ItemState.CHECK}):
            items = items.filter(state=state)
        page = pagination.page(request, items, order=("-id",))
        told = pair.told(page.rows, reader_id=request.actor.person_id)
        return Response(page.body([_item(item, told) for item in page.rows]))


class ItemView(ProjectView):
    """One item."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: ItemLine})
    def get(self, request: ProjectRequest, item_id: int) -> Response:
        found = _items().select_related("prediction__payload", "other__payload")
        item = found.filter(pk=item_id, queue__project=request.project).first()
        if item is None:
            raise NotFound(_("There is no such item in this project."))
        told = pair.told([item], reader_id=request.actor.person_id)
        return Response(_item(item, told, with_texts=True))


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
            document=body.model_dump(exclude={"why", "answer", "unveiled"}),
            why=body.why,
            answer=body.answer,
            unveiled=body.unveiled,
        )
        return Response(_verdicts(request, [_with_item().get(pk=verdict.pk)])[0], status=201)


class ReopenBody(Body):
    """Why the verdict is taken back."""

    why: Text


class ReopenView(ProjectView):
    """Take the verdict of a settled item back: it is in dispute again. Releases keep what they have."""

    permission = {"POST": Permission.SETTLE}

    @extend_schema(request=ReopenBody, responses={200: ItemLine})
    def post(self, request: ProjectRequest, item_id: int) -> Response:
        body = read(request, ReopenBody)
        pipeline.reopen_by_lead(item_id, project=request.project, by=request.actor, why=body.why)
        item = _items().get(pk=item_id)
        return Response(_item(item, pair.told([item], reader_id=request.actor.person_id)))


class VerdictsView(ProjectView):
    """The standing verdicts of the project, newest first."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS | {"queue"}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        verdicts = _with_item().filter(queue__in=_queues(request), withdrawn_at=None)
        page = pagination.page(request, verdicts, order=("-id",))
        return Response(page.body(_verdicts(request, page.rows)))


def _queues(request: ProjectRequest) -> list[int]:
    """The queues that the list is about; few, so that an index per queue answers. NotFound of no such."""
    if (slug := request.GET.get("queue")) is not None:
        return [queue_called(request, slug).pk]
    return list(Queue.objects.filter(project=request.project).values_list("pk", flat=True))


def _items() -> QuerySet[Item]:
    items = Item.objects.exclude(state=ItemState.CHECK)  # a person's own, and no work of the queue's
    return items.select_related("prediction", "other").annotate(attached=ATTACHED)


def _with_item() -> QuerySet[Verdict]:
    return Verdict.objects.select_related("dispute_rule").prefetch_related(Prefetch("item", _items()))


def _item(item: Item, told: Collection[int], *, with_texts: bool = False) -> dict[str, Any]:
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
        other=item.other_id,
        pair=pair_of(item, told, with_texts=with_texts),
        attached=item.attached,  # type: ignore[attr-defined]
    ).model_dump()


def _verdicts(request: ProjectRequest, verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    told = pair.told((verdict.item for verdict in verdicts), reader_id=request.actor.person_id)
    return [_verdict(verdict, told) for verdict in verdicts]


def _verdict(verdict: Verdict, told: Collection[int]) -> dict[str, Any]:
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
        reviews=verdict.review_ids,
        dispute_rule=verdict.dispute_rule.version if verdict.dispute_rule else None,
        created_at=verdict.created_at,
        pair=pair_of(verdict.item, told),
        attached=verdict.item.attached,  # type: ignore[attr-defined]
    ).model_dump()
