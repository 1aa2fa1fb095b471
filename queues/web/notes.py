"""The notes of an item, where I was named in one, and past items like it: all after one's own review."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.models import Membership
from accounts.roles import Permission
from queues.errors import Fault, Invalid
from queues.newest import newest
from queues.review import care, line_ends, notes, past
from queues.web.paging import number, pager

EXCERPT = 200  # characters of the output


@needs(Permission.ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: ProjectRequest, *, item_id: int) -> HttpResponse:
    """What people say about an item, and a field to say more."""
    item = notes.item_of(request.project.pk, item_id)
    notes.check_can_read(item, request.actor, request.permissions)
    text, status = "", 200
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        text = line_ends.like("", request.POST.get("text", ""))
        try:
            note = notes.add(
                item_id,
                project=request.project,
                by=request.actor,
                held=request.permissions,
                text=text,
            )
        except Invalid as error:
            faults, status = tuple(error.faults), error.status
        else:
            return redirect(f"{reverse('web:notes', args=[request.project.slug, item_id])}#note-{note.pk}")
    members = Membership.objects.filter(project=request.project, person__is_active=True)
    context = {
        "item": item,
        "excerpt": item.prediction.payload.output_text[:EXCERPT],
        "notes": notes.thread_of(item_id),
        "veiled": care.veiled_for(request.user.pk, [item.prediction_id]),
        "members": list(members.order_by("person__name").values_list("person__name", flat=True)),
        "text": text,
        "faults": faults,
    }
    return render(request, "notes/page.html", context, status=status)


@needs(Permission.ENTER)
@require_safe
def similar_past(request: ProjectRequest, *, item_id: int) -> HttpResponse:
    """What was decided on the past items that are most like this one."""
    item = notes.item_of(request.project.pk, item_id)
    notes.check_can_read(item, request.actor, request.permissions)
    reads_all = Permission.READ in request.permissions
    found = past.like(item, reader_id=request.user.pk, reads_all=reads_all)
    ids = [one.verdict.item.prediction_id for one in found or ()]
    context = {
        "item": item,
        "found": found,
        "why_none": past.why_none() if found is None else "",
        "veiled": care.veiled_for(request.user.pk, ids),
    }
    return render(request, "notes/similar.html", context)


@needs(Permission.ENTER)
@require_safe
def mentions(request: ProjectRequest) -> HttpResponse:
    """Where I was named in a note, newest first."""
    page = newest(notes.mentions_of(request.user.pk, request.project.pk), before=number(request, "before"))
    return render(request, "notes/mentions.html", {"mentions": page.rows, "pager": pager(request, page)})
