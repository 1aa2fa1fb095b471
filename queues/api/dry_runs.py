"""Dry runs through the API: ask what a policy would have sent, watch, read the report, ask no more."""

from datetime import datetime
from typing import Annotated, Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, read, within
from queues.api.jobs import JobAnswer
from queues.errors import Fault, Invalid
from queues.models.dry_run import MOST
from queues.route.dry_run import asking
from queues.route.dry_run.asking import Asked
from queues.route.dry_run.report import Report


class NewDryRun(Body):
    """Exactly one of `document` (policy/1) and `version`; last: over how many of the newest predictions."""

    document: dict[str, Any] | None = None
    version: Annotated[int, Field(ge=1, le=2_147_483_647)] | None = None
    last: Annotated[int, Field(ge=1, le=MOST)] = 10_000


class DryRunLine(BaseModel):
    """state: waiting, running, done, cancelled or failed. compared_with: the version then in force."""

    id: int
    state: str
    version: int | None
    compared_with: int | None
    last: int
    asked_by: str | None
    created_at: datetime
    finished_at: datetime | None


class DryRunAnswer(DryRunLine):
    document: dict[str, Any]
    job: JobAnswer | None
    result: Report | None


class DryRunPage(BaseModel):
    items: list[DryRunLine]
    next_cursor: str | None


class NewDryRunView(ProjectView):
    """Ask what a version, or a document that is none yet, would have sent; a worker answers."""

    permission = {"POST": Permission.TUNE}

    @extend_schema(request=NewDryRun, responses={202: DryRunAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewDryRun)
        if (body.document is None) == (body.version is None):
            detail = "give either a document or a version"
            raise Invalid(
                "The dry run was not asked for: say of what.", [Fault("", "dry_run.of_what", detail)]
            )
        try:
            asked = asking.ask(
                request.project.pk,
                last=body.last,
                by=request.actor,
                version=body.version,
                document=body.document,
            )
        except Invalid as error:
            raise within("/document", error) from error
        location = f"/api/v1/projects/{request.project.slug}/dry-runs/{asked.run.pk}"
        fresh = asking.asked_for(request.project.pk, asked.run.pk)
        return Response(_in_full(fresh), status=202, headers={"Location": location})


class DryRunsView(ProjectView):
    """All dry runs, newest first."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: DryRunPage})
    def get(self, request: ProjectRequest) -> Response:
        runs = asking.dry_runs(request.project.pk).defer("document", "result")
        page = pagination.page(request, runs, order=("-id",))
        return Response(page.body([_line(asked) for asked in asking.with_jobs(page.rows)]))


class DryRunView(ProjectView):
    """One dry run: how far it is, and its report once it is done."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: DryRunAnswer})
    def get(self, request: ProjectRequest, number: int) -> Response:
        return Response(_in_full(asking.asked_for(request.project.pk, number)))


class CancelDryRunView(ProjectView):
    """Ask no more. What is over already stays as it is."""

    permission = {"POST": Permission.TUNE}
    keeps_answers = False

    @extend_schema(request=None, responses={200: DryRunAnswer})
    def post(self, request: ProjectRequest, number: int) -> Response:
        return Response(_in_full(asking.cancel(request.project.pk, number, by=request.actor)))


def _line(asked: Asked) -> dict[str, Any]:
    run = asked.run
    return DryRunLine(
        id=run.pk,
        state=asked.state,
        version=run.policy.version if run.policy else None,
        compared_with=run.compared_with.version if run.compared_with else None,
        last=run.last,
        asked_by=run.asked_by.name if run.asked_by else None,
        created_at=run.created_at,
        finished_at=run.finished_at,
    ).model_dump()


def _in_full(asked: Asked) -> dict[str, Any]:
    job = JobAnswer.of(asked.job)
    told = job and job.model_dump()
    return {**_line(asked), "document": asked.run.document, "job": told, "result": asked.run.result}
