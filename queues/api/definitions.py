"""What a dataset asks for, through the API: its versions, and the next one."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView, created
from queues.api.bodies import Body, Text, read
from queues.api.preconditions import check_if_match, etag_of
from queues.errors import NotFound
from queues.export import actions as export
from queues.export import releases
from queues.export.definition.changes import changes
from queues.models import Dataset, DatasetVersion


class NewDefinition(Body):
    """The whole definition as it is from now on, and why. As in a new dataset."""

    filter: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    splits: dict[str, Any] = {}
    reason: Text


class DefinitionChange(BaseModel):
    """One setting that differs from the version before; null where a version does not say it."""

    name: str
    before: Any
    after: Any


class DefinitionAnswer(BaseModel):
    """One version. changes: against the version before."""

    version: int
    filter: dict[str, Any]
    rules: dict[str, Any]
    splits: dict[str, Any]
    reason: str
    author: str | None
    created_at: datetime
    changes: list[DefinitionChange]


class DefinitionPage(BaseModel):
    items: list[DefinitionAnswer]
    next_cursor: str | None


class DefinitionsView(ProjectView):
    """All versions of a dataset's definition, newest first; who adds one has seen the newest (If-Match)."""

    permission = {"GET": Permission.READ, "POST": Permission.RELEASE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: DefinitionPage})
    def get(self, request: ProjectRequest, name: str) -> Response:
        dataset = releases.dataset_named(request.project.pk, name)
        versions = DatasetVersion.objects.filter(dataset=dataset).select_related("created_by")
        page = pagination.page(request, versions, order=("-version",))
        wanted = [row.version - 1 for row in page.rows]
        before = {row.version: row for row in versions.filter(version__in=wanted)}
        body = page.body([_answer(row, before.get(row.version - 1)) for row in page.rows])
        return Response(body, headers={"ETag": etag_of_definition(dataset)})

    @extend_schema(request=NewDefinition, responses={201: DefinitionAnswer})
    def post(self, request: ProjectRequest, name: str) -> Response:
        body = read(request, NewDefinition)
        dataset = releases.dataset_named(request.project.pk, name)
        check_if_match(request, etag_of_definition(dataset))
        before = DatasetVersion.objects.filter(dataset=dataset, version=dataset.version).first()
        version = export.redefine(
            dataset,
            wanted=body.filter,
            demanded=body.rules,
            shared=body.splits,
            reason=body.reason,
            instead_of=dataset.version,
            by=request.actor,
        )
        version.refresh_from_db()
        etag = etag_of_definition(version.dataset)
        return created(request, _answer(version, before), version.version, etag=etag)


class DefinitionView(ProjectView):
    """One version of a dataset's definition."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: DefinitionAnswer})
    def get(self, request: ProjectRequest, name: str, version: int) -> Response:
        dataset = releases.dataset_named(request.project.pk, name)
        versions = DatasetVersion.objects.filter(dataset=dataset, version__in=[version - 1, version])
        found = {row.version: row for row in versions.select_related("created_by")}
        if version not in found:
            raise NotFound(_("There is no such version of this dataset. Look at the list of its versions."))
        return Response(_answer(found[version], found.get(version - 1)))


def etag_of_definition(dataset: Dataset) -> str:
    return etag_of("dataset", dataset.pk, dataset.version)


def _answer(row: DatasetVersion, before: DatasetVersion | None) -> dict[str, Any]:
    return {
        "version": row.version,
        "filter": row.filter,
        "rules": row.rules,
        "splits": row.splits,
        "reason": row.reason,
        "author": row.created_by.name if row.created_by else None,
        "created_at": row.created_at,
        "changes": [
            {"name": one.name, "before": one.before, "after": one.after}
            for one in (changes(before, row) if before else [])
        ],
    }
