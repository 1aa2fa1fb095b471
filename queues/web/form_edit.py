"""The builder of a queue's form: a draft on the server, changed control by control, or as JSON.

One form holds all: whichever button is pressed, what was typed is kept first. Without JavaScript each press
loads the page; htmx saves at each change and draws the preview anew.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Fault, Invalid
from queues.models import FormDraft, Queue
from queues.review import comparability, form_drafts, form_versions
from queues.review import form as forms
from queues.review.form_drafts import FormDraftChanged
from queues.review.form_impact import impact_of
from queues.review.form_templates import templates
from queues.review.form_versions import FormChanged
from queues.web.form_builder.drawn import form_controls, general_faults, questions_drawn
from queues.web.form_builder.fields import kind_names
from queues.web.form_builder.operations import Done, operate, restore
from queues.web.form_builder.posted import document_of, mappings_of
from queues.web.form_preview import looked_at, preview_of
from queues.web.posted import id_of
from queues.web.queue_of import queue_of

FILE_MAX = 512 * 1024  # bytes
_REMOVED = "removed_question"  # in the session


@needs(Permission.TUNE)
@require_safe
def edit(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """One's own draft with its controls, the preview, and what publishing it would touch."""
    queue = queue_of(request, queue_slug)
    draft = form_drafts.draft_of(queue, request.user.pk)
    open_place = id_of(request.GET.get("open", ""))
    return render(request, "forms/edit.html", _context(request, queue, draft, open_place=open_place))


@needs(Permission.TUNE)
@require_POST
def change(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """Keep what was typed, then do what the pressed button says."""
    queue, post = queue_of(request, queue_slug), request.POST
    draft = form_drafts.draft_of(queue, request.user.pk)
    do = post.get("do", "")
    removed = _removed(request, queue)
    if do.startswith("kind:"):  # to what, says the control beside the button
        do = f"{do}:{post.get('to:' + do.removeprefix('kind:'), '')}"
    typed = document_of(post, draft.document)
    done = restore(typed, removed) if do == "undo" and removed else operate(typed, do)
    mappings = mappings_of(post, draft.mappings)
    if do.startswith("keep:"):
        mappings |= _kept(queue, typed, do.removeprefix("keep:"))
    try:
        if (done.document, mappings) != (draft.document, draft.mappings) or _revision(
            request
        ) != draft.revision:
            draft = form_drafts.save(
                queue,
                by=request.actor,
                document=done.document,
                mappings=mappings,
                revision=_revision(request),
            )
    except (FormDraftChanged, Invalid) as error:
        return _refused(request, queue, error, lost=done.document)
    _remember(request, queue, done, do)
    return _answer(request, queue, draft, do=do, open_place=done.place)


@needs(Permission.TUNE)
@require_POST
def from_json(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """The whole document as JSON, typed or as a file, in place of the draft."""
    queue = queue_of(request, queue_slug)
    text = request.POST.get("document", "")
    try:
        if file := request.FILES.get("file"):
            text = _text_of(file.read(FILE_MAX + 1))
        document = _object_of(text)
        draft = form_drafts.draft_of(queue, request.user.pk)
        form_drafts.save(
            queue,
            by=request.actor,
            document=document,
            mappings=draft.mappings,
            revision=_revision(request),
        )
    except (Invalid, FormDraftChanged) as error:
        return _refused(request, queue, error, text=text)
    messages.success(request, _("The draft holds this document now. It is not published yet."))
    return redirect("web:form-edit", request.project.slug, queue.slug)


@needs(Permission.TUNE)
@require_POST
def begin(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """Begin a draft from a template or a version, in place of one's own of the given revision."""
    queue = queue_of(request, queue_slug)
    chosen = templates().get(request.POST.get("template", ""))
    if chosen is not None:
        document: Mapping[str, Any] = chosen.document
    else:
        document = form_versions.version(queue.pk, id_of(request.POST.get("version", "")) or 0).document
    present = form_versions.versions(queue.pk).first()
    form_drafts.save(
        queue,
        by=request.actor,
        document=document,
        revision=_revision(request),
        base_version=present.version if present else 0,
    )
    return redirect("web:form-edit", request.project.slug, queue.slug)


@needs(Permission.TUNE)
@require_POST
def discard(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """Throw one's draft away."""
    queue = queue_of(request, queue_slug)
    form_drafts.discard(queue, by=request.actor, revision=_revision(request))
    messages.success(request, _("The draft was thrown away."))
    return redirect("web:form", request.project.slug, queue.slug)


@needs(Permission.TUNE)
@require_POST
def rebase(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """Take note that another version was published: the draft goes on top of it."""
    queue = queue_of(request, queue_slug)
    draft, present = form_drafts.draft_of(queue, request.user.pk), form_versions.versions(queue.pk).first()
    form_drafts.save(
        queue,
        by=request.actor,
        document=draft.document,
        mappings=draft.mappings,
        revision=_revision(request),
        base_version=present.version if present else 0,
    )
    return redirect("web:form-edit", request.project.slug, queue.slug)


@needs(Permission.TUNE)
@require_POST
def publish(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """The draft as the queue's form from now on; 422 with its faults, 409 when another was published."""
    queue = queue_of(request, queue_slug)
    reason = request.POST.get("reason", "")
    try:
        form = form_drafts.publish(queue, by=request.actor, reason=reason, revision=_revision(request))
    except (Invalid, FormChanged, FormDraftChanged) as error:
        return _refused(request, queue, error, reason=reason)
    told = _("Version %(n)s is published. Items that are on a screen now may still be answered as shown.")
    messages.success(request, told % {"n": form.version})
    return redirect("web:form", request.project.slug, queue.slug)


def _kept(queue: Queue, document: Mapping[str, Any], key: str) -> dict[str, dict[str, str]]:
    """A mapping of each old value of a question to itself."""
    form, _faults = looked_at(document)
    before = forms.of_version(queue.form_id) if queue.form_id else None
    found = comparability.compare(before, form, retired=form_versions.retired(queue.pk)) if form else []
    return {one.key: {value: value for value in one.old} for one in found if one.key == key and one.old}


def _remember(request: ProjectRequest, queue: Queue, done: Done, do: str) -> None:
    """What "Undo" puts back: the question that was removed last, until the next press."""
    if do:
        request.session.pop(_REMOVED, None)
    if done.removed is not None:
        request.session[_REMOVED] = [queue.pk, *done.removed]


def _removed(request: ProjectRequest, queue: Queue) -> tuple[int, Any] | None:
    """The place and the document of the question that was just taken out of a draft of this queue."""
    queue_id, place, question = request.session.get(_REMOVED) or (None, 0, {})
    return (place, question) if queue_id == queue.pk else None


def _context(
    request: ProjectRequest, queue: Queue, draft: FormDraft, *, open_place: int | None = None
) -> dict[str, Any]:
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
        "removed": _removed(request, queue),
        "compared": comparability.compare(before, form, draft.mappings, retired=gone) if form else [],
        "mappings": draft.mappings,
        "impact": impact_of(queue),
        "text": json.dumps(draft.document, ensure_ascii=False, indent=2),
    }


def _answer(
    request: ProjectRequest, queue: Queue, draft: FormDraft, *, do: str, open_place: int | None
) -> HttpResponse:
    """The page anew; for htmx the builder, or only what a save without a press changes."""
    address = reverse("web:form-edit", args=[request.project.slug, queue.slug])
    if not request.htmx:
        return redirect(address + (f"?open={open_place}#q-{open_place}" if open_place is not None else ""))
    context = _context(request, queue, draft, open_place=open_place)
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


def _refused(
    request: ProjectRequest,
    queue: Queue,
    error: Invalid | FormChanged | FormDraftChanged,
    **shown: Any,
) -> HttpResponse:
    """The builder as it stands on the server, why it was refused, and what is not stored, to be copied."""
    draft = form_drafts.draft_of(queue, request.user.pk)
    context = _context(request, queue, draft)
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


def _revision(request: ProjectRequest) -> int:
    """The revision of the draft that the form shows; -1 fits none."""
    found = id_of(request.POST.get("revision", ""))
    return -1 if found is None else min(found, 2_147_483_647)


def _text_of(content: bytes) -> str:
    if len(content) > FILE_MAX:
        raise _no_document(_("The file is too large: a form has at most 512 KiB."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_document(_("The file is not UTF-8 text. Save it as JSON in UTF-8.")) from error


def _object_of(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise _no_document(_("This is not JSON: see line %(line)d, column %(column)d.") % place) from error
    except ValueError as error:  # a number of more digits than Python reads
        raise _no_document(_("This number is too large to be kept exactly.")) from error
    except RecursionError as error:
        raise _no_document(_("This JSON is nested too deep for a form.")) from error
    if not isinstance(found, dict):
        raise _no_document(_("A form is a JSON object: its fields stand between { and }."))
    return found


def _no_document(detail: str) -> Invalid:
    return Invalid(detail, [Fault("/document", "form.no_json", detail)])
