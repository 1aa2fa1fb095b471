"""Selections through the API: send past predictions to a queue at once, watch, see what was sent."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView, created
from queues.api.bodies import Body, read
from queues.api.jobs import JobAnswer
from queues.route.selection import asking
from queues.route.selection.asking import Asked, Result, Wanted


class NewSelection(Wanted, Body):
    """by: coverage (the most different) or relevance (the highest `measure`, unlike each other)."""


class SelectionAnswer(Wanted):
    """state: waiting, running, done, cancelled or failed. result.sent: our numbers of predictions."""

    id: int
    state: str
    asked_by: str | None
    created_at: datetime
    finished_at: datetime | None
    job: JobAnswer | None
    result: Result | None


class SelectionPage(BaseModel):
    items: list[SelectionAnswer]
    next_cursor: str | None


class SelectionsView(ProjectView):
    """All selections, newest first; ask for another, and a worker makes it."""

    permission = {"GET": Permission.READ, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: SelectionPage})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, asking.selections(request.project.pk), order=("-id",))
        return Response(page.body([_answer(asked) for asked in asking.with_jobs(page.rows)]))

    @extend_schema(request=NewSelection, responses={202: SelectionAnswer})
    def post(self, request: ProjectRequest) -> Response:
        asked = asking.ask(request.project.pk, read(request, NewSelection), by=request.actor)
        return created(request, _answer(asked), asked.selection.pk, status=202)


class SelectionView(ProjectView):
    """One selection: how far it is, and what it sent once it is done."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: SelectionAnswer})
    def get(self, request: ProjectRequest, number: int) -> Response:
        return Response(_answer(asking.asked_for(request.project.pk, number)))


class CancelSelectionView(ProjectView):
    """Ask no more: nothing is sent. What was sent already stays."""

    permission = {"POST": Permission.TUNE}
    keeps_answers = False

    @extend_schema(request=None, responses={200: SelectionAnswer})
    def post(self, request: ProjectRequest, number: int) -> Response:
        return Response(_answer(asking.cancel(request.project.pk, number, by=request.actor)))


def _answer(asked: Asked) -> dict[str, Any]:
    selection = asked.selection
    fields = {name: getattr(selection, name) for name in Wanted.model_fields if name != "queue"}
    return SelectionAnswer(
        **fields,
        queue=selection.queue.slug,
        id=selection.pk,
        state=asked.state,
        asked_by=selection.asked_by.name if selection.asked_by else None,
        created_at=selection.created_at,
        finished_at=selection.finished_at,
        job=JobAnswer.of(asked.job),
        result=asked.result,
    ).model_dump(mode="json", by_alias=True)
