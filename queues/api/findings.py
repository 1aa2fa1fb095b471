"""The rows of a release in which a guard found one thing, through the API."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.errors import Fault, Malformed
from queues.export import findings, releases
from queues.models import Release


class FoundRowAnswer(BaseModel):
    """One row. detail: what the guard says of it, such as the id of a golden item; never a text.

    is_accepted: whether it was among the rows that somebody accepted for this release; null where such a row
    stops none.
    """

    record_id: str
    prediction_id: str
    environment: str
    detail: str
    is_accepted: bool | None


class FindingsPage(BaseModel):
    """rows: how many there are in all.

    A page may be short, or empty, and still have a next one: it looked through many other findings.
    """

    code: str
    guard: str
    effect: str
    rows: int
    items: list[FoundRowAnswer]
    next_cursor: str | None


class FindingsView(ProjectView):
    """All rows of a release with one finding, `?code=duplicate.near`, in the order of the release.

    `?only=new`: those that stop it and that nobody has accepted.
    """

    permission = {"GET": Permission.PULL}
    parameters = pagination.PARAMETERS | {"code", "only"}

    @extend_schema(responses={200: FindingsPage})
    def get(self, request: ProjectRequest, name: str, version: str) -> Response:
        return _answer(request, releases.release_of(request.project.pk, name, version))


class FindingsOfView(ProjectView):
    """The same by the number of a release: also of one that was stopped, which has no version."""

    permission = {"GET": Permission.PULL}
    parameters = pagination.PARAMETERS | {"code", "only"}

    @extend_schema(responses={200: FindingsPage})
    def get(self, request: ProjectRequest, release_id: int) -> Response:
        return _answer(request, findings.release_told(request.project.pk, release_id))


def _answer(request: ProjectRequest, release: Release) -> Response:
    code = request.GET.get("code")
    if not code:
        fault = Fault("?code", "parameter.missing", _("Name a code of the findings of the release."))
        raise Malformed(_("The query cannot be read. See “errors”."), [fault])
    only = parameters.choice(request, "only", ["new"])
    limit = parameters.whole(request, "limit", low=1, high=pagination.HIGHEST_LIMIT)
    page = findings.rows_of(
        release,
        code,
        after=pagination.position(request) or 0,
        limit=limit or pagination.DEFAULT_LIMIT,
        only_new=only == "new",
    )
    told = release.findings[code]
    answer = FindingsPage(
        code=code,
        guard=told["guard"],
        effect=told["effect"],
        rows=told["rows"],
        items=[
            FoundRowAnswer(
                record_id=row.record_id,
                prediction_id=row.prediction_id,
                environment=row.environment,
                detail=row.detail,
                is_accepted=row.is_accepted,
            )
            for row in page.rows
        ],
        next_cursor=pagination.cursor_at(request, page.go_on),
    )
    return Response(answer.model_dump())
