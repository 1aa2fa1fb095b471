"""The review screen: one item, one decision, no page load.

Every address answers a plain form post with a redirect or a page, and a script (`HX-Request`) with
the fragment of the same thing. The script holds the next item rendered ahead and names it in `shown`.
"""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues import reviewing
from queues.assign import actions as assign
from queues.assign import aside
from queues.assign.policy import MayNotWork
from queues.errors import Invalid
from queues.models import Queue, Slot
from queues.review import drafts
from queues.web import plain_marks, spliced
from queues.web import review_screen as screen
from queues.web.desk import LATER
from queues.web.held import form_of, held_of, queue_with_form
from queues.web.posted import (
    draft_of,
    id_of,
    ids_of,
    is_unveiled,
    review_of,
    revision_of,
    tab_of,
    token_of,
)


@needs(Permission.REVIEW)
@require_GET
def page(request: ProjectRequest, queue_slug: str) -> HttpResponse:
    """My item of this queue: the one I hold, else a new one; a page, or its fragment."""
    queue = queue_with_form(request, queue_slug)
    lease = reviewing.lease_next(queue, by=request.actor, beside=ids_of(request.GET.getlist("beside")))
    return screen.page_of(request, queue, lease, submitted=ids_of(request.GET.getlist("submitted"))[:1])


@needs(Permission.REVIEW)
@require_GET
def ahead(request: ProjectRequest, queue_slug: str) -> HttpResponse:
    """The item after the one on the screen, with a short lease; 204 when there is none."""
    queue = queue_with_form(request, queue_slug)
    beside = ids_of(request.GET.getlist("beside"))
    try:
        lease = reviewing.lease_next(queue, by=request.actor, beside=beside, ahead=True)
    except MayNotWork:  # said on the page that is asked for by hand
        return HttpResponse(status=204)
    if lease is None:
        return HttpResponse(status=204)
    return screen.vary(render(request, "review/_item.html", screen.item_of(request, queue, lease)))


@needs(Permission.REVIEW)
@require_POST
def submit(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Store a review; the answer carries the undo and the item that follows those on the screen."""
    held, token = held_of(request, slot_id), token_of(request.POST)
    if marks := plain_marks.unplaced(request, held.slot, held.form):
        return screen.again(request, held, token, marks.refusal, marks.faults, plain=marks.typed)
    shown = ids_of(request.POST.getlist("shown"))
    wants_next = bool(request.htmx) and request.POST.get("next") != "no"
    try:
        done = reviewing.submit(
            slot_id,
            project=request.project,
            token=token,
            by=request.actor,
            submission=review_of(request, held.output_text, held.form),
            revision=revision_of(request.POST),
            tab=tab_of(request.POST),
            form_id=held.form_id,
            next_in=held.queue if wants_next else None,
            beside=shown,
            ahead=bool(shown),
            unveiled=is_unveiled(request.POST),
        )
    except Invalid as error:
        return screen.again(request, held, token, error, error.faults)
    except drafts.DraftConflict as conflict:
        return screen.both(request, held, token, conflict)
    if not request.htmx:
        return redirect(f"{screen.address_of('review', request, held.queue.slug)}?submitted={done.review_id}")
    told_of = screen.told_of(request, done.review_id) if done.was_check else None
    return screen.after_submit(request, held.queue, done, wants_next=wants_next, told=told_of)


@needs(Permission.REVIEW)
@require_POST
def draft(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Keep what was typed. 409 with both versions when another window has saved since.

    412 where only what changed was sent, and of another text than the stored one.
    """
    held, token = held_of(request, slot_id), token_of(request.POST)
    if marks := plain_marks.unplaced(request, held.slot, held.form):
        return screen.again(request, held, token, marks.refusal, marks.faults, plain=marks.typed)
    try:
        text = spliced.whole_text(request, held.slot, held.output_text)
    except spliced.OtherText:
        return HttpResponse(status=412)
    try:
        kept = drafts.save(
            slot_id,
            project_id=request.project.pk,
            token=token,
            by=request.actor,
            content=draft_of(request, held.output_text, held.form, corrected_text=text),
            revision=revision_of(request.POST),
            tab=tab_of(request.POST),
        )
    except drafts.DraftConflict as conflict:
        return screen.both(request, held, token, conflict)
    if not request.htmx:
        return redirect(screen.address_of("review", request, held.queue.slug))
    return JsonResponse({"revision": kept.revision})


@needs(Permission.REVIEW)
@require_POST
def heartbeat(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """The page is still in use: renew the lease. Answers the seconds that it now has."""
    held = held_of(request, slot_id)
    is_first_look = request.POST.get("look") == "first"
    assign.heartbeat(slot_id, token=token_of(request.POST), by=request.actor, is_first_look=is_first_look)
    return JsonResponse({"seconds": held.queue.lease_seconds})


@needs(Permission.REVIEW)
@require_POST
def skip(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Pass the item on with a reason, or keep it for later; the answer is the item that follows."""
    held, token = held_of(request, slot_id), token_of(request.POST)
    reason = request.POST.get("reason", "")
    if reason.startswith(LATER):
        aside.keep(slot_id, token=token, by=request.actor, hours=id_of(reason.removeprefix(LATER)) or 0)
    else:
        assign.skip(slot_id, token=token, by=request.actor, reason=reason)
    return screen.after_skip(request, held.queue)


@needs(Permission.REVIEW)
@require_POST
def take_up(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Bring an item that was kept for later back to the screen."""
    slot = aside.take_up(slot_id, project_id=request.project.pk, by=request.actor)
    beside = "&".join(f"beside={other}" for other in aside.others_on_screen(slot, request.actor))
    return redirect(f"{screen.address_of('review', request, slot.queue.slug)}?{beside}")


@needs(Permission.REVIEW)
@require_POST
def give_back(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """End the lease without a reason, when the screen is left."""
    held_of(request, slot_id)
    assign.give_back(slot_id, token=token_of(request.POST), by=request.actor)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(reverse("web:queues", args=[request.project.slug]))


@needs(Permission.REVIEW)
@require_POST
def undo(request: ProjectRequest, review_id: int) -> HttpResponse:
    """Take the review back: its item returns with the text as a draft."""
    lease = reviewing.undo(review_id, project=request.project, by=request.actor)
    queue = Queue.objects.get(pk=lease.queue_id)
    form_of(queue)
    if request.htmx:
        return render(request, "review/_item.html", screen.item_of(request, queue, lease))
    # `beside` names what else they hold, so that the page shows the undone item and none of those.
    others = aside.others_on_screen(Slot.objects.get(pk=lease.slot_id), request.actor)
    beside = "&".join(f"beside={slot}" for slot in others)
    return redirect(f"{screen.address_of('review', request, queue.slug)}?{beside}")
