"""My drafts: what I have in hand, what I have typed and not submitted, and what I have put away."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues import reviewing
from queues.assign import aside
from queues.errors import Taken
from queues.models import Draft, Slot, SlotState
from queues.newest import newest
from queues.review import care, my_drafts, put_away
from queues.web.answer_words import in_words
from queues.web.labels import labels_of_versions
from queues.web.paging import number, pager

EXCERPT = 140  # characters of what was typed
AWAY_SHOWN = 20


@needs(Permission.REVIEW)
@require_safe
def drafts(request: ProjectRequest) -> HttpResponse:
    """What I hold and keep, with until when; my other drafts, with what can be done; what I put away."""
    me, project_id = request.user.pk, request.project.pk
    page = newest(my_drafts.without_lease(me, project_id), before=number(request, "before"))
    in_hand = my_drafts.in_hand(me, project_id)
    away = my_drafts.put_away_by(me, project_id)[:AWAY_SHOWN]
    items = [one.slot.item for one in in_hand] + [draft.item for draft in (*page.rows, *away)]
    context = {
        "in_hand": [(one, excerpt_of(one.draft)) for one in in_hand],
        "drafts": [(draft, my_drafts.standing_of(draft), excerpt_of(draft)) for draft in page.rows],
        "away": [(draft, excerpt_of(draft)) for draft in away],
        "veiled": care.veiled_for(me, [item.prediction_id for item in items]),
        "pager": pager(request, page),
    }
    return render(request, "drafts/page.html", context)


@needs(Permission.REVIEW)
@require_safe
def draft(request: ProjectRequest, *, draft_id: int) -> HttpResponse:
    """All that I typed on one item, to read and to copy, whatever has become of the item."""
    found = put_away.of_mine(draft_id, project_id=request.project.pk, by=request.actor)
    listed = my_drafts.drafts_of(request.user.pk, [request.project.pk]).filter(pk=found.pk).first()
    labels = labels_of_versions([found.item.queue.form])
    answers = found.content.get("answers")
    context = {
        "draft": found,
        "standing": my_drafts.standing_of(listed) if listed else None,
        "labels": labels,
        "veiled": care.veiled_of(found.item, person_id=request.user.pk),
        "answers": [
            (labels.get(key, key), in_words(key, value, labels))
            for key, value in (answers.items() if isinstance(answers, dict) else ())
        ],
    }
    return render(request, "drafts/draft.html", context)


@needs(Permission.REVIEW)
@require_POST
def open_again(request: ProjectRequest, *, draft_id: int) -> HttpResponse:
    """Back to the item: the lease that I hold, the one that I keep, or a new one if it is still open."""
    found = put_away.of_mine(draft_id, project_id=request.project.pk, by=request.actor)
    slot = Slot.objects.filter(item=found.item_id, person=request.user.pk, state=SlotState.LEASED).first()
    if slot is not None and slot.aside:
        aside.take_up(slot.pk, project_id=request.project.pk, by=request.actor)
    elif slot is None or not aside.is_running(slot):
        if found.discarded_at is not None:
            put_away.bring_back(found.pk, project_id=request.project.pk, by=request.actor)
        if reviewing.lease_again(found.item, by=request.actor) is None:
            raise Taken(_("Others have this item now, or it needs no review any more. Your text is kept."))
        slot = Slot.objects.get(item=found.item_id, person=request.user.pk, state=SlotState.LEASED)
    beside = "&".join(f"beside={other}" for other in aside.others_on_screen(slot, request.actor))
    page = reverse("web:review", args=[request.project.slug, found.item.queue.slug])
    return redirect(f"{page}?{beside}")


@needs(Permission.REVIEW)
@require_POST
def discard(request: ProjectRequest, *, draft_id: int) -> HttpResponse:
    """Put a draft away; it can be brought back for a day."""
    put_away.put_away(draft_id, project_id=request.project.pk, by=request.actor)
    messages.success(request, _("The draft is put away. You can bring it back for a day: it stands below."))
    return redirect("web:drafts", request.project.slug)


@needs(Permission.REVIEW)
@require_POST
def restore(request: ProjectRequest, *, draft_id: int) -> HttpResponse:
    """Bring a draft back that I put away."""
    put_away.bring_back(draft_id, project_id=request.project.pk, by=request.actor)
    messages.success(request, _("The draft is back."))
    return redirect("web:drafts", request.project.slug)


def excerpt_of(draft: Draft | None) -> str:
    """The beginning of what was typed."""
    if draft is None:
        return ""
    typed = draft.content.get("corrected_text") or draft.content.get("note") or ""
    return Truncator(str(typed)).chars(EXCERPT)
