"""All rows of a release in which a guard found one thing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import NotFound
from queues.export import findings, releases
from queues.export.findings import FoundRow
from queues.export.guards import Effect
from queues.models import Item, Recall
from queues.models.release import OUT
from queues.web.findings import EFFECTS
from queues.web.left_out import LEFT_OUT
from queues.web.paging import address, number

ROWS = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One row for a person. prediction: its number; is_recalled: it was withdrawn since, and is not shown."""

    row: FoundRow
    prediction: int | None
    is_recalled: bool


@needs(Permission.PULL)
@require_safe
def found(request: ProjectRequest, *, name: str, release_id: int) -> HttpResponse:
    """The rows of one code, page by page; who may take the files of the release may read this one."""
    dataset = releases.dataset_named(request.project.pk, name)
    release = releases.releases_of(dataset).filter(pk=release_id, state__in=OUT).first()
    if release is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    code = request.GET.get("code", "")
    page = findings.rows_of(release, code, after=number(request, "after") or 0, limit=ROWS)
    told = release.findings[code]
    context = {
        "dataset": dataset,
        "release": release,
        "code": code,
        "why": LEFT_OUT.get(code, code),
        "effect": EFFECTS[told["effect"]],
        "rows": told["rows"],
        "left": told["effect"] != Effect.LEAVES_OUT,
        "lines": _lines(page.rows),
        "next_url": address(request, after=page.go_on) if page.go_on else "",
        "previous_url": address(request, after=None) if "after" in request.GET else "",
    }
    return render(request, "export/found.html", context)


def _lines(rows: Sequence[FoundRow]) -> list[Line]:
    items = Item.objects.filter(pk__in=[row.item for row in rows])
    predictions = dict(items.values_list("pk", "prediction_id"))
    gone = Recall.objects.filter(prediction__in=predictions.values())
    recalled = set(gone.values_list("prediction_id", flat=True))
    found = [(row, predictions.get(row.item)) for row in rows]
    return [Line(row, prediction, prediction in recalled) for row, prediction in found]
