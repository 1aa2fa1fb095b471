"""Putting a version in force, or back in force: what changes is shown first, and a reason is asked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid, Taken
from queues.models import Policy
from queues.route import policies, queries
from queues.route.changes import changes
from queues.route.policy_document import parse
from queues.route.soundness import warnings_of
from queues.web.policy_changes import in_words


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: ProjectRequest, *, version: int) -> HttpResponse:
    """GET: what would change. POST: put it in force; 409 when another is by now, 422 without a reason."""
    policy = queries.version(request.project.pk, version)
    if request.method != "POST":
        return _page(request, policy)
    reason, seen = request.POST.get("reason", "")[:2_000], _seen(request.POST.get("seen", ""))
    try:
        policies.activate(
            request.project.pk,
            version,
            by=request.actor,
            reason=reason,
            instead_of=seen,
        )
    except Taken as error:
        return _page(request, policy, status=409, message=str(error), reason=reason)
    except Invalid as error:
        return _page(
            request, policy, status=422, fault=" ".join(f.detail for f in error.faults), reason=reason
        )
    if seen is None:  # else the page says so itself, with its undo
        messages.success(request, _("Version %(n)s is in force from now on.") % {"n": version})
    return redirect("web:policy", request.project.slug)


def _page(
    request: ProjectRequest,
    policy: Policy,
    *,
    status: int = 200,
    message: str = "",
    fault: str = "",
    reason: str = "",
) -> HttpResponse:
    active = queries.versions(request.project.pk).filter(is_active=True).first()
    try:
        warnings = warnings_of(request.project.pk, parse(policy.document))
    except Invalid:
        warnings = []  # it will be refused, in words
    context = {
        "policy": policy,
        "active": active,
        "is_back": active is not None and active.version > policy.version,
        "changes": in_words(changes(active.document if active else {}, policy.document)),
        "warnings": warnings,
        "message": message,
        "fault": fault,
        "reason": reason,
    }
    return render(request, "policy/activate.html", context, status=status)


def _seen(text: str) -> int | None:
    """The version that was in force when the page was shown; "": none was."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
