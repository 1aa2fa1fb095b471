"""A queue's settings for leads: open one, change it, close it when it is empty."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.gate import ProjectRequest, needs
from accounts.models import Event
from accounts.roles import Permission
from queues.assign import queues as assign
from queues.assign import reordering
from queues.audit.queries import EventSearch, events_of, names_of
from queues.errors import ReviewappError
from queues.models import FormVersion, Queue
from queues.review import form_versions
from queues.web.posted import id_of
from queues.web.put_beside import put_beside
from queues.web.queue_form import NewQueueForm, QueueForm, initial_of, sections_of
from queues.web.queue_of import queue_of
from queues.web.queue_words import changes_of

CHANGES_SHOWN = 20


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """Open a queue; 422 with the faults beside their fields."""
    project_id, first = request.project.pk, initial_of(Queue())
    form = NewQueueForm(request.POST or None, initial=first, project_id=project_id)
    if request.method != "POST":
        return render(request, "queues/new.html", {"form": form, "sections": sections_of(form)})
    if form.is_valid():
        try:
            queue = _open(request, form)
        except ReviewappError as refusal:
            put_beside(form, refusal)
        else:
            messages.success(request, _("The queue is open. Rules of the policy can send to it now."))
            return redirect("web:queue-settings", request.project.slug, queue.slug)
    return render(request, "queues/new.html", {"form": form, "sections": sections_of(form)}, status=422)


@transaction.atomic
def _open(request: ProjectRequest, form: NewQueueForm) -> Queue:
    slug, project_id = form.cleaned_data["slug"], request.project.pk
    queue = assign.open_queue(project_id=project_id, slug=slug, by=request.actor, **form.settings())
    if other := form.cleaned_data["form_of"]:
        copied = FormVersion.objects.get(queue__project=project_id, queue__slug=other, pk=F("queue__form"))
        form_versions.new_version(queue, document=copied.document, by=request.actor)
    return queue


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: ProjectRequest, queue_slug: str) -> HttpResponse:
    """The settings with who changed what; a POST changes them, unless somebody else was faster."""
    queue = queue_of(request, queue_slug)
    if request.method != "POST":
        return _page(request, queue, QueueForm(initial=initial_of(queue)))
    form = QueueForm(request.POST)
    if not form.is_valid():
        return _page(request, queue, form, status=422)
    try:
        assign.change_settings(
            queue.pk,
            project_id=request.project.pk,
            version=id_of(request.POST.get("version", "")) or 0,
            by=request.actor,
            **_changed(queue, form),
        )
    except ReviewappError as refusal:
        put_beside(form, refusal)
        return _page(request, queue_of(request, queue_slug), form, status=refusal.status)
    messages.success(request, _("The settings are stored. They hold for items that come from now on."))
    return redirect("web:queue-settings", request.project.slug, queue.slug)


@needs(Permission.TUNE)
@require_POST
def archive(request: ProjectRequest, queue_slug: str) -> HttpResponse:
    """Close the queue; refused with the reason while something waits in it or is sent to it."""
    queue = queue_of(request, queue_slug)
    try:
        assign.archive(queue.pk, project_id=request.project.pk, by=request.actor)
    except ReviewappError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The queue is closed. Its items and decisions stay where they are."))
    return redirect("web:queue-settings", request.project.slug, queue.slug)


@needs(Permission.TUNE)
@require_POST
def restore(request: ProjectRequest, queue_slug: str) -> HttpResponse:
    """Open a closed queue again."""
    queue = queue_of(request, queue_slug)
    assign.restore(queue.pk, project_id=request.project.pk, by=request.actor)
    messages.success(request, _("The queue is open again."))
    return redirect("web:queue-settings", request.project.slug, queue.slug)


def _changed(queue: Queue, form: QueueForm) -> dict[str, Any]:
    """The settings that were typed; a lease of odd seconds, which the API can give, stays unless changed."""
    typed = form.settings()
    if form.cleaned_data["lease_minutes"] == initial_of(queue)["lease_minutes"]:
        typed["lease_seconds"] = queue.lease_seconds
    return typed


def _page(request: ProjectRequest, queue: Queue, form: QueueForm, *, status: int = 200) -> HttpResponse:
    about = EventSearch(kind="queue.", subject_kind="queue", subject_id=queue.pk)
    found: list[Event] = list(events_of(request.project.pk, about).rows[:CHANGES_SHOWN])
    names = names_of(event.actor_person_id for event in found)
    context = {
        "queue": queue,
        "form": form,
        "placing": reordering.under_way(queue),
        "sections": sections_of(form),
        "changes": [(event, names.get(event.actor_person_id or 0, ""), changes_of(event)) for event in found],
    }
    return render(request, "queues/settings.html", context, status=status)
