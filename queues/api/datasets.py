"""Datasets through the API: define one, look at it, read what is in it now."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView, created
from queues.api.bodies import Body, read
from queues.api.definitions import etag_of_definition
from queues.api.downloads import JSON_LINES
from queues.export import actions as export
from queues.export import reading, releases
from queues.export.splits import SPLITS
from queues.models import Dataset, Release

ROWS_MAX = 10_000_000


class NewDataset(Body):
    """name: a-z, digits, hyphens; format: as docs/releases.md lists them; filter: a filter/1 document.

    rules: what the guards demand, as docs/guards.md lists them; splits: `{"shares": {"train": 0.8,
    "validation": 0.1, "test": 0.1}, "seed": "…"}`, or empty for one file.
    """

    name: str
    title: str = ""
    format: str
    filter: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    splits: dict[str, Any] = {}


class DatasetAnswer(BaseModel):
    """definition_version: of what it asks for now; latest: the current release's version, null before the
    first."""

    name: str
    title: str
    format: str
    filter: dict[str, Any]
    rules: dict[str, Any]
    splits: dict[str, Any]
    definition_version: int
    created_at: datetime
    created_by: str | None
    latest: str | None


class DatasetPage(BaseModel):
    items: list[DatasetAnswer]
    next_cursor: str | None


class DatasetsView(ProjectView):
    """All datasets of the project, by name; a new one is a definition and stays as it is."""

    permission = {"GET": Permission.READ, "POST": Permission.RELEASE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: DatasetPage})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, releases.datasets_of(request.project.pk), order=("name",))
        current = releases.newest_of(page.rows)
        return Response(page.body([_answer(dataset, current.get(dataset.pk)) for dataset in page.rows]))

    @extend_schema(request=NewDataset, responses={201: DatasetAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewDataset)
        dataset = export.create_dataset(
            request.project,
            name=body.name,
            title=body.title,
            format_name=body.format,
            wanted=body.filter,
            demanded=body.rules,
            shared=body.splits,
            by=request.actor,
        )
        return created(request, _answer(dataset, None), dataset.name)


class DatasetView(ProjectView):
    """One dataset."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: DatasetAnswer})
    def get(self, request: ProjectRequest, name: str) -> Response:
        dataset = releases.dataset_named(request.project.pk, name)
        answer = _answer(dataset, releases.newest_of([dataset]).get(dataset.pk))
        return Response(answer, headers={"ETag": etag_of_definition(dataset)})


class DatasetRowsView(ProjectView):
    """What a release would hold now in one split, as JSON lines of one snapshot; `limit` ends it early."""

    permission = {"GET": Permission.PULL}
    parameters = frozenset({"limit", "split"})

    @extend_schema(responses={(200, JSON_LINES): OpenApiTypes.BINARY})
    def get(self, request: ProjectRequest, name: str) -> HttpResponseBase:
        dataset = releases.dataset_named(request.project.pk, name)
        limit = parameters.whole(request, "limit", low=1, high=ROWS_MAX)
        split = parameters.choice(request, "split", SPLITS)
        if request.method == "HEAD":
            return HttpResponse(content_type=JSON_LINES)
        export.note_reading(dataset, by=request.actor)
        return StreamingHttpResponse(
            reading.lines_of(dataset, split=split, limit=limit), content_type=JSON_LINES
        )


def _answer(dataset: Dataset, current: Release | None) -> dict[str, Any]:
    return DatasetAnswer(
        name=dataset.name,
        title=dataset.title,
        format=dataset.format,
        filter=dataset.filter,
        rules=dataset.rules,
        splits=dataset.splits,
        definition_version=dataset.version,
        created_at=dataset.created_at,
        created_by=dataset.created_by.name if dataset.created_by else None,
        latest=current.version if current else None,
    ).model_dump()
