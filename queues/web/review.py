"""The review screen: one item, one decision, no page load.

Every address answers a plain form post with a redirect or a page, and a script (`HX-Request`) with
the fragment of the same thing. The script holds the next item rendered ahead and names it in `shown`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.compiled import Argument, Compiled
from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues import reviewing
from queues.assign import actions as assign
from queues.assign import aside, further
from queues.assign.actions import lease_ended
from queues.assign.lease import Lease
from queues.assign.policy import MayNotWork
from queues.curate.checks import queries as checks
from queues.errors import Fault, Invalid, NotFound, ReviewappError
from queues.models import FormVersion, Queue, Slot
from queues.review import drafts, queries
from queues.review import form as forms
from queues.review.care import veil_of
from queues.review.form import Form
from queues.review.session import session_of
from queues.reviewing import Submission
from queues.web import plain_marks, reading, spliced
from queues.web.desk import LATER, Typed, context_of, later_choices, skip_reasons
from queues.web.posted import draft_of, id_of, ids_of, is_unveiled, review_of, revision_of, token_of
from queues.web.queue_of import queue_of
from queues.web.told import Told, told


@dataclass(frozen=True, slots=True)
class Held:
    """The slot that a form speaks of, its queue and form, and the output that the text is compared with."""

    slot: Slot
    queue: Queue
    form_id: int
    form: Form
    output_text: str


@needs(Permission.REVIEW)
@require_GET
def page(request: ProjectRequest, queue_slug: str) -> HttpResponse:
    """My item of this queue: the one I hold, else a new one; a page, or its fragment."""
    queue = _queue(request, queue_slug)
    lease = reviewing.lease_next(queue, by=request.actor, beside=ids_of(request.GET.getlist("beside")))
    return _show(request, queue, lease, submitted=ids_of(request.GET.getlist("submitted"))[:1])


@needs(Permission.REVIEW)
@require_GET
def ahead(request: ProjectRequest, queue_slug: str) -> HttpResponse:
    """The item after the one on the screen, with a short lease; 204 when there is none."""
    queue = _queue(request, queue_slug)
    beside = ids_of(request.GET.getlist("beside"))
    try:
        lease = reviewing.lease_next(queue, by=request.actor, beside=beside, ahead=True)
    except MayNotWork:  # said on the page that is asked for by hand
        return HttpResponse(status=204)
    if lease is None:
        return HttpResponse(status=204)
    return _vary(render(request, "review/_item.html", _context(request, queue, lease)))


@needs(Permission.REVIEW)
@require_POST
def submit(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Store a review; the answer carries the undo and the item that follows those on the screen."""
    held, token = _held(request, slot_id), token_of(request.POST)
    if marks := plain_marks.unplaced(request, held.slot, held.form):
        return _again(request, held, token, marks.refusal, marks.faults, plain=marks.typed)
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
            form_id=held.form_id,
            next_in=held.queue if wants_next else None,
            beside=shown,
            ahead=bool(shown),
            unveiled=is_unveiled(request.POST),
        )
    except Invalid as error:
        return _again(request, held, token, error, error.faults)
    except drafts.DraftConflict as conflict:
        return _both(request, held, token, conflict)
    if not request.htmx:
        return redirect(f"{_address('review', request, held.queue.slug)}?submitted={done.review_id}")
    told_of = _told(request, done.review_id) if done.was_check else None
    return _answer(request, held.queue, done, wants_next=wants_next, told=told_of)


@needs(Permission.REVIEW)
@require_POST
def draft(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Keep what was typed. 409 with both versions when another window has saved since.

    412 where only what changed was sent, and of another text than the stored one.
    """
    held, token = _held(request, slot_id), token_of(request.POST)
    if marks := plain_marks.unplaced(request, held.slot, held.form):
        return _again(request, held, token, marks.refusal, marks.faults, plain=marks.typed)
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
        )
    except drafts.DraftConflict as conflict:
        return _both(request, held, token, conflict)
    if not request.htmx:
        return redirect(_address("review", request, held.queue.slug))
    return JsonResponse({"revision": kept.revision})


@needs(Permission.REVIEW)
@require_POST
def heartbeat(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """The page is still in use: renew the lease. Answers the seconds that it now has."""
    held = _held(request, slot_id)
    is_first_look = request.POST.get("look") == "first"
    assign.heartbeat(slot_id, token=token_of(request.POST), by=request.actor, is_first_look=is_first_look)
    return JsonResponse({"seconds": held.queue.lease_seconds})


@needs(Permission.REVIEW)
@require_POST
def skip(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Pass the item on with a reason, or keep it for later; the answer is the item that follows."""
    held, token = _held(request, slot_id), token_of(request.POST)
    reason = request.POST.get("reason", "")
    if reason.startswith(LATER):
        aside.keep(slot_id, token=token, by=request.actor, hours=id_of(reason.removeprefix(LATER)) or 0)
    else:
        assign.skip(slot_id, token=token, by=request.actor, reason=reason)
    return _follow(request, held.queue)


@needs(Permission.REVIEW)
@require_POST
def take_up(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Bring an item that was kept for later back to the screen."""
    slot = aside.take_up(slot_id, project_id=request.project.pk, by=request.actor)
    beside = "&".join(f"beside={other}" for other in aside.others_on_screen(slot, request.actor))
    return redirect(f"{_address('review', request, slot.queue.slug)}?{beside}")


@needs(Permission.REVIEW)
@require_POST
def give_back(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """End the lease without a reason, when the screen is left."""
    _held(request, slot_id)
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
    _present_form(queue)
    if request.htmx:
        return render(request, "review/_item.html", _context(request, queue, lease))
    # `beside` names what was on the screen, so that the page shows the undone item and not that one.
    beside = "&".join(f"beside={slot}" for slot in ids_of(request.POST.getlist("beside")))
    return redirect(f"{_address('review', request, queue.slug)}?{beside}")


def _show(
    request: ProjectRequest, queue: Queue, lease: Lease | None, *, submitted: list[int]
) -> HttpResponse:
    """The page, or the fragment, of a lease; without one, the sentence that nothing waits."""
    context = _context(request, queue, lease) | {
        "undo_id": submitted[0] if submitted else None,
        "told": _told(request, submitted[0]) if submitted and queue.tells_any_check else None,
        "session": session_of(queue, by=request.actor),  # from here on the script counts
    }
    template = "review/_item.html" if request.htmx else "review/page.html"
    response = _vary(render(request, template, context))
    if context.get("is_searching"):
        response["Refresh"] = "2"  # seconds; the search goes on from where it stopped
    return response


def _answer(
    request: ProjectRequest, queue: Queue, done: Submission, *, wants_next: bool, told: Told | None
) -> HttpResponse:
    """To the script: the toast with its undo, and the item that follows when one was asked for."""
    context = _context(request, queue, done.next) if wants_next else {"slug": request.project.slug}
    context |= {"undo_id": done.review_id, "wants_next": wants_next, "told": told}
    return render(request, "review/_submitted.html", context)


def _told(request: ProjectRequest, review_id: int) -> Told | None:
    """What the person is told of the item before, where it was a check and the queue tells."""
    served = checks.told_after(review_id, request.user.pk)
    return told(served) if served else None


def _follow(request: ProjectRequest, queue: Queue) -> HttpResponse:
    """After a skip: the next item that is not on the screen already, or a redirect to it."""
    if not request.htmx:
        return redirect(_address("review", request, queue.slug))
    shown = ids_of(request.POST.getlist("shown"))
    lease = reviewing.lease_next(queue, by=request.actor, beside=shown, ahead=bool(shown))
    return render(request, "review/_item.html", _context(request, queue, lease))


def _again(
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
    if not is_mine or slot.lease_until is None or slot.leased_at is None:
        raise lease_ended()
    lease = Lease(
        slot.pk, slot.item_id, slot.queue_id, token, slot.lease_until, slot.leased_at, slot.is_blind
    )
    typed = Typed(draft_of(request, held.output_text, held.form), faults, str(error))
    context = _context(request, held.queue, lease, typed, form_id=held.form_id) | more
    context["is_unveiled"] = is_unveiled(request.POST)
    if request.htmx:
        return render(request, "review/_item.html", context, status=error.status)
    context["session"] = session_of(held.queue, by=request.actor)
    return render(request, "review/page.html", context, status=error.status)


def _both(request: ProjectRequest, held: Held, token: UUID, conflict: drafts.DraftConflict) -> HttpResponse:
    """409 with this window's text and the other's; without a script, this one's can be sent again."""
    if not request.htmx:
        return _again(request, held, token, conflict, kept=conflict.kept)
    mine = review_of(request, held.output_text, held.form)
    context = {"mine": mine, "kept": conflict.kept, "text": str(conflict)}
    return render(request, "review/_draft_conflict.html", context, status=409)


def _context(
    request: ProjectRequest,
    queue: Queue,
    lease: Lease | None,
    typed: Typed | None = None,
    *,
    form_id: int | None = None,
) -> dict[str, Any]:
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


def _queue(request: ProjectRequest, slug: str) -> Queue:
    queue = queue_of(request, slug)
    _present_form(queue)
    return queue


def _held(request: ProjectRequest, slot_id: int) -> Held:
    """A slot of this project with its queue and the output's text; whose it is, the actions check."""
    slot = _WITH_TEXT.first(slot=slot_id, project=request.project.pk)
    if slot is None:
        raise NotFound(_("There is no such item in this project. Open the queue to take one."))
    form_id = _shown_form(request, slot.queue)
    form = forms.for_item(forms.of_version(form_id), compares=slot.compares)  # type: ignore[attr-defined]
    return Held(slot, slot.queue, form_id, form, slot.output_text)  # type: ignore[attr-defined]


def _shown_form(request: ProjectRequest, queue: Queue) -> int:
    """The version of the queue's form that the page shows; the present one where it does not say."""
    shown = id_of(request.POST.get("form", ""))
    is_other = shown not in (None, queue.form_id)
    if shown is not None and is_other and FormVersion.objects.filter(pk=shown, queue=queue.pk).exists():
        return shown
    return _present_form(queue)


def _present_form(queue: Queue) -> int:
    if queue.form_id is None:  # before anything is leased that could not be shown
        raise NotFound(_("This queue has no form yet. Ask a lead to give it one."))
    return queue.form_id


_WITH_TEXT = Compiled(
    lambda: (
        Slot.objects.select_related("queue")
        .annotate(
            output_text=F("item__prediction__payload__output_text"),
            compares=Q(item__other__isnull=False),
        )
        .filter(pk=Argument("slot"), queue__project=Argument("project"))
    )
)


def _address(name: str, request: ProjectRequest, queue_slug: str) -> str:
    return reverse(f"web:{name}", args=[request.project.slug, queue_slug])


def _vary(response: HttpResponse) -> HttpResponse:
    """Page and fragment share an address, so a cache must tell them apart."""
    patch_vary_headers(response, ["HX-Request"])
    return response
