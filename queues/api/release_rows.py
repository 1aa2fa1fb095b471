"""The rows of releases through the API: what differs between two, and where one came from."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.errors import Fault, Malformed, NotFound
from queues.export import diff, releases
from queues.export.diff import Place
from queues.export.lineage import Lineage, item_at, lineage_of
from queues.export.recalls import queries as recalls
from queues.models import Release


class PlaceAnswer(BaseModel):
    split: str
    line: int
    record_sha256: str


class DifferenceAnswer(BaseModel):
    """change: added, removed, changed, moved (only the split differs); before, after: null where absent."""

    record_id: str
    change: str
    before: PlaceAnswer | None
    after: PlaceAnswer | None


class DiffPage(BaseModel):
    """counts: as counted at publication, where the one release follows the other; else null.

    A page may be short, or empty, and still have a next one: it looked through many equal records.
    """

    old: str
    new: str
    counts: dict[str, int] | None
    items: list[DifferenceAnswer]
    next_cursor: str | None


class ReviewOfRow(BaseModel):
    """reviewer: a pseudonym, stable in this project only."""

    id: int
    reviewer: str
    decision: str
    form_version: int
    submitted_at: datetime


class RowRelease(BaseModel):
    dataset: str
    version: str
    split: str
    line: int


class RowAnswer(BaseModel):
    """One record of a release with its lineage. still_stands: the people still say what was released.

    licence, consent, consent_scope, origin: what the sender of the prediction said; null when nothing.
    """

    record_id: str
    record_sha256: str
    split: str
    line: int
    prediction: int
    prediction_id: str
    queue: str
    reasons: list[dict[str, Any]]
    policy_version: int | None
    pi: float | None
    verdict: int
    decision: str
    basis: str
    decided_at: datetime
    still_stands: bool
    licence: str | None
    consent: str | None
    consent_scope: list[str] | None
    origin: str | None
    adjudicator: str | None
    form_version: int | None
    dispute_rule_version: int | None
    definition_version: int | None
    reviews: list[ReviewOfRow]
    releases: list[RowRelease]


class DiffView(ProjectView):
    """What differs between two releases of a dataset, by record: `from` and `to` are versions."""

    permission = {"GET": Permission.READ}
    parameters = pagination.PARAMETERS | {"from", "to", "change"}

    @extend_schema(responses={200: DiffPage})
    def get(self, request: ProjectRequest, name: str) -> Response:
        old, new = (_named(request, name, parameter) for parameter in ("from", "to"))
        kind = parameters.choice(request, "change", diff.KINDS)
        limit = parameters.whole(request, "limit", low=1, high=pagination.HIGHEST_LIMIT)
        page = diff.differences(
            old,
            new,
            kinds=[kind] if kind else diff.KINDS,
            after=pagination.position(request) or 0,
            limit=limit or pagination.DEFAULT_LIMIT,
        )
        manifest = new.manifest or {}
        follows = manifest.get("parents") == [f"{name}@{old.version}"]
        body = {
            "old": old.version,
            "new": new.version,
            "counts": manifest.get("changes") if follows else None,
            "items": [
                {
                    "record_id": one.record_id,
                    "change": one.kind,
                    "before": _place(one.before),
                    "after": _place(one.after),
                }
                for one in page.rows
            ],
            "next_cursor": pagination.cursor_at(request, page.go_on),
        }
        return Response(body)


class ReleaseRowView(ProjectView):
    """One record of a release: which data, who approved it, by which rules, and where else it is."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: RowAnswer})
    def get(self, request: ProjectRequest, name: str, version: str, record_id: str) -> Response:
        release = releases.release_of(request.project.pk, name, version)
        return Response(_usable(request, release, record_id))


class RowOnLineView(ProjectView):
    """The record on one line, from 1, of the file of a split: the same as by its id."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: RowAnswer})
    def get(self, request: ProjectRequest, name: str, version: str, split: str, line: int) -> Response:
        release = releases.release_of(request.project.pk, name, version)
        item = item_at(release, split, line)
        if item is None:
            raise NotFound(
                _("This release has no such line. Lines are counted from 1 in the file of a split.")
            )
        return Response(_usable(request, release, f"r-{item}"))


def _usable(request: ProjectRequest, release: Release, record_id: str) -> dict[str, Any]:
    """The lineage of a record that was not withdrawn."""
    found = lineage_of(release, record_id, reader_id=request.actor.as_person())
    recalls.check_not_recalled(found.item.prediction_id)
    return _told(found)


def _named(request: ProjectRequest, name: str, parameter: str) -> Release:
    version = request.GET.get(parameter)
    if not version:
        detail = _("Name a version, such as 1.0.0 or latest.")
        fault = Fault("/" + parameter, "parameter.missing", detail)
        raise Malformed(_("Say which two releases are to be compared."), [fault])
    return releases.release_of(request.project.pk, name, version)


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"split": place.split, "line": place.line, "record_sha256": place.record_sha256}


def _told(found: Lineage) -> dict[str, Any]:
    verdict, routing, release = found.verdict, found.routing, found.row.release
    return {
        "record_id": found.record_id,
        "record_sha256": found.record_sha256,
        "split": found.row.split,
        "line": found.row.line,
        "prediction": found.item.prediction_id,
        "prediction_id": found.item.prediction.prediction_id,
        "queue": found.item.queue.slug,
        "reasons": found.item.reasons,
        "policy_version": routing.policy.version if routing and routing.policy else None,
        "pi": found.pi,
        "verdict": verdict.pk,
        "decision": verdict.decision,
        "basis": verdict.basis,
        "decided_at": verdict.created_at,
        "still_stands": found.still_stands,
        **{name: found.rights.get(name) for name in ("licence", "consent", "consent_scope", "origin")},
        "adjudicator": found.adjudicator,
        "form_version": verdict.form.version if verdict.form else None,
        "dispute_rule_version": verdict.dispute_rule.version if verdict.dispute_rule else None,
        "definition_version": release.definition.version if release.definition else None,
        "reviews": [
            {
                "id": said.review.pk,
                "reviewer": said.reviewer,
                "decision": said.review.decision,
                "form_version": said.review.form.version,
                "submitted_at": said.review.submitted_at,
            }
            for said in found.reviews
        ],
        "releases": [
            {
                "dataset": row.release.dataset.name,
                "version": row.release.version,
                "split": row.split,
                "line": row.line,
            }
            for row in found.releases
        ],
    }
