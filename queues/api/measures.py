"""What each measure is worth, for programs; and a refit on demand."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api.base import ProjectRequest, ProjectView
from queues.errors import NotFound
from queues.monitor import actions
from queues.monitor import measures as monitor
from queues.monitor.worth import Worth


class MeasuresAnswer(BaseModel):
    """The measures of one model version, what earns its place first; figures are null where undefined."""

    model_version: str
    model_versions: list[str]
    computed_at: datetime
    measures: list[Worth]


class RefitAnswer(BaseModel):
    """The job; its state is queued, running, done or failed."""

    job: int
    state: str
    progress: int
    total: int | None


class MeasuresView(ProjectView):
    """What each measure is worth for a model version; by default the one with the newest verdicts."""

    permission = Permission.READ
    parameters = frozenset({"model_version"})
    http_method_names = ["get", "head"]

    @extend_schema(responses={200: MeasuresAnswer})
    def get(self, request: ProjectRequest) -> Response:
        versions = monitor.versions(request.project.pk)
        version = request.GET.get("model_version") or next(iter(versions), "")
        found = monitor.worth_of_version(request.project.pk, version)
        if found is None:
            raise NotFound(
                _("There are no figures of this model version yet. Ask for a refit when it has verdicts.")
            )
        body = MeasuresAnswer(
            model_version=version,
            model_versions=versions,
            computed_at=found.computed_at,
            measures=list(found.measures),
        )
        return Response(body.model_dump(mode="json"))


class RefitView(ProjectView):
    """Fit every measure to the verdicts anew; one at a time: while one is under way, that one is answered."""

    permission = Permission.TUNE
    http_method_names = ["post"]

    @extend_schema(request=None, responses={202: RefitAnswer})
    def post(self, request: ProjectRequest) -> Response:
        job = actions.ask_for_refit(request.project.pk, by=request.actor)
        job.refresh_from_db()
        body: dict[str, Any] = {
            "job": job.pk, "state": job.state, "progress": job.progress, "total": job.total,
        }  # fmt: skip
        return Response(body, status=202)
