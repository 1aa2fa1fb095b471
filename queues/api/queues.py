"""Queues and their forms: open a queue, give it a form, read both."""

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
from queues.assign import queues as assign
from queues.errors import Fault, Invalid, NotFound
from queues.models import FormVersion, Queue
from queues.review import form_versions

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


class NewQueue(Body):
    """A queue and its first form (form/1)."""

    slug: Slug
    name: Identifier = Field(max_length=120)
    purpose: Text = Field(default="", max_length=2_000)
    lease_seconds: int = Field(default=assign.LEASE_SECONDS, ge=10, le=86_400)
    shows_scores: bool = False
    form: dict[str, Any]


class NewForm(Body):
    """The next version of a queue's form (form/1)."""

    document: dict[str, Any]


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
            _publish(queue, body.form, request, "/form")
        return Response(_queue(queue), status=201)


class FormsView(ProjectView):
    """Give a queue a new version of its form."""

    permission = {"POST": Permission.TUNE}

    @extend_schema(request=NewForm, responses={201: FormAnswer})
    def post(self, request: ProjectRequest, queue_id: int) -> Response:
        body = read(request, NewForm)
        queue = Queue.objects.filter(pk=queue_id, project=request.project).first()
        if queue is None:
            raise NotFound(_("There is no such queue in this project."))
        return Response(_form(_publish(queue, body.document, request, "/document")), status=201)


class FormView(ProjectView):
    """A version of a form. It never changes: keep it."""

    permission = {"GET": Permission.ENTER}

    @extend_schema(responses={200: FormAnswer})
    def get(self, request: ProjectRequest, form_id: int) -> Response:
        form = FormVersion.objects.filter(pk=form_id, queue__project=request.project).first()
        if form is None:
            raise NotFound(_("There is no such form in this project."))
        return Response(_form(form))


def _publish(queue: Queue, document: dict[str, Any], request: ProjectRequest, place: str) -> FormVersion:
    """A new version; faults of the document point into the body that carried it."""
    try:
        return form_versions.new_version(queue, document=document, by=request.actor)
    except Invalid as error:
        faults = [Fault(place + fault.pointer, fault.code, fault.detail) for fault in error.faults]
        raise Invalid(str(error), faults) from error


def _queue(queue: Queue) -> dict[str, Any]:
    return QueueAnswer(
        id=queue.pk,
        slug=queue.slug,
        name=queue.name,
        purpose=queue.purpose,
        lease_seconds=queue.lease_seconds,
        form=queue.form_id,
    ).model_dump()


def _form(form: FormVersion) -> dict[str, Any]:
    return FormAnswer(
        id=form.pk, queue=form.queue_id, version=form.version, document=form.document
    ).model_dump()
