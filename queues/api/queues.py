"""Queues and their forms, to read: what a review front end of one's own needs to draw them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.errors import NotFound
from queues.models import FormVersion, Queue

from . import pagination
from .base import ProjectRequest, ProjectView


class QueueAnswer(BaseModel):
    """One queue; form: the id of its form's present version."""

    id: int
    slug: str
    name: str
    purpose: str
    lease_seconds: int
    form: int | None


class FormAnswer(BaseModel):
    """One immutable version of a queue's form, as form/1."""

    id: int
    queue: int
    version: int
    document: dict[str, Any]


class QueuesView(ProjectView):
    """The queues of the project."""

    permission = {"GET": Permission.REVIEW}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, Queue.objects.filter(project=request.project), order=("id",))
        return Response(page.body([_queue(queue) for queue in page.rows]))


class FormView(ProjectView):
    """A version of a form. It never changes: keep it."""

    permission = {"GET": Permission.REVIEW}

    @extend_schema(responses={200: FormAnswer})
    def get(self, request: ProjectRequest, form_id: int) -> Response:
        form = FormVersion.objects.filter(pk=form_id, queue__project=request.project).first()
        if form is None:
            raise NotFound("There is no such form in this project.")
        answer = FormAnswer(id=form.pk, queue=form.queue_id, version=form.version, document=form.document)
        return Response(answer.model_dump())


def _queue(queue: Queue) -> dict[str, Any]:
    return QueueAnswer(
        id=queue.pk,
        slug=queue.slug,
        name=queue.name,
        purpose=queue.purpose,
        lease_seconds=queue.lease_seconds,
        form=queue.form_id,
    ).model_dump()
