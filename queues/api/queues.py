"""Queues: open one with its first form, and read them."""

from typing import Annotated, Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Identifier, Text, read
from queues.api.forms import published
from queues.assign import queues as assign
from queues.models import Queue

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


class NewQueue(Body):
    """A queue and its first form (form/1)."""

    slug: Slug
    name: Identifier = Field(max_length=120)
    purpose: Text = Field(default="", max_length=2_000)
    lease_seconds: int = Field(default=assign.LEASE_SECONDS, ge=10, le=86_400)
    shows_scores: bool = False
    form: dict[str, Any]


class QueueAnswer(BaseModel):
    """One queue; form: the id of its form's present version."""

    id: int
    slug: str
    name: str
    purpose: str
    lease_seconds: int
    form: int | None


class QueuesView(ProjectView):
    """The queues of the project; open another."""

    permission = {"GET": Permission.ENTER, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, Queue.objects.filter(project=request.project), order=("id",))
        return Response(page.body([_queue(queue) for queue in page.rows]))

    @extend_schema(request=NewQueue, responses={201: QueueAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewQueue)
        with transaction.atomic():
            fields = body.model_dump(exclude={"form"})
            queue = assign.open_queue(project_id=request.project.pk, by=request.actor, **fields)
            published(queue, body.form, request, place="/form", reason=_("The queue was opened."))
        return Response(_queue(queue), status=201)


def _queue(queue: Queue) -> dict[str, Any]:
    return QueueAnswer(
        id=queue.pk,
        slug=queue.slug,
        name=queue.name,
        purpose=queue.purpose,
        lease_seconds=queue.lease_seconds,
        form=queue.form_id,
    ).model_dump()
