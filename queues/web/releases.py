"""Releases on the page of their dataset: ask for one, and follow it while it is built."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import NotFound
from queues.export import actions as export
from queues.export import reading, releases
from queues.export.accepting import Said
from queues.export.guards import guards
from queues.review import line_ends
from queues.web.datasets import asked_for, context_of
from queues.web.posted import id_of


@needs(Permission.RELEASE)
@require_POST
def publish(request: ProjectRequest, *, name: str) -> HttpResponse:
    """Ask for the next release; a worker builds it. 422 where it takes rows from training, unsaid."""
    dataset = releases.dataset_named(request.project.pk, name)
    if request.POST.get("takes") != "yes" and reading.taken_by(dataset).rows:
        context = context_of(request, dataset, unconfirmed=True)
        return render(request, "export/page.html", context, status=422)
    notes = line_ends.like("", request.POST.get("notes", "")).strip()
    export.publish(dataset, notes=notes, said=_said(request), by=request.actor)
    return asked_for(request, dataset)


def _said(request: ProjectRequest) -> Said:
    """Guard → why it need not stop this release, only where a reason was given; and what the page showed."""
    given = {name: request.POST.get(f"accept-{name}", "").strip() for name, _guard in guards}
    why = {name: reason for name, reason in given.items() if reason}
    return Said(why, id_of(request.POST.get("findings_of", "")))


@needs(Permission.RELEASE)
@require_POST
def cancel(request: ProjectRequest, *, name: str, release_id: int) -> HttpResponse:
    """Give up a release that is being built."""
    dataset = releases.dataset_named(request.project.pk, name)
    release = releases.releases_of(dataset).filter(pk=release_id).first()
    if release is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    export.cancel(release, by=request.actor)
    messages.success(request, _("The release was cancelled."))
    return redirect("web:dataset", request.project.slug, dataset.name)


@needs(Permission.READ)
@require_safe
def progress(request: ProjectRequest, *, name: str, release_id: int) -> HttpResponse:
    """How far a release is, as a fragment that asks again; when it is over the page is loaded anew."""
    dataset = releases.dataset_named(request.project.pk, name)
    release = releases.releases_of(dataset).filter(pk=release_id).first()
    if release is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    newest = releases.under_way(release)
    response = render(
        request,
        "export/_progress.html",
        {"dataset": dataset, "newest": newest, "may_release": Permission.RELEASE in request.permissions},
    )
    if newest.is_over:
        response.headers["HX-Refresh"] = "true"
    return response
