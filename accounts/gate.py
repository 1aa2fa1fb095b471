"""The door of every view: who are you, and may you do this here?

A view declares who may enter, or it cannot be reached (a system check and a middleware see to it):

    @public                      anybody, also without an account
    @signed_in                   every active person
    @needs(Permission.REVIEW)    people who hold the permission on the project `<slug>` of the URL

`@needs` takes the `slug` out of the URL's arguments and gives the view `request.project`,
`request.actor` and `request.permissions` (what the caller may do here, for hiding buttons).
API views declare `permission` on the class instead (`queues.api.base`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from accounts import permissions, sessions
from accounts.access import Needed, Openness, View, declare
from accounts.actor import Actor
from accounts.compiled import Argument, Compiled
from accounts.errors import NotAllowed, NotFound, NotSignedIn
from accounts.models import ApiKey, Person, Project
from accounts.roles import Permission


class PersonRequest(HttpRequest):
    """What a view behind `@signed_in` receives."""

    user: Person
    actor: Actor


class ProjectRequest(PersonRequest):
    """What a view behind `@needs` receives."""

    project: Project
    permissions: frozenset[Permission]
    htmx: HtmxDetails


def enter(request: Any, slug: str, permission: Needed) -> Project:
    """The project `slug`, if the caller may do this in it; at most one statement.

    NotFound when the caller is not in the project (the same answer as for an unknown one),
    NotAllowed when in it without the permission. Sets request.project, .actor and .permissions.
    """
    key = getattr(request, "auth", None)
    if isinstance(key, ApiKey):
        project, held = _through_key(key, slug)
    else:
        project, held = _as_person(request.user, slug)
    request.project = project
    request.actor = Actor(request.user.pk, key.pk if isinstance(key, ApiKey) else None)
    request.permissions = held
    require(request, permission)
    return project


def require(request: Any, permission: Needed) -> None:
    """Inside a project already entered: refuse a caller who does not hold this further permission."""
    enough = permission if isinstance(permission, frozenset) else frozenset({permission})
    if enough.isdisjoint(request.permissions):
        raise NotAllowed(
            _(
                "This needs the permission “%(permission)s” in the project “%(project)s”, which you or your"
                " key do not have. Ask an owner of the project for a role, or use a key, that includes it."
            )
            % {"permission": " / ".join(sorted(one.value for one in enough)), "project": request.project.name}
        )


def _as_person(person: Any, slug: str) -> tuple[Project, frozenset[Permission]]:
    if not person.is_authenticated:
        raise NotSignedIn(_("You are not signed in. Sign in and try again."))
    project = _ENTERED.first(slug=slug, person=person.pk)
    held = permissions.noted_on(project) if project else frozenset()
    if project is None or not held:
        raise _no_such_project(slug)
    return project, held


_ENTERED = Compiled(  # every page asks this
    lambda: permissions.annotate_held(Project.objects.filter(slug=Argument("slug")), Argument("person"))
)


def _through_key(key: ApiKey, slug: str) -> tuple[Project, frozenset[Permission]]:
    """The key came with its project and its person's permissions when it was authenticated."""
    held = permissions.noted_on(key)
    if key.project.slug != slug or not held:
        raise _no_such_project(slug)
    return key.project, frozenset(permission for permission in held if permission in key.scopes)


def _no_such_project(slug: str) -> NotFound:
    return NotFound(
        _(
            "There is no project “%(slug)s”, or you are not a member of it."
            " Check the address, or ask an owner of the project to admit you."
        )
        % {"slug": slug}
    )


def public(view: View) -> View:
    """Anybody may enter, also without an account."""
    return declare(_passed_on(view), Openness.PUBLIC)


def signed_in(view: View) -> View:
    """Every active person may enter; `request.actor` is that person."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if away := _to_login_or_new_password(request):
            return away
        request.actor = Actor(request.user.pk)
        return _answer(view, request, *args, **kwargs)

    return declare(guarded, Openness.SIGNED_IN)


def needs(permission: Needed) -> Callable[[View], View]:
    """People who hold `permission` (any one of a set) on the project of the URL; called without the slug."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, slug: str, **kwargs: Any) -> HttpResponse:
            if away := _to_login_or_new_password(request):
                return away
            enter(request, slug, permission)
            return _answer(view, request, *args, **kwargs)

        return declare(guarded, permission)

    return decorate


def _passed_on(view: View) -> View:
    @wraps(view)
    def passed(request: Any, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return passed


def _to_login_or_new_password(request: Any) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return _to_login(request)
    if sessions.is_over(request):
        sessions.end(request)
        return _to_login(request)
    own_password_page = resolve_url("accounts:password")
    if request.user.temporary_until is not None and request.path != own_password_page:
        return HttpResponseRedirect(own_password_page)
    return None


def _to_login(request: HttpRequest) -> HttpResponse:
    """To the login page, and from there back to where a page was asked for (never to a POST)."""
    address = resolve_url(settings.LOGIN_URL)
    if request.method in ("GET", "HEAD") and "HX-Request" not in request.headers:
        address += "?" + urlencode({"next": request.get_full_path()})
    if "HX-Request" in request.headers:  # a redirect would put the login page into a fragment
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _answer(view: View, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """The view's answer in the person's language and zone; kept out of caches unless it says otherwise."""
    language = request.user.language or translation.get_language_from_request(request)
    with timezone.override(request.user.zone), translation.override(language):
        response = view(request, *args, **kwargs)
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
