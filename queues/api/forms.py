"""Forms of queues through the API: read the versions, look at a change, publish the next version."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Text, read
from queues.api.queue_of import queue_of
from queues.errors import Fault, Invalid, NotFound
from queues.models import NO_REASON, FormVersion, Queue
from queues.review import comparability, form_versions
from queues.review import form as forms
from queues.review.comparability import Mappings
from queues.review.form_impact import impact_of

Mapped = Annotated[dict[str, dict[str, str]], Field(max_length=50)]


class FormChange(Body):
    """A form/1 document, to be looked at. mappings: question key → old value → new value."""

    document: dict[str, Any]
    mappings: Mapped = {}


class NewForm(FormChange):
    """The next version of a queue's form (form/1), and why.

    base: the version that the change was begun from (0: none); another is refused with 409 when it is
    not the present one. null: not asked.
    """

    reason: Text = Field(default=NO_REASON, min_length=1, max_length=form_versions.REASON_MAX)
    base: int | None = Field(default=None, ge=0, le=2_147_483_647)


class FormSummary(BaseModel):
    """One immutable version; author null: the system. is_present: it is the queue's form now."""

    id: int
    queue: int
    version: int
    is_present: bool
    reason: str
    author: str | None
    created_at: datetime
    mappings: dict[str, dict[str, str]]


class FormAnswer(FormSummary):
    """One version with its form/1 document."""

    document: dict[str, Any]


class FormPage(BaseModel):
    items: list[FormSummary]
    next_cursor: str | None


class FaultLine(BaseModel):
    """Why a document would be refused, by its JSON pointer."""

    pointer: str
    code: str
    detail: str


class ComparedQuestion(BaseModel):
    """Whether answers to a question stay comparable.

    what: same, worded, mapped, new, removed, or changed, which is refused.
    """

    key: str
    what: str
    comparable: bool
    why: str


class Touched(BaseModel):
    """Open work that a new version touches; each figure counts no further than 1,001.

    waiting: items nobody has begun; begun: items with reviews under the version before and others to
    come; held: leases now, which may still be answered under the version that they show; drafts.
    """

    waiting: int
    begun: int
    held: int
    drafts: int


class FormCheck(BaseModel):
    faults: list[FaultLine]
    questions: list[ComparedQuestion]
    touches: Touched


class FormsView(ProjectView):
    """The versions of a queue's form, newest first; publish the next one.

    A document that is published already answers 200 with its version, and nothing is written.
    """

    permission = {"GET": Permission.ENTER, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: FormPage})
    def get(self, request: ProjectRequest, queue_id: int) -> Response:
        queue = queue_of(request, queue_id)
        page = pagination.page(request, form_versions.versions(queue.pk), order=("-version",))
        return Response(page.body([_summary(form, queue) for form in page.rows]))

    @extend_schema(request=NewForm, responses={200: FormAnswer, 201: FormAnswer})
    def post(self, request: ProjectRequest, queue_id: int) -> Response:
        body, queue = read(request, NewForm), queue_of(request, queue_id)
        before = queue.form_id
        form = published(
            queue,
            body.document,
            request,
            place="/document",
            reason=body.reason,
            mappings=body.mappings,
            base=body.base,
        )
        return Response(_in_full(form, queue), status=200 if form.pk == before else 201)


class FormCheckView(ProjectView):
    """What a change would touch, whether answers stay comparable, and why it would be refused."""

    permission = {"POST": Permission.TUNE}
    keeps_answers = False

    @extend_schema(request=FormChange, responses={200: FormCheck})
    def post(self, request: ProjectRequest, queue_id: int) -> Response:
        body, queue = read(request, FormChange), queue_of(request, queue_id)
        before = forms.of_version(queue.form_id) if queue.form_id else None
        try:
            after = forms.parse(body.document)
            gone = form_versions.retired(queue.pk)
            faults = [*comparability.faults_of(before, after, body.mappings, retired=gone)]
            compared = comparability.compare(before, after, body.mappings, retired=gone)
        except Invalid as error:
            faults, compared = [*error.faults], []
        return Response(
            {
                "faults": [_line(_in_body(fault, "/document")) for fault in faults],
                "questions": [_compared(one) for one in compared],
                "touches": asdict(impact_of(queue)),
            }
        )


class FormView(ProjectView):
    """A version of a form. It never changes: keep it."""

    permission = {"GET": Permission.ENTER}

    @extend_schema(responses={200: FormAnswer})
    def get(self, request: ProjectRequest, form_id: int) -> Response:
        found = FormVersion.objects.select_related("queue", "author")
        form = found.filter(pk=form_id, queue__project=request.project).first()
        if form is None:
            raise NotFound(_("There is no such form in this project."))
        return Response(_in_full(form, form.queue))


class FormSchemaView(ProjectView):
    """JSON Schema of form/1, with every kind of question."""

    permission = {"GET": Permission.ENTER}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        return Response(forms.json_schema())


def published(
    queue: Queue,
    document: Mapping[str, Any],
    request: ProjectRequest,
    *,
    place: str,
    reason: str,
    mappings: Mappings | None = None,
    base: int | None = None,
) -> FormVersion:
    """A new version; faults of the document point into the body that carried it."""
    try:
        return form_versions.new_version(
            queue, document=document, by=request.actor, reason=reason, mappings=mappings, base=base
        )
    except Invalid as error:
        raise Invalid(str(error), [_in_body(fault, place) for fault in error.faults]) from error


def _in_body(fault: Fault, place: str) -> Fault:
    is_beside = fault.pointer.startswith(("/mappings", "/reason"))
    return fault if is_beside else Fault(place + fault.pointer, fault.code, fault.detail)


def _line(fault: Fault) -> dict[str, str]:
    return FaultLine(pointer=fault.pointer, code=fault.code, detail=str(fault.detail)).model_dump()


def _compared(one: comparability.Comparison) -> dict[str, Any]:
    return ComparedQuestion(key=one.key, what=one.what, comparable=one.comparable, why=one.why).model_dump()


def _summary(form: FormVersion, queue: Queue) -> dict[str, Any]:
    return {
        "id": form.pk,
        "queue": form.queue_id,
        "version": form.version,
        "is_present": form.pk == queue.form_id,
        "reason": form.reason,
        "author": form.author.name if form.author else None,
        "created_at": form.created_at,
        "mappings": form.mappings,
    }


def _in_full(form: FormVersion, queue: Queue) -> dict[str, Any]:
    return _summary(form, queue) | {"document": form.document}
