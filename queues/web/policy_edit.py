"""The editor of a policy: a draft on the server, changed rule by rule in sentences, or as JSON.

One form holds all: whichever button is pressed, what was typed in the open rule is kept first. Without
JavaScript each press loads the page; htmx saves at each change and swaps what differs.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Fault, Invalid, NotFound
from queues.models import PolicyDraft, Queue
from queues.route import drafts
from queues.route.drafts import DraftChanged
from queues.web.policy_editor import editor_context
from queues.web.rule_forms import operations, posted
from queues.web.rule_forms.controls import Shown
from queues.web.rule_forms.posted import NONE

_REMOVED = "removed_rule"  # in the session: what "Undo" puts back
_TAKES_FOCUS = ("open", "add", "wrap", "unwrap", "part-add")
_ID_MOST = 10


@needs(Permission.READ)
@require_safe
def edit(request: ProjectRequest) -> HttpResponse:
    """One's own draft with its controls; for who may only read, or with ?draft=, somebody's as it stands."""
    draft = _draft_shown(request)
    is_own = draft.person_id == request.user.pk and Permission.TUNE in request.permissions
    context = editor_context(request, draft, open_place=_number(request.GET.get("open")), may_edit=is_own)
    context["removed"] = _removed(request) if is_own else None
    template = "policy/edit_json.html" if request.GET.get("as") == "json" else "policy/edit.html"
    return render(request, template, context)


@needs(Permission.TUNE)
@require_POST
def change(request: ProjectRequest) -> HttpResponse:
    """Keep what was typed in the open rule, then do what the pressed button says."""
    project_id, post = request.project.pk, request.POST
    open_place = _number(post.get("open"))
    draft = drafts.draft_of(project_id, request.user.pk)
    typed = _typed(request, draft, open_place)
    do = post.get("do", "")
    if do == "undo" and (removed := _removed(request)):
        done = operations.restore(typed, removed)
    else:
        queue = (
            Queue.objects.filter(project=project_id, archived_at=None).values_list("slug", flat=True).first()
        )
        chosen = post.get(f"kind:{do.partition(':')[2]}", "")
        done = operations.operate(typed, do, open_place=open_place, queue=queue or "", chosen=chosen)
    try:
        if done.document != draft.document or _revision(request) != draft.revision:
            draft = drafts.save(
                project_id, by=request.actor, document=done.document, revision=_revision(request)
            )
    except DraftChanged as error:
        return _conflict(request, str(error), typed, open_place)
    if do:
        request.session.pop(_REMOVED, None)
    if done.removed:
        request.session[_REMOVED] = [project_id, *done.removed]
    return _answer(request, draft, done.open_place, do)


@needs(Permission.TUNE)
@require_POST
def from_json(request: ProjectRequest) -> HttpResponse:
    """The whole document as JSON; what is no JSON object is told with its line, and the text stays."""
    text = request.POST.get("document", "")
    draft = drafts.draft_of(request.project.pk, request.user.pk)
    try:
        document = posted.document_of(text)
        draft = drafts.save(
            request.project.pk, by=request.actor, document=document, revision=_revision(request)
        )
    except (Invalid, DraftChanged) as error:
        context = editor_context(request, draft, open_place=None, may_edit=True)
        told = [str(error), *(str(fault.detail) for fault in getattr(error, "faults", ()))]
        context |= {"text": text, "lines": (), "message": " ".join(dict.fromkeys(told))}
        return render(request, "policy/edit_json.html", context, status=error.status)
    messages.success(request, _("The draft is saved."))
    return redirect(f"{reverse('web:policy-edit', args=[request.project.slug])}?as=json")


@needs(Permission.TUNE)
@require_POST
def begin(request: ProjectRequest) -> HttpResponse:
    """Begin a draft from a version, in place of one's own of the given revision."""
    version = _number(request.POST.get("version"))
    drafts.begin(request.project.pk, by=request.actor, version=version, revision=_revision(request))
    request.session.pop(_REMOVED, None)
    return redirect("web:policy-edit", request.project.slug)


@needs(Permission.TUNE)
@require_POST
def rebase(request: ProjectRequest) -> HttpResponse:
    """Take note that another version is in force now."""
    drafts.rebase(request.project.pk, by=request.actor, revision=_revision(request))
    return redirect("web:policy-edit", request.project.slug)


@needs(Permission.TUNE)
@require_POST
def discard(request: ProjectRequest) -> HttpResponse:
    """Throw one's draft away."""
    drafts.discard(request.project.pk, by=request.actor, revision=_revision(request))
    request.session.pop(_REMOVED, None)
    messages.success(request, _("The draft was thrown away."))
    return redirect("web:policy", request.project.slug)


@needs(Permission.TUNE)
@require_POST
def store(request: ProjectRequest) -> HttpResponse:
    """The draft as the next version; 422 with its faults while it has any."""
    reason = request.POST.get("reason", "")[:2_000]
    try:
        policy = drafts.store(
            request.project.pk, by=request.actor, reason=reason, revision=_revision(request)
        )
    except Invalid as error:
        draft = drafts.draft_of(request.project.pk, request.user.pk)
        context = editor_context(request, draft, open_place=None, may_edit=True)
        context |= {"message": str(error), "reason": reason, "reason_fault": _at(error.faults, "/reason")}
        return render(request, "policy/edit.html", context, status=422)
    request.session.pop(_REMOVED, None)
    told = _("Version %(n)s is stored. It is not in force until it is activated.") % {"n": policy.version}
    messages.success(request, told)
    return redirect("web:policy-version", request.project.slug, policy.version)


def _draft_shown(request: ProjectRequest) -> PolicyDraft:
    asked = _number(request.GET.get("draft"))
    found = drafts.drafts_of(request.project.pk)
    if asked is not None:
        draft = found.filter(pk=asked).first()
        if draft is None:
            raise NotFound(_("There is no such draft. It was stored as a version, or thrown away."))
        return draft
    if Permission.TUNE in request.permissions:
        return drafts.draft_of(request.project.pk, request.user.pk)
    return found.first() or drafts.draft_of(request.project.pk, request.user.pk)


def _typed(request: ProjectRequest, draft: PolicyDraft, open_place: int | None) -> dict[str, Any]:
    """The draft with what was typed in the open rule."""
    document: dict[str, Any] = {**draft.document}
    rules = document.get("rules")
    if open_place is None or not isinstance(rules, list) or open_place >= len(rules):
        return document
    if isinstance(rules[open_place], dict):
        rule = posted.rule_of(rules[open_place], f"/rules/{open_place}", request.POST)
        document["rules"] = [rule if place == open_place else one for place, one in enumerate(rules)]
    return document


def _answer(request: ProjectRequest, draft: PolicyDraft, open_place: int | None, do: str) -> HttpResponse:
    """The page anew; for htmx the editor, or only what a save without a press changes."""
    query = f"?open={open_place}" if open_place is not None else ""
    address = reverse("web:policy-edit", args=[request.project.slug]) + query
    if not request.htmx:
        return redirect(address + (f"#rule-{open_place}" if open_place is not None else ""))
    context = editor_context(request, draft, open_place=open_place, may_edit=True)
    context["removed"] = _removed(request)
    context["takes_focus"] = do.partition(":")[0] in _TAKES_FOCUS
    is_quiet = not do and not _has_other_controls(request, context["controls"])
    response = render(request, "policy/_saved.html" if is_quiet else "policy/_editor.html", context)
    response.headers["HX-Replace-Url"] = address
    # What is typed meanwhile stays, unless a choice brought other controls.
    response.headers["HX-Reswap"] = "none" if is_quiet else "outerHTML"
    response.headers["HX-Retarget"] = "#editor"
    return response


def _has_other_controls(request: ProjectRequest, controls: Sequence[Shown]) -> bool:
    shown = {name for name in request.POST if name.startswith("/") and not name.endswith(NONE)}
    return shown != {control.name for control in controls}


def _conflict(
    request: ProjectRequest, message: str, typed: dict[str, Any], open_place: int | None
) -> HttpResponse:
    """The draft as it is now; what was typed is shown beside it, and not lost."""
    draft = drafts.draft_of(request.project.pk, request.user.pk)
    context = editor_context(request, draft, open_place=None, may_edit=True)
    rules = typed.get("rules")
    known = rules if isinstance(rules, list) else []
    lost = known[open_place] if open_place is not None and open_place < len(known) else None
    context |= {"message": message, "lost": lost}
    template = "policy/_editor.html" if request.htmx else "policy/edit.html"
    response = render(request, template, context, status=409)
    if request.htmx:
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#editor", "outerHTML"
    return response


def _removed(request: ProjectRequest) -> tuple[int, dict[str, Any]] | None:
    """The place and the document of the rule that was just taken out of a draft of this project."""
    project_id, place, rule = request.session.get(_REMOVED) or (None, 0, {})
    return (place, rule) if project_id == request.project.pk else None


def _revision(request: ProjectRequest) -> int:
    """The revision of the draft that the form shows; -1 fits none."""
    found = _number(request.POST.get("revision"))
    return -1 if found is None else found


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < _ID_MOST else None


def _at(faults: Any, pointer: str) -> str:
    return " ".join(
        str(fault.detail) for fault in faults if isinstance(fault, Fault) and fault.pointer == pointer
    )
