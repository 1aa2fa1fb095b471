"""Changes of many items through the API: ask for one, watch it, stop it, see what it did, take it back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field, JsonValue
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Identifier, Number, Text, read
from queues.api.jobs import JobAnswer
from queues.api.queue_of import queue_called
from queues.assign.bulk import asking
from queues.assign.bulk.asking import Asked
from queues.errors import Fault, Invalid
from queues.models import BulkChange, ChangedItem, Item, ItemState, Queue

# What the action calls them → what the body does.
_PLACES = {"/item_ids": "/items", "/state": "/filter/state"}


class Filter(Body):
    """All items of the queue in this state; reason: that this rule sent; late: that are overdue."""

    state: str = ItemState.OPEN
    reason: Annotated[Text, Field(max_length=60)] = ""
    late: bool = False


class NewBulkChange(Body):
    """Exactly one of `items` (our numbers, at most 200) and `filter`.

    kind: priority, due, reviews, move or withdraw; amount: the priority to raise to, hours to put off, or
    reviews to add; target: the slug of the queue to move to; why: stands at each item.
    """

    queue: Identifier
    kind: str
    why: Text
    amount: Number | None = None
    target: Identifier | None = None
    items: list[Number] | None = None
    filter: Filter | None = None


class BulkChangeAnswer(BaseModel):
    """state: waiting, running, done, stopped or failed. changed: items so far.

    passed_by: why items were left alone → how many. undo_of, undone_by: numbers of bulk changes. job:
    progress of total items looked at.
    """

    id: int
    queue: str
    kind: str
    amount: int | None
    target: str | None
    why: str
    items: list[int] | None
    filter: Filter | None
    state: str
    changed: int
    passed_by: dict[str, int]
    can_be_undone: bool
    undo_of: int | None
    undone_by: int | None
    asked_by: str
    created_at: datetime
    finished_at: datetime | None
    stopped_at: datetime | None
    job: JobAnswer | None


class BulkChangePage(BaseModel):
    items: list[BulkChangeAnswer]
    next_cursor: str | None


class ChangedItemLine(BaseModel):
    """One item that was changed: what differs, before and after."""

    item: int
    before: dict[str, JsonValue]
    after: dict[str, JsonValue]


class ChangedItemPage(BaseModel):
    items: list[ChangedItemLine]
    next_cursor: str | None


class BulkChangesView(ProjectView):
    """All changes of many items, newest first; ask for another, and a worker makes it."""

    permission = {"GET": Permission.READ, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS | {"queue"}

    @extend_schema(responses={200: BulkChangePage})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, _changes(request), order=("-id",))
        return Response(page.body([_answer(asked) for asked in asking.with_jobs(page.rows)]))

    @extend_schema(request=NewBulkChange, responses={202: BulkChangeAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewBulkChange)
        queue = queue_called(request, body.queue)
        _check_which(body, queue)
        chosen = body.filter or Filter()
        try:
            asked = asking.ask(
                queue,
                kind=body.kind,
                why=body.why,
                by=request.actor,
                amount=body.amount,
                target=Queue.objects.filter(project=request.project, slug=body.target).first(),
                state=chosen.state,
                reason=chosen.reason,
                late=chosen.late,
                item_ids=body.items,
            )
        except Invalid as refusal:
            raise _as_in_the_body(refusal) from refusal
        return _begun(request, asked)


class BulkChangeView(ProjectView):
    """One change of many items: how far it is, or what it did."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: BulkChangeAnswer})
    def get(self, request: ProjectRequest, number: int) -> Response:
        return Response(_answer(asking.asked_for(request.project.pk, number)))


class BulkChangeItemsView(ProjectView):
    """The items that a change has changed, by their numbers."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: ChangedItemPage})
    def get(self, request: ProjectRequest, number: int) -> Response:
        change = asking.asked_for(request.project.pk, number).change
        page = pagination.page(request, ChangedItem.objects.filter(change=change), order=("item_id",))
        lines = [ChangedItemLine(item=row.item_id, before=row.before, after=row.after) for row in page.rows]
        return Response(page.body([line.model_dump() for line in lines]))


class StopBulkChangeView(ProjectView):
    """Go no further. What was changed stays so, and can be undone; what is over stays as it is."""

    permission = {"POST": Permission.TUNE}
    keeps_answers = False

    @extend_schema(request=None, responses={200: BulkChangeAnswer})
    def post(self, request: ProjectRequest, number: int) -> Response:
        return Response(_answer(asking.stop(request.project.pk, number, by=request.actor)))


class UndoBulkChangeView(ProjectView):
    """Take a change back, once; what was changed since stays. The answer is the undo: a change too."""

    permission = {"POST": Permission.TUNE}

    @extend_schema(request=None, responses={202: BulkChangeAnswer})
    def post(self, request: ProjectRequest, number: int) -> Response:
        return _begun(request, asking.undo(request.project.pk, number, by=request.actor))


def _changes(request: ProjectRequest) -> QuerySet[BulkChange]:
    found = asking.changes(request.project.pk)
    slug = request.GET.get("queue")
    return found if slug is None else found.filter(queue=queue_called(request, slug))


def _check_which(body: NewBulkChange, queue: Queue) -> None:
    """Which items is said once, and each that is named is there: a program would not see what is left out."""
    if (body.items is None) == (body.filter is None):
        detail = "Give either items or a filter."
        raise Invalid("Nothing was changed: say of which items.", [Fault("", "bulk.which", detail)])
    named = (body.items or [])[: asking.CHOSEN_MOST]
    there = set(Item.objects.filter(queue=queue, pk__in=named).values_list("pk", flat=True))
    if faults := list(_absent(named, there)):
        raise Invalid("Nothing was changed: see the marked places.", faults)


def _absent(named: Sequence[int], there: set[int]) -> list[Fault]:
    detail = "There is no such item in this queue."
    return [Fault(f"/items/{at}", "bulk.item", detail) for at, id_ in enumerate(named) if id_ not in there]


def _as_in_the_body(refusal: Invalid) -> Invalid:
    faults = [
        Fault(_PLACES.get(fault.pointer, fault.pointer), fault.code, fault.detail) for fault in refusal.faults
    ]
    return Invalid(str(refusal), faults)


def _begun(request: ProjectRequest, asked: Asked) -> Response:
    location = f"/api/v1/projects/{request.project.slug}/bulk-changes/{asked.change.pk}"
    return Response(_answer(asked), status=202, headers={"Location": location})


def _answer(asked: Asked) -> dict[str, Any]:
    change = asked.change
    is_by_filter = change.item_ids is None and change.undo_of_id is None
    undone_by = getattr(change, "undone_by", None)
    return BulkChangeAnswer(
        id=change.pk,
        queue=change.queue.slug,
        kind=change.kind,
        amount=change.amount,
        target=change.target.slug if change.target else None,
        why=change.why,
        items=change.item_ids,
        filter=Filter(state=change.state, reason=change.reason, late=change.late) if is_by_filter else None,
        state=asked.state,
        changed=change.changed,
        passed_by=change.passed_by,
        can_be_undone=asked.can_be_undone,
        undo_of=change.undo_of_id,
        undone_by=undone_by.pk if undone_by else None,
        asked_by=change.asked_by.name,
        created_at=change.created_at,
        finished_at=change.finished_at,
        stopped_at=change.stopped_at,
        job=JobAnswer.of(asked.job),
    ).model_dump(mode="json")
