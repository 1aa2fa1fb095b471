"""Releases through the API: ask for one, watch it being built, read its manifest, download its files."""

from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination, withdrawn
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Number, Text, read
from queues.api.downloads import JSON_LINES, send
from queues.api.jobs import JobAnswer
from queues.errors import NotFound
from queues.export import actions as export
from queues.export import reading, releases
from queues.export.accepting import Said
from queues.export.recalls import queries as recalls
from queues.export.releases import UnderWay
from queues.models import Acceptance, Release


class NewRelease(Body):
    """notes: what changed and why, for those who will use it; accepted: guard → why it need not stop this.

    findings_of: with accepted, the number of the release whose findings were looked at. Rows that the guard
    did not find there are not accepted: a release with such rows stops again.
    """

    notes: Text = ""
    accepted: dict[str, Text] = {}
    findings_of: Number | None = None


class ReleaseLine(BaseModel):
    """One release; version is null until it is published."""

    id: int
    dataset: str
    version: str | None
    state: str
    rows: int | None
    dataset_sha256: str | None
    notes: str
    asked_by: str | None
    created_at: datetime
    published_at: datetime | None


class AcceptanceAnswer(BaseModel):
    """Why a guard need not stop a release, of what it had found in the release of that number."""

    guard: str
    reason: str
    findings_of: int
    accepted_by: str | None
    accepted_at: datetime


class StopAnswer(BaseModel):
    """What one guard stops in a release; unaccepted: in how many of these rows nobody has accepted it."""

    guard: str
    rows: int
    unaccepted: int


class ReleaseStatus(ReleaseLine):
    """findings: code → what the guards found, with examples; of a stopped release as well. accepted: guard →
    the reason; acceptances: the same with who gave it, when, and of which findings."""

    job: JobAnswer | None
    accepted: dict[str, str]
    acceptances: list[AcceptanceAnswer]
    stops: list[StopAnswer]
    findings: dict[str, Any]


class ReleaseAsked(ReleaseStatus):
    """takes_from_training: dataset → how many of the rows that would validate or test here it trains with
    until now; once this is published they never train again. Of the first 2,000 verdicts."""

    takes_from_training: dict[str, int]


class FileAnswer(BaseModel):
    """One file; url is below this server and never changes what it gives."""

    path: str
    bytes: int
    sha256: str
    rows: int | None
    url: str


class ReleaseAnswer(ReleaseLine):
    """recalls: how many of its rows were withdrawn since."""

    recalls: int
    manifest: dict[str, Any]
    manifest_sha256: str
    files: list[FileAnswer]


class ReleasePage(BaseModel):
    items: list[ReleaseLine]
    next_cursor: str | None


class ReleasesView(ProjectView):
    """The releases of a dataset, newest first; POST asks for the next one, which a worker builds."""

    permission = {"GET": Permission.READ, "POST": Permission.RELEASE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: ReleasePage})
    def get(self, request: ProjectRequest, name: str) -> Response:
        dataset = releases.dataset_named(request.project.pk, name)
        page = pagination.page(request, releases.releases_of(dataset).defer("manifest"), order=("-id",))
        return Response(page.body([_line(release) for release in page.rows]))

    @extend_schema(request=NewRelease, responses={202: ReleaseAsked})
    def post(self, request: ProjectRequest, name: str) -> Response:
        body = read(request, NewRelease)
        dataset = releases.dataset_named(request.project.pk, name)
        said = Said(body.accepted, body.findings_of)
        takes = {"takes_from_training": dict(reading.taken_by(dataset).by_dataset)}
        asked, _job = export.publish(dataset, notes=body.notes, said=said, by=request.actor)
        release = releases.releases_of(dataset).get(pk=asked.pk)
        location = f"/api/v1/projects/{request.project.slug}/releases/{release.pk}"
        answer = _status(releases.under_way(release)) | takes
        return Response(answer, status=202, headers={"Location": location})


class ReleaseStatusView(ProjectView):
    """How a release stands, by its number: to ask again until it is published or failed."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: ReleaseStatus})
    def get(self, request: ProjectRequest, release_id: int) -> Response:
        found = Release.objects.filter(dataset__project=request.project, pk=release_id)
        release = found.select_related("dataset", "asked_by").defer("manifest").first()
        if release is None:
            raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
        return Response(_status(releases.under_way(release)))


class ReleaseView(ProjectView):
    """A published release, `name@version` or `name@latest`: manifest and files."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: ReleaseAnswer})
    def get(self, request: ProjectRequest, name: str, version: str) -> Response:
        release = releases.release_of(request.project.pk, name, version)
        base = f"/api/v1/projects/{request.project.slug}/releases/{name}@{release.version}/files/"
        files = [
            {"path": f.path, "bytes": f.bytes, "sha256": f.sha256, "rows": f.rows, "url": base + f.path}
            for f in release.files.all()
        ]
        recalled = recalls.counts_of(request.project.pk, [release]).get(release.pk, 0)
        told = {
            "recalls": recalled,
            "manifest": release.manifest,
            "manifest_sha256": release.manifest_sha256,
            "files": files,
        }
        return Response(_line(release) | told)


class ReleaseFileView(ProjectView):
    """One file of a release, streamed; a cut download goes on with Range and If-Range.

    HEAD tells the headers alone, and leaves no event of a download.
    """

    permission = {"GET": Permission.PULL}

    @extend_schema(
        parameters=withdrawn.DESCRIBED,
        responses={(200, JSON_LINES): OpenApiTypes.BINARY, (206, JSON_LINES): OpenApiTypes.BINARY},
    )
    def get(self, request: ProjectRequest, name: str, version: str, path: str) -> HttpResponseBase:
        release = releases.release_of(request.project.pk, name, version)
        file = releases.file_of(release, path)
        recalls.check_given_out(file, request.project.pk, name)
        said = withdrawn.headers_of(file, release.dataset)
        response = send(request, file, name=f"{name}-{release.version}-{file.path}", said=said)
        if request.method == "GET" and response.status_code != 304:
            part = response.headers.get("Content-Range", "")
            export.note_download(file, dataset=release.dataset, by=request.actor, part=part)
        return response


def _line(release: Release) -> dict[str, Any]:
    return ReleaseLine(
        id=release.pk,
        dataset=release.dataset.name,
        version=release.version,
        state=release.state,
        rows=release.rows,
        dataset_sha256=release.dataset_sha256 or None,
        notes=release.notes,
        asked_by=release.asked_by.name if release.asked_by else None,
        created_at=release.created_at,
        published_at=release.published_at,
    ).model_dump()


def _status(found: UnderWay) -> dict[str, Any]:
    job = JobAnswer.of(found.job)
    acceptances = found.release.acceptances.select_related("accepted_by", "shown").defer("shown__pairs")
    stops = found.release.stops.defer("pairs").order_by("guard")
    given = {
        "accepted": found.release.accepted,
        "acceptances": [_acceptance(one) for one in acceptances.order_by("guard")],
        "stops": [
            StopAnswer(guard=s.guard, rows=s.rows, unaccepted=s.unaccepted).model_dump() for s in stops
        ],
        "findings": _outside(found.release.findings),
    }
    return {**_line(found.release), "job": job and job.model_dump(), **given}


def _acceptance(one: Acceptance) -> dict[str, Any]:
    return AcceptanceAnswer(
        guard=one.guard,
        reason=one.reason,
        findings_of=one.shown.release_id,
        accepted_by=one.accepted_by.name if one.accepted_by else None,
        accepted_at=one.accepted_at,
    ).model_dump()


def _outside(findings: dict[str, Any]) -> dict[str, Any]:
    """Without the numbers of items, which are ours."""
    return {
        code: {**told, "examples": [_without_item(one) for one in told["examples"]]}
        for code, told in findings.items()
    }


def _without_item(example: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in example.items() if name != "item"}
