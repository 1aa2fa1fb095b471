"""Datasets: the list, a new one, and what one holds now."""

import orjson
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid
from queues.export import actions as export
from queues.export import reading, releases
from queues.export.row import Record
from queues.models import Dataset, Decision
from queues.web.dataset_form import DatasetForm
from queues.web.format_names import FORMATS
from queues.web.left_out import LEFT_OUT

RELEASES_SHOWN = 50


@needs(Permission.READ)
@require_safe
def datasets(request: ProjectRequest) -> HttpResponse:
    """All datasets with their current release; the empty list says what a dataset is for."""
    found = list(releases.datasets_of(request.project.pk))
    current = releases.newest_of(found)
    context = {
        "lines": [(dataset, current.get(dataset.pk)) for dataset in found],
        "formats": dict(FORMATS),
        "may_release": Permission.RELEASE in request.permissions,
    }
    return render(request, "export/list.html", context)


@needs(Permission.RELEASE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """Define a dataset; 422 with the faults beside their fields."""
    form = DatasetForm(request.POST or None, project_id=request.project.pk)
    if request.method == "POST" and form.is_valid():
        try:
            dataset = export.create_dataset(
                request.project,
                name=form.cleaned_data["name"],
                title=form.cleaned_data["title"],
                format_name=form.cleaned_data["format"],
                wanted=form.filter_document(),
                by=request.actor,
            )
        except Invalid as error:
            for fault in error.faults:
                field = fault.pointer.rpartition("/")[2]
                form.add_error(field if field in form.fields else None, fault.detail)
        else:
            return redirect("web:dataset", request.project.slug, dataset.name)
    return render(request, "export/new.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.READ)
@require_safe
def dataset(request: ProjectRequest, *, name: str) -> HttpResponse:
    """What is in it now, what is left out and why, some records, and its releases."""
    found = releases.dataset_named(request.project.pk, name)
    return render(request, "export/page.html", context_of(request, found))


def context_of(request: ProjectRequest, found: Dataset) -> dict[str, object]:
    """What the page of a dataset shows."""
    published = list(releases.releases_of(found).prefetch_related("files")[:RELEASES_SHOWN])
    summary = reading.look_at(found)
    newest = releases.under_way(published[0]) if published else None
    return {
        "dataset": found,
        "format_label": dict(FORMATS).get(found.format, found.format),
        "asked": [(key, _listed(value)) for key, value in found.filter.items()],
        "summary": summary,
        "decisions": [(Decision(code), count) for code, count in summary.decisions.most_common()],
        "queues": summary.queues.most_common(),
        "locales": summary.locales.most_common(),
        "left_out": [(LEFT_OUT.get(code, code), code, n) for code, n in summary.left_out.most_common()],
        "records": [_shown(record) for record in summary.shown],
        "releases": published,
        "current": next((release for release in published if release.state == "published"), None),
        "newest": newest,
        "base_url": request.build_absolute_uri("/").rstrip("/"),
        "may_release": Permission.RELEASE in request.permissions,
        "may_pull": Permission.PULL in request.permissions,
    }


def asked_for(request: ProjectRequest, found: Dataset) -> HttpResponse:
    """After a release was asked for: back to the page, which follows it."""
    messages.success(request, _("The release was asked for; it appears here when it is built."))
    return redirect("web:dataset", request.project.slug, found.name)


def _shown(record: Record) -> str:
    return orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def _listed(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
