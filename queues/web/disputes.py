"""Disputes: the list, and the desk at which a lead settles one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues import pipeline
from queues.adjudicate import queries as adjudicate
from queues.agree import rule_versions
from queues.curate.checks import questions
from queues.errors import Fault, Invalid, NotAllowed, NotFound, WrongState
from queues.models import ItemState, Queue
from queues.newest import PAGE_SIZE
from queues.review import care, line_ends, pair
from queues.review import form as review_forms
from queues.review.form import Form
from queues.review.submission import document_of
from queues.web.answer_words import in_words
from queues.web.asked import questions_of
from queues.web.dispute_rule import sentences_of
from queues.web.labels import labels_of, labels_of_versions
from queues.web.paging import address, number
from queues.web.parameters import takes
from queues.web.posted import is_unveiled, submission_of
from queues.web.posted_answers import answers_of
from queues.web.queue_of import narrowed_to, queues_of
from queues.web.record import conversation_of
from queues.web.verdict_choices import picks_of

WRITTEN = "written"  # the lead writes a third verdict instead of picking a review
TEXTS = ("source", "decision", "corrected_text", "why", "answer")


@dataclass(frozen=True, slots=True)
class RefusedReply:
    """What a lead typed to a question about a check, and what is wrong with it.

    is_gone: the question stands in the list no more, as somebody else has answered it or it was taken back.
    """

    served_id: int
    text: str
    fault: str
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class TooLate:
    """What a lead typed that nothing can take any more: the refusal, and each field's label and text."""

    refusal: WrongState | NotAllowed
    kept: list[tuple[str, str]]


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "after")
def disputes(request: ProjectRequest) -> HttpResponse:
    """All open disputes, the longest waiting first; one queue's with ?queue=slug."""
    return page(request)


def page(request: ProjectRequest, *, refused: RefusedReply | None = None) -> HttpResponse:
    """The list of disputes and questions; refused: a reply that was not sent, with its text and why."""
    queues = queues_of(request)
    chosen = narrowed_to(request, queues)
    after = number(request, "after") or 0
    found = adjudicate.disputes_of(request.project.pk, queue_id=chosen.pk if chosen else None, after=after)
    shown = found[:PAGE_SIZE]
    context = {
        "asked": questions.waiting_in(request.project.pk, queue_id=chosen.pk if chosen else None),
        "asked_shown": questions.SHOWN,
        "refused": refused,
        "disputes": [(dispute, _has_reviewed(dispute, request.user.pk)) for dispute in shown],
        "veiled": care.veiled_for(request.user.pk, [one.item.prediction_id for one in shown]),
        "queues": queues,
        "chosen": chosen,
        "rule": _rule_of(chosen) if chosen else [],
        "labels": labels_of_versions(queue.form for queue in queues),
        "first_url": address(request, after=None) if after else "",
        "next_url": address(request, after=shown[-1].item.pk) if len(found) > PAGE_SIZE else "",
    }
    status = 200 if refused is None else 409 if refused.is_gone else 422
    return render(request, "disputes/page.html", context, status=status)


@needs(Permission.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: ProjectRequest, *, item_id: int) -> HttpResponse:
    """The reviews side by side; the lead picks one of them or writes a third, and says why."""
    dispute = adjudicate.dispute_of(request.project.pk, item_id)
    if dispute is None:
        raise NotFound(_("There is no such item in this project. Choose one from the list of disputes."))
    if request.method != "POST":
        return _desk(request, dispute)
    try:
        document, picked = _document(request, dispute)
        pipeline.settle_by_lead(
            item_id,
            project=request.project,
            by=request.actor,
            document=document,
            why=line_ends.like("", request.POST.get("why", "")),
            picked=picked,
            answer=line_ends.like("", request.POST.get("answer", "")),
            unveiled=is_unveiled(request.POST),
        )
    except Invalid as error:
        return _desk(request, dispute, refusal=error, typed=request.POST)
    except (WrongState, NotAllowed) as error:
        return _as_it_stands(request, item_id, error)
    messages.success(request, _is_settled(request, item_id))
    return _to_next(request, dispute)


def _is_settled(request: ProjectRequest, item_id: int) -> SafeString:
    """With the way back to it, as the next dispute stands there already."""
    return format_html(
        '{} <a href="{}#holds">{}</a>',
        _("Item %(number)s is settled.") % {"number": item_id},
        reverse("web:settle", args=[request.project.slug, item_id]),
        _("See it, or reopen it"),
    )


def _as_it_stands(request: ProjectRequest, item_id: int, error: WrongState | NotAllowed) -> HttpResponse:
    """The item as it stands now, with what the lead typed, since nothing else has it."""
    dispute = adjudicate.dispute_of(request.project.pk, item_id)
    if dispute is None:
        raise error
    labels = {
        "corrected_text": _("Corrected text"),
        "why": _("Why this holds"),
        "answer": _("Your answer to who asked"),
    }
    output_text = dispute.item.prediction.payload.output_text
    typed = {name: line_ends.like(output_text, request.POST.get(name, "")) for name in labels}
    kept = [(labels[name], text) for name, text in typed.items() if text.strip() and text != output_text]
    return _desk(request, dispute, typed=request.POST, too_late=TooLate(error, kept))


def _to_next(request: ProjectRequest, dispute: adjudicate.Dispute) -> HttpResponse:
    """The next dispute that this lead may settle, else the list."""
    following = adjudicate.next_dispute(dispute.item, person_id=request.user.pk)
    if following is None:
        return redirect("web:disputes", request.project.slug)
    return redirect("web:settle", request.project.slug, following)


@needs(Permission.SETTLE)
@require_POST
def reopen(request: ProjectRequest, *, item_id: int) -> HttpResponse:
    """Take a verdict back, with a reason: the item is in dispute again, and the desk shows it."""
    why = line_ends.like("", request.POST.get("why", ""))
    pipeline.reopen_by_lead(item_id, project=request.project, by=request.actor, why=why)
    messages.success(request, _("Item %(number)s is in dispute again.") % {"number": item_id})
    return redirect("web:settle", request.project.slug, item_id)


def _rule_of(queue: Queue) -> list[str]:
    return sentences_of(rule_versions.of_version(queue.dispute_rule_id), labels_of_versions([queue.form]))


def _desk(
    request: ProjectRequest,
    dispute: adjudicate.Dispute,
    *,
    refusal: Invalid | None = None,
    typed: Mapping[str, Any] | None = None,
    too_late: TooLate | None = None,
) -> HttpResponse:
    payload, form = dispute.item.prediction.payload, _form_of(dispute)
    compared = pair.sides(dispute.item)
    labels = labels_of(form) | ({"approve": _("Compared")} if compared else {})
    fields = _typed(typed, payload.output_text, form)
    marks = {fault.pointer[1:]: fault.detail for fault in refusal.faults} if refusal else {}
    context = {
        "dispute": dispute,
        "item": dispute.item,
        "is_open": dispute.item.state == ItemState.DISPUTED,
        "next": adjudicate.next_dispute(dispute.item, person_id=request.user.pk),
        "verdict": adjudicate.verdict_of(dispute.item),
        "has_reviewed": _has_reviewed(dispute, request.user.pk),
        "form": form,
        "labels": labels,
        "compared": _compared(dispute, labels),
        "questions": questions_of(
            form,
            decision=fields["decision"],
            answers=fields["answers"],
            faults=refusal.faults if refusal else (),
        ),
        "sides": [(side.label, side.prediction.payload.output_text) for side in compared],
        "output_text": payload.output_text,
        "veiled": (veiled := care.veiled_of(dispute.item, person_id=request.user.pk)),
        "is_hidden": bool(veiled),
        "is_unveiled": refusal is not None and is_unveiled(request.POST),
        "record": conversation_of(payload.record),
        "typed": fields,
        "asked_by": sorted({review.person.name for review in dispute.questions}),
        "may_pick": picks_of(dispute.reviews, labels, hides_texts=bool(veiled)),
        "marks": marks,
        "faults": [(_asked_at(place, form), detail) for place, detail in marks.items()],
        "refusal": str(refusal) if refusal else "",
        "too_late": too_late,
    }
    status = 422 if refusal else too_late.refusal.status if too_late else 200
    return render(request, "disputes/settle.html", context, status=status)


def _asked_at(place: str, form: Form) -> str:
    """The question that the fault is about; "" where it is none."""
    key = place.removeprefix("answers/").split("/")[0] if place.startswith("answers/") else ""
    return next((question.label for question in form.questions if question.key == key), "")


def _form_of(dispute: adjudicate.Dispute) -> Form:
    queue, compares = dispute.item.queue, dispute.item.other_id is not None
    if queue.form_id is None:
        raise WrongState(_("This queue has no form yet. Give it one, then settle its disputes."))
    return review_forms.for_item(review_forms.of_version(queue.form_id), compares=compares)


def _document(request: ProjectRequest, dispute: adjudicate.Dispute) -> tuple[dict[str, object], int | None]:
    """The submission/1 that the lead means, and the picked review whose it is; None when it was written."""
    source = request.POST.get("source", "")
    if source == WRITTEN:  # the reason stands in `why`, so a reason code that needs a note has one
        output_text = dispute.item.prediction.payload.output_text
        document = submission_of(request, output_text, _form_of(dispute))
        return {**document, "note": request.POST.get("why", "")}, None
    for review in dispute.reviews:
        if source == str(review.pk):
            return document_of(review), review.pk
    raise Invalid(
        _("Nothing was settled yet: choose whose answer holds, or write your own."),
        [Fault("/source", "source.missing", _("Choose one of the reviews, or write a verdict of your own."))],
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of the side-by-side table: what was asked, and each reviewer's answer in words."""

    label: str
    differs: bool
    answers: list[str | None]


def _compared(dispute: adjudicate.Dispute, labels: Mapping[str, str]) -> list[Compared]:
    rows = []
    for difference in adjudicate.compare(dispute.reviews):
        key = difference.key
        if key == "decision":
            answers = [labels.get(str(value), str(value)) for value in difference.values]
            rows.append(Compared(_("Decision"), difference.differs, list(answers)))
            continue
        words = [None if value is None else in_words(key, value, labels) for value in difference.values]
        rows.append(Compared(labels.get(key, key), difference.differs, words))
    return rows


def _typed(posted: Any, output_text: str, form: Form) -> dict[str, Any]:
    """What stands in the fields: what was typed before a refusal, or the untouched output."""
    if posted is None:
        return {"corrected_text": output_text, "reasons": [], "answers": {}, "decision": ""}
    fields = {
        name: posted.get(name, "") for name in ("source", "decision", "corrected_text", "why", "answer")
    }
    return {**fields, "reasons": posted.getlist("reasons"), "answers": answers_of(posted, form)}


def _has_reviewed(dispute: adjudicate.Dispute, person_id: int) -> bool:
    """Nobody settles a dispute that they are part of."""
    return any(review.person_id == person_id for review in dispute.reviews)
