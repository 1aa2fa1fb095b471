"""Signing in and out. One answer for every failure: it never tells whether an account exists."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import events, login_delay, sessions
from accounts.actor import Actor
from accounts.gate import public, signed_in
from accounts.models import Person
from accounts.web.forms import LoginForm

log = logging.getLogger(__name__)


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        return _page(request, LoginForm(initial={"next": request.GET.get("next", "")}))
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    email, address = form.cleaned_data["email"], request.META.get("REMOTE_ADDR") or None
    if wait_seconds := login_delay.count_try(email, address):
        return _must_wait(request, form, wait_seconds)
    person = auth.authenticate(request, username=email, password=form.cleaned_data["password"])
    if not isinstance(person, Person) or _is_stale(person):
        log.info("sign-in failed")
        form.add_error(
            None, _("This e-mail and password do not match. Try again, or ask an owner of your project.")
        )
        return _page(request, form, status=422)
    login_delay.forget(email, address)
    _begin(request, person)
    return HttpResponseRedirect(_next(request, form.cleaned_data["next"]))


@signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    sessions.end(request)
    return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))


def _begin(request: HttpRequest, person: Person) -> None:
    sessions.begin(request, person)
    events.record(
        project_id=None,
        kind="person.signed_in",
        by=Actor(person.pk),
        subject_kind="person",
        subject_id=person.pk,
    )


def _is_stale(person: Person) -> bool:
    """A one-time password that nobody used in time opens nothing."""
    return person.temporary_until is not None and person.temporary_until < timezone.now()


def _next(request: HttpRequest, wanted: str) -> str:
    """Where the person wanted to go, when that is on this site; the start page otherwise."""
    is_safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_safe else resolve_url(settings.LOGIN_REDIRECT_URL)


def _must_wait(request: HttpRequest, form: Any, seconds: int) -> HttpResponse:
    message = ngettext(
        "Too many tries. Wait %(seconds)d second, then try again.",
        "Too many tries. Wait %(seconds)d seconds, then try again.",
        seconds,
    )
    form.add_error(None, message % {"seconds": seconds})
    response = _page(request, form, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(request: HttpRequest, form: LoginForm, status: int = 200) -> HttpResponse:
    return render(request, "accounts/login.html", {"form": form}, status=status)
