"""What a recall would touch, counted before somebody asks for it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid
from queues.export.recalls import previewing
from queues.models import JobState, RecallBy
from queues.monitor.queries import running
from queues.web import recalls
from queues.web.put_beside import put_beside


class NamingForm(recalls.RecallForm):
    """The form of a recall, of which only what is named is asked for yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reason", "why"):
            self.fields[name].required = False


class CountedForm(recalls.RecallForm):
    """The form of a recall whose predictions were counted: what is named is there already."""

    by = forms.ChoiceField(choices=RecallBy.choices, widget=forms.HiddenInput)
    named = forms.CharField(widget=forms.HiddenInput)


@needs(Permission.RELEASE)
@require_POST
def ask(request: ProjectRequest) -> HttpResponse:
    """Count what is named."""
    form = NamingForm(request.POST)
    if not form.is_valid():
        return recalls.page(request, form, status=422)
    try:
        preview, _job = previewing.ask(
            request.project, by_what=form.cleaned_data["by"], named=form.names(), by=request.actor
        )
    except Invalid as refusal:
        put_beside(form, refusal)
        return recalls.page(request, form, status=422)
    return redirect("web:recall-preview", request.project.slug, preview.pk)


@needs(Permission.RELEASE)
@require_safe
def preview(request: ProjectRequest, *, number: int) -> HttpResponse:
    """How far it is; or what it counted, and the form to withdraw just that."""
    return render(request, "recalls/preview.html", _context(request, number))


@needs(Permission.RELEASE)
@require_safe
def progress(request: ProjectRequest, *, number: int) -> HttpResponse:
    """How far it is, as a fragment that asks again; when it is over the page is loaded anew."""
    context = _context(request, number)
    response = render(request, "recalls/_progress.html", context)
    if context["is_over"]:
        response.headers["HX-Refresh"] = "true"
    return response


def _context(request: ProjectRequest, number: int) -> dict[str, Any]:
    preview, job = previewing.find(request.project.pk, number)
    named = {"by": preview.by, "named": "\n".join(preview.named), "publishes": True}
    return {
        "preview": preview,
        "job": job,
        "is_over": preview.finished_at is not None or (job is not None and job.state == JobState.FAILED),
        "worker_is_alive": running(request.project.pk, now=timezone.now()).worker_is_alive,
        "touched": previewing.touched(preview),
        "form": CountedForm(initial=named),
    }
