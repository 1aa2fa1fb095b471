"""All rows of a release in which a guard found one thing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import NotFound
from queues.export import findings
from queues.export.findings import FoundRow
from queues.export.guards import Effect
from queues.models import Item, Recall, Release
from queues.models.release import OUT
from queues.review import care
from queues.web.csv_file import csv_stream
from queues.web.findings import ACCEPTED, EFFECTS, answers_of
from queues.web.held_against import WHOLE_MAX, GoldenQuestion, asked_in, named_in
from queues.web.left_out import LEFT_OUT
from queues.web.paging import address, number
from queues.web.parameters import choice

ROWS = 50
_HEAD = ("record_id", "prediction_id", "environment", "detail", "is_accepted")
_YES_OR_NO = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True, slots=True)
class Line:
    """One row for a person. prediction: its number; is_recalled: it was withdrawn since, and is not shown.

    asked: what it asks, beside the golden question that the guard names, for those who may read them.
    """

    row: FoundRow
    prediction: int | None
    is_recalled: bool
    golden: GoldenQuestion | None
    asked: str


@needs(Permission.PULL)
@require_safe
def found(request: ProjectRequest, *, name: str, release_id: int) -> HttpResponse:
    """The rows of one code, page by page; who may take the files of the release may read this one."""
    release = _release(request, name, release_id)
    code = request.GET.get("code", "")
    only_new = _is_only_new(request)
    page = findings.rows_of(release, code, after=number(request, "after") or 0, limit=ROWS, only_new=only_new)
    told, lines = release.findings[code], _lines(request, code, page.rows)
    answered = answers_of(release).get(told["guard"]) if told["effect"] == Effect.STOPS else None
    is_accepted = answered is not None and not answered.open_rows
    context = {
        "dataset": release.dataset,
        "release": release,
        "title": _title(release),
        "code": code,
        "why": LEFT_OUT.get(code, code),
        "effect": ACCEPTED if is_accepted else EFFECTS[told["effect"]],
        "answered": answered,
        "marks_new": answered is not None and answered.is_in_part,
        "only_new": only_new,
        "new_url": address(request, after=None, only="new"),
        "all_url": address(request, after=None, only=None),
        "rows": told["rows"],
        "left": release.state in OUT and told["effect"] != Effect.LEAVES_OUT,
        "csv_url": address(request, at=f"{request.path}.csv", after=None),
        "lines": lines,
        "shows_golden": any(line.golden for line in lines),
        "whole_max": WHOLE_MAX,
        "veiled": care.veiled_for(request.user.pk, [line.prediction for line in lines]),
        "next_url": address(request, after=page.go_on) if page.go_on else "",
        "previous_url": address(request, after=None) if "after" in request.GET else "",
    }
    return render(request, "export/found.html", context)


@needs(Permission.PULL)
@require_safe
def found_csv(request: ProjectRequest, *, name: str, release_id: int) -> StreamingHttpResponse:
    """All rows of one code in one file, however many."""
    release = _release(request, name, release_id)
    code = request.GET.get("code", "")
    rows = findings.every_row_of(release, code, only_new=_is_only_new(request))
    told = (
        (row.record_id, row.prediction_id, row.environment, row.detail, _YES_OR_NO[row.is_accepted])
        for row in rows
    )
    return csv_stream(f"{_name(release)}-{code}", _HEAD, told)


def _release(request: ProjectRequest, name: str, release_id: int) -> Release:
    release = findings.release_told(request.project.pk, release_id)
    if release.dataset.name != name:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    return release


def _is_only_new(request: ProjectRequest) -> bool:
    """Whether only rows that nobody has accepted are asked for."""
    return choice(request, "only", ["new"]) == "new"


def _title(release: Release) -> str:
    """What the list is of, for a person."""
    if release.version:
        return f"{release.dataset.name}@{release.version}"
    told = {"name": release.dataset.name, "n": release.pk}
    if release.stops.filter(unaccepted__gt=0).exists():
        return _("%(name)s, attempt %(n)d, which was stopped") % told
    return _("%(name)s, attempt %(n)d, which was not published") % told


def _name(release: Release) -> str:
    """As part of the name of a file. One that was stopped has no version, only its number."""
    return f"{release.dataset.name}@{release.version or f'#{release.pk}'}"


def _lines(request: ProjectRequest, code: str, rows: Sequence[FoundRow]) -> list[Line]:
    items = Item.objects.filter(pk__in=[row.item for row in rows])
    predictions = dict(items.values_list("pk", "prediction_id"))
    gone = Recall.objects.filter(prediction__in=predictions.values())
    recalled = set(gone.values_list("prediction_id", flat=True))
    may_read = Permission.READ in request.permissions
    named = named_in(request.project.pk, ((code, row.detail) for row in rows)) if may_read else {}
    held = {predictions[row.item] for row in rows if row.detail in named and row.item in predictions}
    asked = asked_in(held)
    found = [(row, predictions.get(row.item)) for row in rows]
    return [
        Line(row, pk, pk in recalled, named.get(row.detail), asked.get(pk, "") if pk else "")
        for row, pk in found
    ]
