"""Own settings: name, looks, time zone, language, keys, password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actions, shortcuts
from accounts.gate import PersonRequest, signed_in
from accounts.models import Person
from accounts.web.forms import PasswordForm, SettingsForm, ShortcutsForm


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: PersonRequest) -> HttpResponse:
    # A copy, so that a refused form does not put the refused name into the page's head.
    person = Person.objects.get(pk=request.user.pk)
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=person)
    if request.method == "POST":
        if form.is_valid():
            actions.change_settings(person, changed=form.changed_data, by=request.actor)
            with override(person.language or get_language()):  # the next page is in this one
                messages.success(request, _("Your settings are saved."))
            return redirect("accounts:settings")
        return render(request, "accounts/settings.html", {"form": form}, status=422)
    return render(request, "accounts/settings.html", {"form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_shortcuts(request: PersonRequest) -> HttpResponse:
    """Which key does what on the review screen, and whether single keys act at all."""
    person = Person.objects.get(pk=request.user.pk)
    if request.method == "POST" and "usual" in request.POST:
        actions.change_shortcuts(person, has_shortcuts=True, keys=shortcuts.USUAL, by=request.actor)
        messages.success(request, _("Your keys are saved."))
        return redirect("accounts:shortcuts")
    form = ShortcutsForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        actions.change_shortcuts(
            person, has_shortcuts=form.cleaned_data["has_shortcuts"], keys=form.keys, by=request.actor
        )
        messages.success(request, _("Your keys are saved."))
        return redirect("accounts:shortcuts")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/shortcuts.html", {"form": form, "person": person}, status=status)


@sensitive_post_parameters()
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: PersonRequest) -> HttpResponse:
    person = Person.objects.get(pk=request.user.pk)
    form = PasswordForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        actions.set_password(person, password=form.cleaned_data["new"], by=request.actor)
        update_session_auth_hash(request, person)  # this session goes on, all others are over
        messages.success(request, _("Your password is changed; you are signed out everywhere else."))
        return redirect("accounts:settings")
    facts = {"form": form, "is_temporary": person.temporary_until is not None, "title": _("Password")}
    return render(request, "accounts/password.html", facts, status=422 if form.is_bound else 200)
