"""Changing what a dataset asks for, and what was changed before."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid, ReviewappError
from queues.export import actions as export
from queues.export import releases
from queues.export.defining import REASON_MAX
from queues.export.definition.changes import Change, changes
from queues.models import Dataset, DatasetVersion
from queues.web.dataset_form import DatasetForm, definition_initial, merged
from queues.web.posted import id_of

VERSIONS_SHOWN = 20


class DefinitionForm(DatasetForm):
    """The same choices; name and format stay, and a change has a reason."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is changed"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in ("name", "title", "format"):
            del self.fields[name]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a definition with what it changed."""

    row: DatasetVersion
    changes: list[Change]

    @property
    def told(self) -> Iterator[tuple[str, str, str]]:
        """Setting, before and after, as JSON."""
        for one in self.changes:
            yield one.name, _shown(one.before), _shown(one.after)


def _shown(value: object) -> str:
    return "–" if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def versions_of(dataset: Dataset) -> list[Version]:
    """The newest versions, newest first."""
    rows = list(
        DatasetVersion.objects.filter(dataset=dataset)
        .select_related("created_by")
        .order_by("-version")[: VERSIONS_SHOWN + 1]
    )
    older = [*rows[1:], None]
    return [
        Version(row, changes(before, row) if before else []) for row, before in zip(rows, older, strict=True)
    ][:VERSIONS_SHOWN]


@needs(Permission.RELEASE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ProjectRequest, *, name: str) -> HttpResponse:
    """The definition as a form; a POST makes its next version, unless somebody else was faster."""
    dataset = releases.dataset_named(request.project.pk, name)
    form = DefinitionForm(
        request.POST or None, project_id=request.project.pk, initial=definition_initial(dataset)
    )
    if request.method != "POST":
        return _page(request, dataset, form)
    if not form.is_valid():
        return _page(request, dataset, form, status=422)
    try:
        _redefine(request, dataset, form)
    except Invalid as refusal:
        for fault in refusal.faults:
            form.add_error(form.field_of(fault), fault.detail)
        return _page(request, dataset, form, status=422)
    except ReviewappError as refusal:
        form.add_error(None, str(refusal))
        now = releases.dataset_named(request.project.pk, name)
        return _page(request, now, form, status=refusal.status)
    messages.success(request, _("The definition was changed. The next release is built by it."))
    return redirect("web:dataset", request.project.slug, dataset.name)


def _redefine(request: ProjectRequest, dataset: Dataset, form: DefinitionForm) -> None:
    """What the form does not know, such as a filter by tags, stays as it is."""
    asked = merged(dataset, form)
    export.redefine(
        dataset,
        wanted=asked.filter,
        demanded=asked.rules,
        shared=asked.splits,
        reason=form.cleaned_data["reason"],
        instead_of=id_of(request.POST.get("version", "")) or 0,
        by=request.actor,
    )


def _page(request: ProjectRequest, dataset: Dataset, form: DefinitionForm, status: int = 200) -> HttpResponse:
    return render(request, "export/edit.html", {"form": form, "dataset": dataset}, status=status)
