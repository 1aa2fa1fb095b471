"""Who calls: a program with a key (Authorization: Bearer rk_…), or a signed-in person's page."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import keys, sessions
from accounts.models import ApiKey, Person

_LONGEST_HEADER = 200


class BearerKey(BaseAuthentication):
    """One statement for key, person, project and permissions. All dead keys get the same answer."""

    def authenticate(self, request: Request) -> tuple[Person, ApiKey] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _space, text = header[:_LONGEST_HEADER].partition(" ")
        key = keys.authenticate(text) if scheme.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed(
                _("This key is not valid (any more). Make a new one on the page “API keys” of the project.")
            )
        keys.note_use(key, now=timezone.now())
        return key.person, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="reviewapp"'


class PersonSession(SessionAuthentication):
    """The session of our own pages, with its CSRF token; not with a one-time password."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        signed_in = super().authenticate(request)
        if signed_in is None:
            return None
        person, _nothing = signed_in
        if person.temporary_until is not None or sessions.is_over(request._request):
            raise AuthenticationFailed(_("Sign in again, with a password of your own."))
        return person, None

    def enforce_csrf(self, request: Request) -> None:
        """By Django's own request: the check reads its form, and the API's request has no parser for one."""
        super().enforce_csrf(getattr(request, "_request", request))
