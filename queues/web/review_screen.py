"""The review screen as it is drawn: an item, as a page or as the fragment of the same thing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from accounts.gate import ProjectRequest
from queues import reviewing
from queues.assign import further
from queues.assign.actions import lease_ended
from queues.assign.lease import Lease
from queues.curate.checks import queries as checks
from queues.errors import Fault, ReviewappError
from queues.models import Queue
from queues.review import drafts, queries
from queues.review.care import veil_of
from queues.review.session import session_of
from queues.reviewing import Submission
from queues.web import reading
from queues.web.desk import Typed, context_of, later_choices, skip_reasons
from queues.web.held import Held
from queues.web.posted import draft_of, ids_of, is_unveiled, review_of
from queues.web.told import Told, told


def page_of(
    request: ProjectRequest, queue: Queue, lease: Lease | None, *, submitted: list[int]
) -> HttpResponse:
    """The page, or the fragment, of a lease; without one, the sentence that nothing waits."""
    context = item_of(request, queue, lease) | {
        "undo_id": submitted[0] if submitted else None,
        "told": told_of(request, submitted[0]) if submitted and queue.tells_any_check else None,
        "session": session_of(queue, by=request.actor),  # from here on the script counts
    }
    template = "review/_item.html" if request.htmx else "review/page.html"
    response = vary(render(request, template, context))
    if context.get("is_searching"):
        response["Refresh"] = "2"  # seconds; the search goes on from where it stopped
    return response


def after_submit(
    request: ProjectRequest, queue: Queue, done: Submission, *, wants_next: bool, told: Told | None
) -> HttpResponse:
    """To the script: the toast with its undo, and the item that follows when one was asked for."""
    context = item_of(request, queue, done.next) if wants_next else {"slug": request.project.slug}
    context |= {"undo_id": done.review_id, "wants_next": wants_next, "told": told}
    return render(request, "review/_submitted.html", context)


def told_of(request: ProjectRequest, review_id: int) -> Told | None:
    """What the person is told of the item before, where it was a check and the queue tells."""
    served = checks.told_after(review_id, request.user.pk)
    return told(served) if served else None


def after_skip(request: ProjectRequest, queue: Queue) -> HttpResponse:
    """After a skip: the next item that is not on the screen already, or a redirect to it."""
    if not request.htmx:
        return redirect(address_of("review", request, queue.slug))
    shown = ids_of(request.POST.getlist("shown"))
    lease = reviewing.lease_next(queue, by=request.actor, beside=shown, ahead=bool(shown))
    return render(request, "review/_item.html", item_of(request, queue, lease))


def again(
    request: ProjectRequest,
    held: Held,
    token: UUID,
    error: ReviewappError,
    faults: Sequence[Fault] = (),
    **more: object,
) -> HttpResponse:
    """The same item with what was typed, why it was refused, and the faults at their places."""
    slot = held.slot
    is_mine = slot.lease_token == token and slot.person_id == request.actor.person_id
    if not is_mine or slot.lease_until is None:
        raise lease_ended()
    lease = Lease.of(slot)
    typed = Typed(draft_of(request, held.output_text, held.form), faults, str(error))
    context = item_of(request, held.queue, lease, typed, form_id=held.form_id) | more
    context["is_unveiled"] = is_unveiled(request.POST)
    if request.htmx:
        return render(request, "review/_item.html", context, status=error.status)
    context["session"] = session_of(held.queue, by=request.actor)
    return render(request, "review/page.html", context, status=error.status)


def both(request: ProjectRequest, held: Held, token: UUID, conflict: drafts.DraftConflict) -> HttpResponse:
    """409 with this window's text and the other's; without a script, this one's can be sent again."""
    if not request.htmx:
        return again(request, held, token, conflict, kept=conflict.kept)
    mine = review_of(request, held.output_text, held.form)
    context = {"mine": mine, "kept": conflict.kept, "text": str(conflict)}
    return render(request, "review/_draft_conflict.html", context, status=409)


def item_of(
    request: ProjectRequest,
    queue: Queue,
    lease: Lease | None,
    typed: Typed | None = None,
    *,
    form_id: int | None = None,
) -> dict[str, Any]:
    """What the templates of an item need; without a lease, whether one is still searched for."""
    shared = {
        "queue": queue,
        "slug": request.project.slug,
        "skip_reasons": skip_reasons(),
        "later_choices": later_choices(),
    }
    if lease is None:
        me = request.actor.as_person()
        return shared | {"is_searching": further.is_under_way(queue.pk, person_id=me)}
    desk = queries.desk(lease, queue=queue, by=request.actor, form_id=form_id)
    veil = veil_of(desk.prediction_ids, queue=queue, by=request.actor, is_blind=lease.is_blind)
    shown = context_of(
        desk,
        project_slug=request.project.slug,
        typed=typed,
        prefers_rendered=reading.prefers_rendered(request.session),
    )
    return shared | shown | {"veil": veil}


def address_of(name: str, request: ProjectRequest, queue_slug: str) -> str:
    """The address of a page of a queue, by its name."""
    return reverse(f"web:{name}", args=[request.project.slug, queue_slug])


def vary(response: HttpResponse) -> HttpResponse:
    """Page and fragment share an address, so a cache must tell them apart."""
    patch_vary_headers(response, ["HX-Request"])
    return response
