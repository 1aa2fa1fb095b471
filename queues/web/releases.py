"""Releases on the page of their dataset: ask for one, and follow it while it is built."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import NotFound
from queues.export import actions as export
from queues.export import releases
from queues.review import line_ends
from queues.web.datasets import asked_for


@needs(Permission.RELEASE)
@require_POST
def publish(request: ProjectRequest, *, name: str) -> HttpResponse:
    """Ask for the next release; a worker builds it."""
    dataset = releases.dataset_named(request.project.pk, name)
    notes = line_ends.like("", request.POST.get("notes", "")).strip()
    export.publish(dataset, notes=notes, by=request.actor)
    return asked_for(request, dataset)


@needs(Permission.READ)
@require_safe
def progress(request: ProjectRequest, *, name: str, release_id: int) -> HttpResponse:
    """How far a release is, as a fragment that asks again; when it is over the page is loaded anew."""
    dataset = releases.dataset_named(request.project.pk, name)
    release = releases.releases_of(dataset).filter(pk=release_id).first()
    if release is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    newest = releases.under_way(release)
    response = render(request, "export/_progress.html", {"dataset": dataset, "newest": newest})
    if newest.is_over:
        response.headers["HX-Refresh"] = "true"
    return response
