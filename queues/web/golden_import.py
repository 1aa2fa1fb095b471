"""A file of golden items through the browser: what is good is stored, the rest is told by its line."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.curate.golden.importing import Imported, import_rows
from queues.ingest.file_errors import FileRefused
from queues.ingest.files import Reading, kind_of, read
from queues.ingest.sheets import GOLDEN
from queues.web.golden_form import ImportForm

REJECTED_SHOWN = 200
_ENDINGS = {"jsonl": ".jsonl", "csv": ".csv"}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file. refused: why it was not read to its end, "" when it was."""

    counts: Counter[str]
    rejected: list[Imported]
    altered: list[Imported]
    refused: str


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: ProjectRequest) -> HttpResponse:
    """Import a file of golden/1 records; the report stands above the form."""
    form = ImportForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        report = _imported(request, form)
    is_refused = bool(form.errors) or bool(report and (report.refused or report.rejected))
    context = {"form": form, "report": report}
    return render(request, "golden/import.html", context, status=422 if is_refused else 200)


def _imported(request: ProjectRequest, form: ImportForm) -> Report:
    clean = form.cleaned_data
    report = Report(Counter(), [], [], "")
    try:
        with _on_disk(clean["file"]) as path:
            rows = read(path, Reading(sheet=GOLDEN))
            for one in import_rows(
                request.project.pk,
                rows,
                by=request.actor,
                reason=clean["reason"],
                as_new_version=clean["as_new_version"],
            ):
                _note(report, one)
    except FileRefused as error:
        why = " ".join([str(error), *(fault.detail for fault in error.faults)])
        return Report(report.counts, report.rejected, report.altered, why)
    return report


def _note(report: Report, one: Imported) -> None:
    report.counts[one.status] += 1
    if one.status == "rejected" and len(report.rejected) < REJECTED_SHOWN:
        report.rejected.append(one)
    if one.altered and len(report.altered) < REJECTED_SHOWN:
        report.altered.append(one)


@contextmanager
def _on_disk(uploaded: Any) -> Iterator[Path]:
    """The file in a folder of its own, gone afterwards; of its name only the kind is believed."""
    name = str(uploaded.name or "")
    kind = kind_of(name)
    if kind not in _ENDINGS:
        raise FileRefused(_("Parquet is read by manage.py ingest only. Convert it to .jsonl or .csv."))
    ending = _ENDINGS[kind] + (".gz" if name.endswith(".gz") else "")
    with TemporaryDirectory(prefix="golden-") as folder:
        path = Path(folder) / f"import{ending}"
        with path.open("wb") as file:
            for chunk in uploaded.chunks():
                file.write(chunk)
        yield path
