"""Recalls through the API: withdraw predictions or what a person was behind, and see what was withdrawn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView, created
from queues.api.bodies import Body, Text, read
from queues.export import releases
from queues.export.recalls import asking, failing, previewing, queries
from queues.export.takers import takers_of
from queues.models import Job, RecallPreview, RecallRequest


class NewRecall(Body):
    """by: predictions (ids in `named`), person (one `user_ref`), or conversation (its id).

    erases: their texts are erased as well, everywhere; publishes: releases without them are asked for.
    """

    by: Text
    named: list[Text]
    reason: Text
    why: Text
    erases: bool = False
    publishes: bool = True


class RecallNaming(Body):
    """What a recall would name: by and named, as in a recall."""

    by: Text
    named: list[Text]


class TouchedAnswer(BaseModel):
    """One release that is out and has such rows."""

    release: str
    release_id: int
    rows: int


class RecallTouches(BaseModel):
    """What a recall would touch. withdrawn: predictions that are withdrawn already; unfinished: items that it
    would close; takers: people who have taken a file of one of the releases."""

    predictions: int
    withdrawn: int
    items: int
    unfinished: int
    releases: list[TouchedAnswer]
    takers: int


class RecallPreviewAnswer(BaseModel):
    """state: of its job; looked_at: predictions looked through so far; touches: null until it is counted."""

    id: int
    by: str
    created_at: datetime
    finished_at: datetime | None
    state: str
    error: str
    looked_at: int
    touches: RecallTouches | None


class RecallAnswer(BaseModel):
    """state: of its job; found: how many predictions were withdrawn, null until it is done."""

    id: int
    by: str
    reason: str
    why: str
    erases: bool
    publishes: bool
    asked_by: str | None
    created_at: datetime
    finished_at: datetime | None
    found: int | None
    state: str
    error: str


class RecallPage(BaseModel):
    items: list[RecallAnswer]
    next_cursor: str | None


class RecalledRowAnswer(BaseModel):
    record_id: str
    record_sha256: str
    split: str
    line: int
    reason: str
    is_erased: bool
    recalled_at: datetime


class TakerAnswer(BaseModel):
    """Who has taken a file of the release: whom the recall must reach."""

    person: str
    key: str
    path: str
    times: int
    last: datetime


class RecalledRowPage(BaseModel):
    items: list[RecalledRowAnswer]
    taken_by: list[TakerAnswer]
    next_cursor: str | None


class RecallsView(ProjectView):
    """What was withdrawn, newest first; POST withdraws more: a job does it, and erases where asked."""

    permission = {"GET": Permission.READ, "POST": Permission.RELEASE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: RecallPage})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, queries.requests_of(request.project.pk), order=("-id",))
        jobs = queries.jobs_of(page.rows)
        return Response(page.body([_answer(row, jobs.get(row.pk)) for row in page.rows]))

    @extend_schema(request=NewRecall, responses={202: RecallAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewRecall)
        asked, job = asking.ask(
            request.project,
            by_what=body.by,
            named=body.named,
            reason=body.reason,
            why=body.why,
            erases=body.erases,
            publishes=body.publishes,
            by=request.actor,
        )
        asked.refresh_from_db()
        return created(request, _answer(asked, job), asked.pk, status=202)


class NewRecallPreviewView(ProjectView):
    """Count what a recall would touch: a job does it. Nothing is withdrawn, and nothing is told of texts."""

    permission = {"POST": Permission.RELEASE}
    keeps_answers = False  # asked for twice, it is counted once

    @extend_schema(request=RecallNaming, responses={202: RecallPreviewAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, RecallNaming)
        preview, job = previewing.ask(request.project, by_what=body.by, named=body.named, by=request.actor)
        preview.refresh_from_db()
        location = f"/api/v1/projects/{request.project.slug}/recalls/previews/{preview.pk}"
        return Response(_preview(preview, job), status=202, headers={"Location": location})


class RecallPreviewView(ProjectView):
    """One preview: how far it is, and what it counted. It is kept for a day."""

    permission = {"GET": Permission.RELEASE}

    @extend_schema(responses={200: RecallPreviewAnswer})
    def get(self, request: ProjectRequest, number: int) -> Response:
        return Response(_preview(*previewing.find(request.project.pk, number)))


class RecallView(ProjectView):
    """One request, and how far it is."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: RecallAnswer})
    def get(self, request: ProjectRequest, number: int) -> Response:
        found = failing.find(request.project.pk, number)
        return Response(_answer(found, queries.jobs_of([found]).get(found.pk)))


class RecallAgainView(ProjectView):
    """Have a recall tried again whose job failed in every attempt; what it withdrew stays withdrawn."""

    permission = {"POST": Permission.RELEASE}

    @extend_schema(request=None, responses={202: RecallAnswer})
    def post(self, request: ProjectRequest, number: int) -> Response:
        found = failing.find(request.project.pk, number)
        job = failing.try_again(found, by=request.actor)
        return Response(_answer(found, job), status=202)


class ReleaseRecallsView(ProjectView):
    """The rows of a release that were withdrawn since, and who has taken its files."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: RecalledRowPage})
    def get(self, request: ProjectRequest, name: str, version: str) -> Response:
        release = releases.release_of(request.project.pk, name, version)
        limit = parameters.whole(request, "limit", low=1, high=pagination.HIGHEST_LIMIT)
        limit = limit or pagination.DEFAULT_LIMIT
        after = pagination.pair(request) or queries.BEGINNING
        rows = queries.rows_of(request.project.pk, release, after=after, limit=limit + 1)
        goes_on = rows[limit - 1].place if len(rows) > limit else None
        body = {
            "items": [
                {
                    "record_id": row.record_id,
                    "record_sha256": row.record_sha256,
                    "split": row.split,
                    "line": row.line,
                    "reason": row.reason,
                    "is_erased": row.is_erased,
                    "recalled_at": row.at,
                }
                for row in rows[:limit]
            ],
            "taken_by": [
                {"person": one.person, "key": one.key, "path": one.path, "times": one.times, "last": one.last}
                for one in takers_of(request.project.pk, [release]).get(release.pk, [])
            ],
            "next_cursor": pagination.cursor_at_pair(request, goes_on) if goes_on else None,
        }
        return Response(body)


def _answer(request: RecallRequest, job: Job | None) -> dict[str, Any]:
    return {
        "id": request.pk,
        "by": request.by,
        "reason": request.reason,
        "why": request.why,
        "erases": request.erases,
        "publishes": request.publishes,
        "asked_by": request.asked_by.name if request.asked_by else None,
        "created_at": request.created_at,
        "finished_at": request.finished_at,
        "found": request.found,
        "state": job.state if job else "",
        "error": job.error if job else "",
    }


def _preview(preview: RecallPreview, job: Job | None) -> dict[str, Any]:
    return {
        "id": preview.pk,
        "by": preview.by,
        "created_at": preview.created_at,
        "finished_at": preview.finished_at,
        "state": job.state if job else "",
        "error": job.error if job else "",
        "looked_at": job.progress if job else 0,
        "touches": _touches(preview, preview.result) if preview.result else None,
    }


def _touches(preview: RecallPreview, counts: Mapping[str, Any]) -> dict[str, Any]:
    releases = [
        {"release": one.name, "release_id": one.release.pk, "rows": one.rows}
        for one in previewing.touched(preview)
    ]
    return {**counts, "releases": releases}
