"""Word lists through the API: read the versions, write a new one, put one in force, try one on a text."""

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView, created
from queues.api.bodies import Body, Identifier, Reason, Text, read, within
from queues.errors import Fault, Invalid
from queues.models import Severity, WordList
from queues.score import list_queries, lists
from queues.score.detector import SEVERITY_NAMES
from queues.score.list_document import parse
from queues.score.list_matcher import Matcher, TooSlow


class NewList(Body):
    """A version of the list `name`: a list/1 document, and why it is as it is. activate: at once in force."""

    name: Identifier
    document: dict[str, Any]
    reason: Reason
    activate: bool = False


class ListActivation(Body):
    """Which version to put in force, and why."""

    version: int = Field(ge=1, le=2_147_483_647)
    reason: Reason


class ListEnd(Body):
    """Why the list is switched off."""

    reason: Reason


class ListTrial(Body):
    """A list/1 document that is not stored, and a text to try it on."""

    document: dict[str, Any]
    text: Annotated[Text, Field(max_length=200_000)]


class ListSummary(BaseModel):
    """One version. too_slow_ms: the program switched it off, it took so long; author null: the system."""

    name: str
    version: int
    kind: str
    category: str
    severity: str
    target: str
    locale: str
    is_active: bool
    too_slow_ms: int | None
    reason: str
    author: str | None
    created_at: datetime


class ListAnswer(ListSummary):
    """skipped: entries (the first is 1) that can no longer be used, so that nothing is looked for by them."""

    entries: list[str]
    skipped: list[int]


class ListPage(BaseModel):
    items: list[ListSummary]
    next_cursor: str | None


class ListPlace(BaseModel):
    """Where an entry stands: [start, end) in code points of the text."""

    entry: int
    span: tuple[int, int]
    text: str


class ListTrialAnswer(BaseModel):
    places: list[ListPlace]


class ListsView(ProjectView):
    """All versions of all lists, newest first; a new one is not in force unless it says so."""

    permission = {"GET": Permission.READ, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS | {"name", "state"}

    @extend_schema(responses={200: ListPage})
    def get(self, request: ProjectRequest) -> Response:
        rows = list_queries.versions(request.project.pk).defer("entries")
        if name := request.GET.get("name"):
            rows = rows.filter(name=name)
        if parameters.choice(request, "state", {"active"}):
            rows = rows.filter(is_active=True)
        page = pagination.page(request, rows, order=("-id",))
        return Response(page.body([_summary(row) for row in page.rows]))

    @extend_schema(request=NewList, responses={201: ListAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewList)
        try:
            row = lists.new_version(
                request.project.pk, body.name, document=body.document, by=request.actor, reason=body.reason
            )
        except Invalid as error:
            raise within("/document", error, outside=("/name", "/reason")) from error
        if body.activate:
            row = lists.activate(
                request.project.pk, row.name, row.version, by=request.actor, reason=body.reason
            )
        return created(request, _in_full(row), row.name, row.version)


class ListView(ProjectView):
    """One version with its entries."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: ListAnswer})
    def get(self, request: ProjectRequest, name: str, version: int) -> Response:
        return Response(_in_full(list_queries.version_of(request.project.pk, name, version)))


class ListActivateView(ProjectView):
    """Put one version in force for what arrives from now on."""

    permission = {"POST": Permission.TUNE}

    @extend_schema(request=ListActivation, responses={200: ListAnswer})
    def post(self, request: ProjectRequest, name: str) -> Response:
        body = read(request, ListActivation)
        row = lists.activate(request.project.pk, name, body.version, by=request.actor, reason=body.reason)
        return Response(_in_full(row))


class ListDeactivateView(ProjectView):
    """Switch a list off; what it found stays found."""

    permission = {"POST": Permission.TUNE}

    @extend_schema(request=ListEnd, responses={200: ListAnswer})
    def post(self, request: ProjectRequest, name: str) -> Response:
        body = read(request, ListEnd)
        return Response(
            _in_full(lists.deactivate(request.project.pk, name, by=request.actor, reason=body.reason))
        )


class ListTryView(ProjectView):
    """What a list would find in a text; nothing is stored."""

    permission = {"POST": Permission.TUNE}
    keeps_answers = False

    @extend_schema(request=ListTrial, responses={200: ListTrialAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, ListTrial)
        try:
            parsed = parse(body.document)
        except Invalid as error:
            raise within("/document", error, outside=("/name", "/reason")) from error
        try:
            places = Matcher(parsed.kind, parsed.entries).places(body.text)
        except TooSlow as slow:
            detail = _("It took %(ms)d ms on this text, which would switch it off.") % {
                "ms": slow.milliseconds
            }
            raise Invalid(
                _("This list is too slow."), [Fault("/document/entries", "list.pattern_slow", detail)]
            ) from None
        found = [
            {"entry": place.entry, "span": place.span, "text": body.text[slice(*place.span)]}
            for place in places
        ]
        return Response({"places": found})


def _summary(row: WordList) -> dict[str, Any]:
    return {
        "name": row.name,
        "version": row.version,
        "kind": row.kind,
        "category": row.category,
        "severity": SEVERITY_NAMES[Severity(row.severity)],
        "target": row.target,
        "locale": row.locale,
        "is_active": row.is_active,
        "too_slow_ms": row.too_slow_ms,
        "reason": row.reason,
        "author": row.author.name if row.author else None,
        "created_at": row.created_at,
    }


def _in_full(row: WordList) -> dict[str, Any]:
    return _summary(row) | {"entries": row.entries, "skipped": list_queries.skipped_of(row)}
