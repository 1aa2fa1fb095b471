"""The builder of a queue's form: a draft on the server, changed control by control, or as JSON.

One form holds all: whichever button is pressed, what was typed is kept first. Without JavaScript each press
loads the page; htmx saves at each change and draws the preview anew.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid
from queues.models import Queue
from queues.review import comparability, form_drafts, form_versions
from queues.review import form as forms
from queues.review.form_drafts import FormDraftChanged
from queues.review.form_templates import templates
from queues.review.form_versions import FormChanged
from queues.web.form_builder import page
from queues.web.form_builder.json_text import FILE_MAX, object_of, text_of
from queues.web.form_builder.operations import operate, restore
from queues.web.form_builder.posted import document_of, mappings_of
from queues.web.form_builder.taken_out import remember, removed_from
from queues.web.form_preview import looked_at
from queues.web.posted import id_of
from queues.web.queue_of import queue_of


@needs(Permission.TUNE)
@require_safe
def edit(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """One's own draft with its controls, the preview, and what publishing it would touch."""
    queue = queue_of(request, queue_slug)
    draft = form_drafts.draft_of(queue, request.user.pk)
    open_place = id_of(request.GET.get("open", ""))
    return render(request, "forms/edit.html", page.context_of(request, queue, draft, open_place=open_place))


@needs(Permission.TUNE)
@require_POST
def change(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """Keep what was typed, then do what the pressed button says."""
    queue, post = queue_of(request, queue_slug), request.POST
    draft = form_drafts.draft_of(queue, request.user.pk)
    do = post.get("do", "")
    removed = removed_from(request, queue)
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
        return page.refused(request, queue, error, lost=done.document)
    remember(request, queue, done, do)
    return page.after_press(request, queue, draft, do=do, open_place=done.place)


@needs(Permission.TUNE)
@require_POST
def from_json(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """The whole document as JSON, typed or as a file, in place of the draft."""
    queue = queue_of(request, queue_slug)
    text = request.POST.get("document", "")
    try:
        if file := request.FILES.get("file"):
            text = text_of(file.read(FILE_MAX + 1))
        document = object_of(text)
        draft = form_drafts.draft_of(queue, request.user.pk)
        form_drafts.save(
            queue,
            by=request.actor,
            document=document,
            mappings=draft.mappings,
            revision=_revision(request),
        )
    except (Invalid, FormDraftChanged) as error:
        return page.refused(request, queue, error, text=text)
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
        return page.refused(request, queue, error, reason=reason)
    told = _("Version %(n)s is published. Items that are on a screen now may still be answered as shown.")
    messages.success(request, told % {"n": form.version})
    return redirect("web:form", request.project.slug, queue.slug)


def _kept(queue: Queue, document: Mapping[str, Any], key: str) -> dict[str, dict[str, str]]:
    """A mapping of each old value of a question to itself."""
    form, _faults = looked_at(document)
    before = forms.of_version(queue.form_id) if queue.form_id else None
    found = comparability.compare(before, form, retired=form_versions.retired(queue.pk)) if form else []
    return {one.key: {value: value for value in one.old} for one in found if one.key == key and one.old}


def _revision(request: ProjectRequest) -> int:
    """The revision of the draft that the form shows; -1 fits none."""
    found = id_of(request.POST.get("revision", ""))
    return -1 if found is None else min(found, 2_147_483_647)
