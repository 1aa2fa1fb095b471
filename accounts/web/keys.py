"""API keys of one project: one's own, everybody's for who may admit."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import keys
from accounts.gate import ProjectRequest, needs
from accounts.models import ApiKey
from accounts.roles import Permission
from accounts.web.forms import KeyForm


@needs(Permission.ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def own_keys(request: ProjectRequest) -> HttpResponse:
    """The list and the form for a new key, whose text is in the answer to the POST and nowhere else."""
    form = KeyForm(request.POST if request.method == "POST" else None, held=request.permissions)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    key, text = keys.create(
        request.project,
        person=request.user,
        name=form.cleaned_data["name"],
        scopes=[Permission(scope) for scope in form.cleaned_data["scopes"]],
        days=form.cleaned_data["days"],
        now=timezone.now(),
        by=request.actor,
    )
    return _page(request, KeyForm(held=request.permissions), new_key=key, new_text=text, status=201)


@needs(Permission.ENTER)
@require_POST
def revoke(request: ProjectRequest, key_id: int) -> HttpResponse:
    key = keys.find_visible(key_id, request.user, request.project, request.permissions)
    keys.revoke(key, by=request.actor)
    return redirect("accounts:keys", slug=request.project.slug)


def _page(
    request: ProjectRequest,
    form: KeyForm,
    *,
    new_key: ApiKey | None = None,
    new_text: str = "",
    status: int = 200,
) -> HttpResponse:
    facts: dict[str, Any] = {
        "form": form,
        "keys": keys.visible_to(request.user, request.project, request.permissions),
        "shows_everybody": Permission.ADMIT in request.permissions,
        "new_key": new_key,
        "new_text": new_text,
        "now": timezone.now(),
    }
    return render(request, "accounts/keys.html", facts, status=status)
