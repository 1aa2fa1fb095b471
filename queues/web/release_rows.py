"""What differs between two releases, and where one of their rows came from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import NotFound
from queues.export import diff, releases
from queues.export.diff import Difference, Place
from queues.export.formats import formats
from queues.export.lineage import has_row, item_at, item_of, lineage_of, rows_of
from queues.export.recalls import queries as recalls
from queues.export.splits import SPLITS
from queues.export.taking import testing_elsewhere
from queues.models import Dataset, Decision, Item, Release
from queues.models.release import OUT
from queues.review import care
from queues.web.measure_words import measures_named_in
from queues.web.paging import address, number
from queues.web.parameters import choice, takes
from queues.web.record import shown_record
from queues.web.sentences import reason_of

ROWS = 50
_ON_LINE = re.compile(r"(?:(?:.*/)?(?P<file>[a-z]+)(?:\.[a-z.]+)?:)?(?P<line>[0-9][0-9,.]{0,13}):?", re.ASCII)
VERSIONS_OFFERED = 50
KIND_WORDS = {
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("removed"),
    "changed": gettext_lazy("changed"),
    "moved": gettext_lazy("moved to another split"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference for a person: its word, the release to look at the row in, its prediction."""

    difference: Difference
    word: str
    release: Release
    prediction: tuple[int, str] | None

    @property
    def places(self) -> tuple[Place | None, Place | None]:
        """Before and after."""
        return self.difference.before, self.difference.after


@needs(Permission.READ)
@require_safe
@takes("from", "to", "change", "after")
def differences(request: ProjectRequest, *, name: str) -> HttpResponse:
    """Two releases side by side: what was added, removed, changed, moved; the newest two unless told."""
    dataset = releases.dataset_named(request.project.pk, name)
    out = list(releases.releases_of(dataset).filter(state__in=OUT)[:VERSIONS_OFFERED])
    if len(out) < 2:
        raise NotFound(_("There is only one release: nothing to compare it with. Publish another one."))
    new = _chosen(request, "to", out, out[0])
    old = _chosen(request, "from", out, _before(out, new))
    kind = choice(request, "change", diff.KINDS)
    kinds = [kind] if kind else diff.KINDS
    page = diff.differences(old, new, kinds=kinds, after=number(request, "after") or 0, limit=ROWS)
    context = {
        "dataset": dataset,
        "out": out,
        "old": old,
        "new": new,
        "kind": kind,
        "kinds": KIND_WORDS.items(),
        "counts": _counts(dataset, old, new),
        "lines": _lines(page.rows, old, new),
        "next_url": address(request, after=page.go_on) if page.go_on else "",
        "previous_url": address(request, after=None) if "after" in request.GET else "",
    }
    return render(request, "export/diff.html", context)


def _chosen(request: ProjectRequest, parameter: str, out: list[Release], usual: Release) -> Release:
    wanted = request.GET.get(parameter)
    found = next((one for one in out if one.version == wanted), None) if wanted else usual
    if found is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    return found


def _before(out: list[Release], new: Release) -> Release:
    at = out.index(new)
    return out[at + 1] if at + 1 < len(out) else out[-1]


def _counts(dataset: Dataset, old: Release, new: Release) -> list[tuple[str, int]]:
    """As counted at publication, where the one follows the other; else nothing, since it would take long."""
    manifest = new.manifest or {}
    if manifest.get("parents") != [f"{dataset.name}@{old.version}"]:
        return []
    changes = manifest.get("changes") or {}
    return [(str(word), changes.get(kind, 0)) for kind, word in KIND_WORDS.items()]


def _lines(rows: Sequence[Difference], old: Release, new: Release) -> list[Line]:
    items = Item.objects.filter(pk__in=[row.item for row in rows]).select_related("prediction")
    predictions = {item.pk: (item.prediction_id, item.prediction.prediction_id) for item in items}
    return [
        Line(row, str(KIND_WORDS[row.kind]), new if row.after else old, predictions.get(row.item))
        for row in rows
    ]


@needs(Permission.READ)
@require_safe
@takes("find", "split", "after")
def rows(request: ProjectRequest, *, name: str, release_id: int) -> HttpResponse:
    """The rows of one release, each with how its output begins: the way to where they came from."""
    dataset = releases.dataset_named(request.project.pk, name)
    release = _out(dataset, release_id)
    asked = request.GET.get("find", "").strip()
    splits = _splits_of(release)
    split = choice(request, "split", splits)
    if asked and (item := _found(release, asked, split or splits[0])):
        return redirect("web:release-row", request.project.slug, name, release.pk, item)
    found = rows_of(release, after=number(request, "after") or 0, limit=ROWS + 1)
    shown = found[:ROWS]
    context = {
        "dataset": dataset,
        "release": release,
        "asked": asked,
        "splits": splits,
        "split": split,
        "rows": shown,
        "labels": dict(Decision.choices),
        "veiled": care.veiled_for(request.user.pk, [one.prediction_id for one in shown]),
        "next_url": address(request, after=shown[-1].item) if len(found) > ROWS else "",
        "previous_url": address(request, after=None) if "after" in request.GET else "",
    }
    return render(request, "export/rows.html", context)


def _found(release: Release, asked: str, split: str) -> int | None:
    """The item of the row that is named by its id or its line (37, train.jsonl:37).

    split: of a line without a file, "" for none.
    """
    if item := item_of(asked):
        return item if has_row(release, item) else None
    found = _ON_LINE.fullmatch(asked)
    if found is None:
        return None
    if found["file"]:
        split = _split_of_file(release, found["file"])
    line = found["line"].replace(",", "").replace(".", "")
    return item_at(release, split, int(line)) if split else None


def _split_of_file(release: Release, stem: str) -> str:
    """The split whose files are called so; "" for other files."""
    format_ = formats.get(release.dataset.format)
    return next((split for split in SPLITS if format_.file_of(split).split(".")[0] == stem), "")


def _splits_of(release: Release) -> list[str]:
    """Those that have rows, the main one first."""
    format_, files = formats.get(release.dataset.format), {file.path for file in release.files.all()}
    order = [format_.split, *(split for split in SPLITS if split != format_.split)]
    return [split for split in order if format_.file_of(split) in files] or [format_.split]


def _out(dataset: Dataset, release_id: int) -> Release:
    release = releases.releases_of(dataset).filter(pk=release_id, state__in=OUT).first()
    if release is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    return release


@needs(Permission.READ)
@require_safe
def row(request: ProjectRequest, *, name: str, release_id: int, item_id: int) -> HttpResponse:
    """One row of a release: which data, who approved it, by which rules, and where else it is."""
    dataset = releases.dataset_named(request.project.pk, name)
    release = _out(dataset, release_id)
    found = lineage_of(release, f"r-{item_id}", reader_id=request.user.pk)
    context = {
        "dataset": dataset,
        "release": release,
        "lineage": found,
        "prediction": found.item.prediction,
        "record": shown_record(found.item.prediction.payload.record),
        "veiled": care.veiled_for(request.user.pk, [found.item.prediction_id]),
        "measures": measures_named_in(found.item.reasons),
        "reasons": [(reason, reason_of(reason)) for reason in found.item.reasons],
        "rights": found.rights,
        "recall": (recall := recalls.recall_of(found.item.prediction_id)),
        "tested_in": testing_elsewhere(found.row, dataset),
        "may_recall": Permission.RELEASE in request.permissions,
    }
    return render(request, "export/row.html", context, status=410 if recall else 200)
