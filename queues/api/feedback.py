"""Feedback of end users: send one or many events, list them."""

from functools import partial

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.roles import Permission
from queues import pipeline
from queues.api import feedback_shapes, pagination, parameters
from queues.api.arrived import check_each, read_batch, read_one
from queues.api.base import ProjectRequest, ProjectView
from queues.api.batch_results import Conflict, problem_of, results_of, warnings_of
from queues.api.feedback_shapes import feedback_line
from queues.api.problems import TooMany
from queues.errors import Fault, NotFound
from queues.ingest.actions import user_key
from queues.ingest.feedback.actions import StoredFeedback
from queues.ingest.feedback.record import CheckedFeedback, check_sent
from queues.models import Feedback, FeedbackKind, FeedbackName

_STATUS = {"created": 201, "duplicate": 200, "conflict": 409, "too_many": 429}
_RETRY_SECONDS = 60
_YES_NO = {"true": True, "false": False}


class FeedbackListView(ProjectView):
    """Send one feedback/1 event, or list what arrived, newest first."""

    permission = {"GET": Permission.READ, "POST": Permission.PUSH}
    parameters = pagination.PARAMETERS | {"kind", "name", "is_negative", "prediction", "event_id"}

    @feedback_shapes.read
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, _filtered(request), order=("-id",))
        return Response(page.body([feedback_line(row) for row in page.rows]))

    @feedback_shapes.send_one
    def post(self, request: ProjectRequest) -> Response:
        record = check_sent(read_one(request), user_key=user_key(request.project.pk))
        (stored,) = pipeline.receive_feedback(request.project, [record], by=request.actor)
        if refusal := _refusal(stored):
            raise refusal
        return Response(_result(record, stored), status=_STATUS[stored.status])


class FeedbackBatchView(ProjectView):
    """Send up to 1,000 events; one result for each, whatever the others are."""

    permission = {"POST": Permission.PUSH}

    @feedback_shapes.send_many
    def post(self, request: ProjectRequest) -> Response:
        arrived = read_batch(request)
        checked = check_each(arrived, partial(check_sent, user_key=user_key(request.project.pk)))
        good = [one for one in checked if isinstance(one, CheckedFeedback)]
        stored = pipeline.receive_feedback(request.project, good, by=request.actor) if good else []
        results = results_of(arrived, checked, stored, told=_result, id_field="event_id")
        return Response({"results": results}, status=207)


class FeedbackView(ProjectView):
    """One event, exactly as it was stored."""

    permission = {"GET": Permission.READ}

    @feedback_shapes.read
    def get(self, request: ProjectRequest, number: int) -> Response:
        found = Feedback.objects.filter(project=request.project, pk=number).first()
        if found is None:
            raise NotFound(_("There is no such feedback in this project. Look for it with ?event_id=…."))
        return Response(feedback_line(found))


def _filtered(request: ProjectRequest) -> QuerySet[Feedback]:
    rows = Feedback.objects.filter(project=request.project)
    if kind := parameters.choice(request, "kind", FeedbackKind.values):
        rows = rows.filter(kind=kind)
    if name := parameters.choice(request, "name", FeedbackName.values):
        rows = rows.filter(name=name)
    if negative := parameters.choice(request, "is_negative", _YES_NO):
        rows = rows.filter(is_negative=_YES_NO[negative])
    if (prediction := parameters.whole(request, "prediction", low=1, high=2**63 - 1)) is not None:
        rows = rows.filter(prediction=prediction)
    if (event_id := request.GET.get("event_id")) is not None:
        rows = rows.filter(event_id=event_id)
    return rows


def _result(record: CheckedFeedback, stored: StoredFeedback) -> dict[str, object]:
    told: dict[str, object] = {
        "event_id": record.event_id,
        "status": _STATUS[stored.status],
        "result": stored.status,
        "id": stored.id or None,
        "prediction": stored.prediction,
    }
    if record.altered:
        told["warnings"] = warnings_of(record.altered)
    if refusal := _refusal(stored):
        told["problem"] = problem_of(refusal)
    return told


def _refusal(stored: StoredFeedback) -> Conflict | TooMany | None:
    if stored.status == "conflict":
        message = _(
            "Another event was stored under this id before, and it stays. Send this one under its own."
        )
        return Conflict(message, Fault("/event_id", "event_id.taken", message))
    if stored.status == "too_many":
        message = _("1,000 events wait for this prediction already. Send the prediction first.")
        return TooMany(message, retry_after_seconds=_RETRY_SECONDS)
    return None
