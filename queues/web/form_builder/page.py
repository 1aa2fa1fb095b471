"""The builder as a page: drawn whole, after a press, and when a change was refused."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import trigger_client_event

from accounts.gate import ProjectRequest
from queues.errors import Fault, Invalid
from queues.models import FormDraft, Queue
from queues.review import comparability, form_drafts, form_versions
from queues.review import form as forms
from queues.review.form_drafts import FormDraftChanged
from queues.review.form_impact import impact_of
from queues.review.form_versions import FormChanged
from queues.web.form_builder.drawn import form_controls, general_faults, questions_drawn
from queues.web.form_builder.fields import kind_names
from queues.web.form_builder.taken_out import removed_from
from queues.web.form_preview import looked_at, preview_of


def context_of(
    request: ProjectRequest, queue: Queue, draft: FormDraft, *, open_place: int | None = None
) -> dict[str, Any]:
    """What the templates of the builder need. open_place: the question whose controls are unfolded."""
    present = form_versions.versions(queue.pk).first()
    before = forms.of_version(present.pk) if present else None
    gone = form_versions.retired(queue.pk)
    form, faults = looked_at(draft.document)
    if form is not None:
        faults = [*comparability.faults_of(before, form, draft.mappings, retired=gone)]
    return {
        "queue": queue,
        "slug": request.project.slug,
        "draft": draft,
        "present": present,
        "is_behind": draft.pk is not None and draft.base_version != (present.version if present else 0),
        "controls": form_controls(draft.document, faults),
        "questions": questions_drawn(draft.document, faults, open_place=open_place),
        "kinds": kind_names(),
        "faults": faults,
        "general_faults": general_faults(faults),
        "preview": preview_of(form) if form else None,
        "removed": removed_from(request, queue),
        "compared": comparability.compare(before, form, draft.mappings, retired=gone) if form else [],
        "mappings": draft.mappings,
        "impact": impact_of(queue),
        "text": json.dumps(draft.document, ensure_ascii=False, indent=2),
    }


def after_press(
    request: ProjectRequest, queue: Queue, draft: FormDraft, *, do: str, open_place: int | None
) -> HttpResponse:
    """The page anew; for htmx the builder, or only what a save without a press changes."""
    address = reverse("web:form-edit", args=[request.project.slug, queue.slug])
    if not request.htmx:
        return redirect(address + (f"?open={open_place}#q-{open_place}" if open_place is not None else ""))
    context = context_of(request, queue, draft, open_place=open_place)
    if do:
        response = render(request, "forms/_builder.html", context)
        return trigger_client_event(response, "focus-on", {"id": _focus(do, open_place)}, after="settle")
    response = render(request, "forms/_saved.html", context)
    response.headers["HX-Reswap"] = "none"  # what is typed meanwhile stays
    return response


def _focus(do: str, place: int | None) -> str:
    """The id of what has the focus after a press: a moved question's button, a new one's first field."""
    name = do.partition(":")[0]
    ends = {"up": "up", "down": "down", "remove": "summary"}
    return f"q-{place}-{ends.get(name, 'label')}" if place is not None else "builder"


def refused(
    request: ProjectRequest,
    queue: Queue,
    error: Invalid | FormChanged | FormDraftChanged,
    **shown: Any,
) -> HttpResponse:
    """The builder as it stands on the server, why it was refused, and what is not stored, to be copied."""
    draft = form_drafts.draft_of(queue, request.user.pk)
    context = context_of(request, queue, draft)
    found: tuple[Fault, ...] = error.faults if isinstance(error, Invalid) else ()
    told = dict.fromkeys([str(error), *(str(f.detail) for f in found if f.pointer in ("", "/document"))])
    context |= {"message": " ".join(told), "reason_fault": _at(found, "/reason")} | shown
    if "lost" in shown:
        context["lost"] = json.dumps(shown["lost"], ensure_ascii=False, indent=2)
    template = "forms/_builder.html" if request.htmx else "forms/edit.html"
    response = render(request, template, context, status=error.status)
    if request.htmx:
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#builder", "outerHTML"
    return response


def _at(faults: tuple[Fault, ...], pointer: str) -> str:
    return " ".join(str(fault.detail) for fault in faults if fault.pointer == pointer)
