"""Golden items through the API: list, add, import, edit as a new version, retire, restore, take out."""

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import golden_shapes, pagination, parameters
from queues.api.arrived import check_each, read_batch, read_one
from queues.api.base import ProjectRequest, ProjectView, place_below
from queues.api.batch_results import Conflict, problem_of, results_of, warnings_of
from queues.api.bodies import Body, Reason, read
from queues.api.downloads import JSON_LINES
from queues.api.golden_shapes import full_golden, golden_line
from queues.api.preconditions import check_if_match, etag_of
from queues.curate.golden import actions, queries
from queues.curate.golden.actions import StoredGolden
from queues.curate.golden.importing import REFUSED
from queues.curate.golden.record import CheckedGolden, check_sent
from queues.errors import Fault, Invalid, WrongState
from queues.ingest.jsontext import Sent
from queues.models import Golden, GoldenVersion

_STATUS = {"created": 201, "updated": 201, "duplicate": 200, "conflict": 409, "retired": 409}
_STATES = {"current", "retired"}


class GoldenReason(Body):
    """Why an item is retired or restored."""

    reason: Reason


class GoldenListView(ProjectView):
    """The current version of each item, the last changed first; to add one, send golden/1 and a reason."""

    permission = {"GET": Permission.READ, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS | {"state", "golden_id", "tag", "locale"}

    @golden_shapes.read
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, _filtered(request), order=("-id",))
        return Response(page.body([golden_line(row) for row in page.rows]))

    @golden_shapes.add
    def post(self, request: ProjectRequest) -> Response:
        record, reason = _record_and_reason(request)
        (stored,) = actions.store(request.project.pk, [record], by=request.actor, reason=reason)
        _refuse(stored)
        location = place_below(request, stored.id)
        return _answer(request, stored.id, status=_STATUS[stored.status], location=location)


class GoldenBatchView(ProjectView):
    """Up to 1,000 golden/1 records; one result for each. `as_new_version=true` edits those that are there."""

    permission = {"POST": Permission.TUNE}
    post_parameters = frozenset({"as_new_version", "reason"})

    @golden_shapes.send_many
    def post(self, request: ProjectRequest) -> Response:
        reason = request.GET.get("reason") or _("imported through the API")
        is_edit = parameters.choice(request, "as_new_version", {"true", "false"}) == "true"
        actions.check_reason(reason)
        arrived = read_batch(request)
        checked = check_each(arrived, check_sent)
        good = [one for one in checked if isinstance(one, CheckedGolden)]
        stored = actions.store(
            request.project.pk, good, by=request.actor, reason=reason, as_new_version=is_edit
        )
        results = results_of(arrived, checked, stored, told=_result, id_field="golden_id")
        return Response({"results": results}, status=207)


class GoldenExportView(ProjectView):
    """The items in use as golden/1 JSON lines, streamed."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={(200, JSON_LINES): OpenApiTypes.BINARY})
    def get(self, request: ProjectRequest) -> HttpResponseBase:
        if request.method == "HEAD":
            return HttpResponse(content_type=JSON_LINES)
        return StreamingHttpResponse(queries.lines(request.project.pk), content_type=JSON_LINES)


class GoldenView(ProjectView):
    """One item with its versions. Who edits it must have seen the present one (If-Match)."""

    permission = {"GET": Permission.READ, "PUT": Permission.TUNE}

    @golden_shapes.read
    def get(self, request: ProjectRequest, number: int) -> Response:
        return _answer(request, number)

    @golden_shapes.edit
    def put(self, request: ProjectRequest, number: int) -> Response:
        record, reason = _record_and_reason(request)
        with transaction.atomic():
            golden = queries.golden(request.project.pk, number, is_locked=True)
            check_if_match(request, _etag(golden))
            if record.golden_id != golden.golden_id:
                detail = _("The id of an item stays. Send a new item for another id.")
                raise Invalid(detail, [Fault("/golden_id", "golden_id.changed", detail)])
            (stored,) = actions.store(
                request.project.pk, [record], by=request.actor, reason=reason, as_new_version=True
            )
            _refuse(stored)
        return _answer(request, number)


class GoldenRetireView(ProjectView):
    """Hold nothing against the item any more."""

    permission = {"POST": Permission.TUNE}

    @golden_shapes.give_reason
    def post(self, request: ProjectRequest, number: int) -> Response:
        body = read(request, GoldenReason)
        actions.retire(number, project_id=request.project.pk, by=request.actor, reason=body.reason)
        return _answer(request, number)


class GoldenRestoreView(ProjectView):
    """Use a retired item again."""

    permission = {"POST": Permission.TUNE}

    @golden_shapes.give_reason
    def post(self, request: ProjectRequest, number: int) -> Response:
        body = read(request, GoldenReason)
        actions.restore(number, project_id=request.project.pk, by=request.actor, reason=body.reason)
        return _answer(request, number)


def _filtered(request: ProjectRequest) -> QuerySet[GoldenVersion]:
    rows = queries.current_of(request.project.pk)
    if state := parameters.choice(request, "state", _STATES):
        rows = rows.filter(golden__retired_at__isnull=state == "current")
    if (golden_id := request.GET.get("golden_id")) is not None:
        rows = rows.filter(golden__golden_id=golden_id)
    if (tag := request.GET.get("tag")) is not None:
        rows = rows.filter(tags__contains=[tag])
    if (locale := request.GET.get("locale")) is not None:
        rows = rows.filter(locale=locale)
    return rows


def _record_and_reason(request: ProjectRequest) -> tuple[CheckedGolden, str]:
    """The body is a golden/1 record with a reason beside it."""
    sent = read_one(request)
    if not isinstance(sent.value, dict):
        return check_sent(sent), ""
    reason = sent.value.get("reason")
    record = {key: value for key, value in sent.value.items() if key != "reason"}
    checked = check_sent(Sent(record))
    actions.check_reason(reason if isinstance(reason, str) else "")
    return checked, str(reason)


def _answer(
    request: ProjectRequest, number: int, *, status: int = 200, location: str | None = None
) -> Response:
    golden = queries.golden(request.project.pk, number)
    headers = {"ETag": _etag(golden)} | ({"Location": location} if location else {})
    shape = full_golden(golden, queries.versions_of(golden), queries.matched(golden))
    return Response(shape, status=status, headers=headers)


def _etag(golden: Golden) -> str:
    return etag_of("golden", golden.pk, queries.current_version(golden).pk, golden.retired_at)


def _refuse(stored: StoredGolden) -> None:
    if (refusal := _refusal(stored)) is not None:
        raise refusal


def _refusal(stored: StoredGolden) -> Conflict | WrongState | None:
    fault = REFUSED.get(stored.status)
    if fault is None:
        return None
    return Conflict(fault.detail, fault) if stored.status == "conflict" else WrongState(fault.detail)


def _result(record: CheckedGolden, stored: StoredGolden) -> dict[str, object]:
    told: dict[str, object] = {
        "golden_id": record.golden_id,
        "status": _STATUS[stored.status],
        "result": stored.status,
        "id": stored.id,
        "version": stored.version,
    }
    if record.altered:
        told["warnings"] = warnings_of(record.altered)
    if refusal := _refusal(stored):
        told["problem"] = problem_of(refusal)
    return told
