"""Predictions: send one or many, list them, read one with all that became of it."""

from functools import partial

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.roles import Permission
from queues import pipeline
from queues.api import pagination, parameters, prediction_schema, prediction_search
from queues.api.arrived import check_each, read_batch, read_one
from queues.api.base import ProjectRequest, ProjectView
from queues.api.batch_results import results_of
from queues.api.prediction_results import STATUS, conflict, result
from queues.api.prediction_search import SEARCH_PARAMETERS, found
from queues.api.prediction_shapes import full_prediction, prediction_line, story_shape
from queues.audit.story import Story, story_of
from queues.errors import Invalid, NotFound
from queues.ingest import dialects as _shipped  # noqa: F401 - importing it registers the dialects
from queues.ingest.actions import user_key
from queues.ingest.dialect import convert, convert_each, dialects
from queues.ingest.record import CheckedRecord, check_sent
from queues.ingest.subject_values import admitted
from queues.models import Prediction, PredictionState

_FILTERS = {
    "state": "state",
    "environment": "environment",
    "model_version": "model_version",
    "prediction_id": "prediction_id",
}


class PredictionsView(ProjectView):
    """Send one prediction/1 record, or list what arrived, newest first.

    With `text` the list is what was found, by words (mode=text) or by vectors (mode=meaning).
    """

    permission = {"GET": Permission.READ, "POST": Permission.PUSH}
    parameters = pagination.PARAMETERS | {*_FILTERS, "received_after", "received_before", *SEARCH_PARAMETERS}
    post_parameters = frozenset({"dialect"})

    @prediction_schema.read
    def get(self, request: ProjectRequest) -> Response:
        if "text" in request.GET:
            return found(request)
        prediction_search.refuse_without_search(request)
        page = pagination.page(request, _filtered(request), order=("-id",))
        return Response(page.body([prediction_line(row) for row in page.rows]))

    @prediction_schema.send_one
    def post(self, request: ProjectRequest) -> Response:
        sent, dialect = read_one(request), _dialect(request)
        sent = convert(sent, dialect) if dialect else sent
        record = check_sent(sent, user_key=user_key(request.project.pk))
        (refused,) = admitted(request.project.pk, [record])
        if isinstance(refused, Invalid):
            raise refused
        stored = pipeline.receive(request.project, [record], by=request.actor)[0]
        if stored.status == "conflict":
            raise conflict()
        return Response(result(record, stored), status=STATUS[stored.status])


class PredictionBatchView(ProjectView):
    """Send up to 1,000 records; one result for each, whatever the others are."""

    permission = {"POST": Permission.PUSH}
    post_parameters = frozenset({"dialect"})

    @prediction_schema.send_many
    def post(self, request: ProjectRequest) -> Response:
        arrived, dialect = read_batch(request), _dialect(request)
        arrived = convert_each(arrived, dialect) if dialect else arrived
        checked = check_each(arrived, partial(check_sent, user_key=user_key(request.project.pk)))
        checked = admitted(request.project.pk, checked)
        good = [one for one in checked if isinstance(one, CheckedRecord)]
        stored = pipeline.receive(request.project, good, by=request.actor) if good else []
        results = results_of(arrived, checked, stored, told=result, id_field="prediction_id")
        return Response({"results": results}, status=207)


class PredictionView(ProjectView):
    """One prediction: its record exactly as it was stored, its scores, flags and routing."""

    permission = {"GET": Permission.READ}

    @prediction_schema.read
    def get(self, request: ProjectRequest, number: int) -> Response:
        return Response(full_prediction(_story(request, number)))


class PredictionStoryView(ProjectView):
    """What became of one prediction, in order."""

    permission = {"GET": Permission.READ}

    @prediction_schema.read
    def get(self, request: ProjectRequest, number: int) -> Response:
        return Response(story_shape(_story(request, number)))


def _dialect(request: ProjectRequest) -> str | None:
    """The tool in whose words the records are; None: in ours."""
    return parameters.choice(request, "dialect", [name for name, _mapper in dialects])


def _filtered(request: ProjectRequest) -> QuerySet[Prediction]:
    """The project's predictions as the query narrows them; names come from the allow-list only."""
    parameters.choice(request, "state", PredictionState.values)
    rows = Prediction.objects.filter(project=request.project)
    for name, field in _FILTERS.items():
        if (wanted := request.GET.get(name)) is not None:
            rows = rows.filter(**{field: wanted})
    if after := parameters.moment(request, "received_after"):
        rows = rows.filter(received_at__gt=after)
    if before := parameters.moment(request, "received_before"):
        rows = rows.filter(received_at__lt=before)
    return rows


def _story(request: ProjectRequest, number: int) -> Story:
    story = story_of(request.project.pk, number, reader_id=request.actor.person_id or 0)
    if story is None:
        raise NotFound(_("There is no such prediction in this project. Look for it with ?prediction_id=…."))
    return story
