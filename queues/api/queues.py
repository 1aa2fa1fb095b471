"""Queues and their settings: open one with its first form, read, change and close it."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import ConfigDict, Field, model_validator
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Identifier, Text, read
from queues.api.forms import published
from queues.api.preconditions import check_if_match, etag_of
from queues.api.queue_of import queue_called
from queues.assign import queues as assign
from queues.assign.settings import LEASE_BOUNDS, NAME_LONGEST, PURPOSE_LONGEST, SETTINGS
from queues.models import BOUNDS, Queue, SpreadBy, WorkOrder

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
_OF_CHECKS = {"check_rate", "tells_checks"}


def _number(name: str, default: Any) -> Any:
    low, high = {**BOUNDS, "lease_seconds": LEASE_BOUNDS}[name]
    return Field(default=default, ge=low, le=high)


class QueueSettings(Body):
    """The settings of a queue; what they do stands in the glossary under "queue"."""

    name: Identifier = Field(max_length=NAME_LONGEST)
    purpose: Text = Field(default="", max_length=PURPOSE_LONGEST)
    reviews_per_item: int = _number("reviews_per_item", 1)
    overlap_rate: float = _number("overlap_rate", 0.0)
    overlap_extra: int = _number("overlap_extra", 1)
    blind_rate: float = _number("blind_rate", 0.0)
    check_rate: float = _number("check_rate", 0.0)
    tells_checks: bool = False
    training_checks: int = _number("training_checks", 0)
    qualifying_checks: int = _number("qualifying_checks", 0)
    qualifying_share: float = _number("qualifying_share", 0.8)
    due_hours: float | None = _number("due_hours", None)
    lease_seconds: int = _number("lease_seconds", assign.LEASE_SECONDS)
    order: WorkOrder = Field(default=WorkOrder.PRIORITY_DUE, strict=False)
    spread_by: SpreadBy = Field(default=SpreadBy.RULE, strict=False)
    languages: list[str] = Field(default=[], max_length=20)
    skills: list[str] = Field(default=[], max_length=20)
    max_held: int = _number("max_held", 3)
    shows_scores: bool = False
    session_goal: int | None = _number("session_goal", None)
    break_after: int | None = _number("break_after", 10)


class NewQueue(QueueSettings):
    """A queue and its first form (form/1)."""

    slug: Slug
    form: dict[str, Any]


class QueueChanges(QueueSettings):
    """Some of the settings; what is absent stays. archived: close an empty queue, or open it again."""

    name: Identifier = Field(default="-", max_length=NAME_LONGEST)
    archived: bool | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one setting")
        return self

    @property
    def settings(self) -> dict[str, Any]:
        """Only what was named."""
        return self.model_dump(include=self.model_fields_set - {"archived"})


class QueueAnswer(QueueSettings):
    """One queue; form: the id of its form's present version; version: of its settings.

    check_rate and tells_checks only for who may read the project.
    """

    model_config = ConfigDict(strict=False, frozen=True, extra="forbid")

    id: int
    slug: str
    name: str
    version: int
    archived: bool
    form: int | None


class QueuesView(ProjectView):
    """The queues of the project; open another."""

    permission = {"GET": Permission.ENTER, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, Queue.objects.filter(project=request.project), order=("id",))
        return Response(page.body([_queue(queue, request) for queue in page.rows]))

    @extend_schema(request=NewQueue, responses={201: QueueAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewQueue)
        with transaction.atomic():
            fields = body.model_dump(exclude={"form"})
            queue = assign.open_queue(project_id=request.project.pk, by=request.actor, **fields)
            published(queue, body.form, request, place="/form", reason=_("The queue was opened."))
        return Response(_queue(queue, request), status=201)


class QueueView(ProjectView):
    """One queue: its settings, with an ETag; change them with that ETag as If-Match."""

    permission = {"GET": Permission.ENTER, "PATCH": Permission.TUNE}

    @extend_schema(responses={200: QueueAnswer})
    def get(self, request: ProjectRequest, queue_slug: str) -> Response:
        return _answer(queue_called(request, queue_slug), request)

    @extend_schema(request=QueueChanges, responses={200: QueueAnswer})
    def patch(self, request: ProjectRequest, queue_slug: str) -> Response:
        body = read(request, QueueChanges)
        queue = queue_called(request, queue_slug)
        check_if_match(request, _etag(queue))
        where: Mapping[str, Any] = {"project_id": request.project.pk, "by": request.actor}
        with transaction.atomic():
            if body.archived is False:
                queue = assign.restore(queue.pk, **where)
            if body.settings:
                queue = assign.change_settings(queue.pk, version=queue.version, **where, **body.settings)
            if body.archived:
                queue = assign.archive(queue.pk, **where)
        return _answer(queue, request)


def _answer(queue: Queue, request: ProjectRequest) -> Response:
    return Response(_queue(queue, request), headers={"ETag": _etag(queue)})


def _etag(queue: Queue) -> str:
    return etag_of("queue", queue.pk, queue.version, queue.archived_at)


def _queue(queue: Queue, request: ProjectRequest) -> dict[str, Any]:
    answer = QueueAnswer(
        id=queue.pk,
        slug=queue.slug,
        version=queue.version,
        archived=queue.archived_at is not None,
        form=queue.form_id,
        **{name: getattr(queue, name) for name in SETTINGS},
    )
    # How many of what they are given are checks, the ones who are checked need not know.
    return answer.model_dump(exclude=None if Permission.READ in request.permissions else _OF_CHECKS)
