"""The account of a member, for owners: deactivate it, or have it back, after reading what that does.

And the end of their membership.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import actions as accounts
from accounts.gate import ProjectRequest, needs
from accounts.models import Person
from accounts.roles import Permission
from accounts.web.forms import AdmitForm
from accounts.web.people import people_page
from queues.assign import deactivation
from queues.errors import Invalid, NotAllowed, WrongState
from queues.web.working import member_of


@needs(Permission.ADMIT)
@require_safe
def account(request: ProjectRequest, person_id: int) -> HttpResponse:
    """What the person has, what deactivating or reactivating does to it, and the button."""
    return _page(request, member_of(request, person_id))


@needs(Permission.ADMIT)
@require_POST
def deactivate(request: ProjectRequest, person_id: int) -> HttpResponse:
    """Nobody signs in or calls the API as this person any more; what they hold goes back at once."""
    person = member_of(request, person_id)
    try:
        freed = deactivation.deactivate(person, by=request.actor, reason=request.POST.get("reason", ""))
    except Invalid as refusal:
        return _page(request, person, fault=refusal.faults[0].detail, status=422)
    except (NotAllowed, WrongState) as refusal:
        return _page(request, person, status=refusal.status)
    said = ngettext(
        "%(name)s is deactivated. %(n)d item went back to the others.",
        "%(name)s is deactivated. %(n)d items went back to the others.",
        freed,
    )
    held_nothing = _("%(name)s is deactivated and held nothing.")
    messages.success(request, (said if freed else held_nothing) % {"name": person.name, "n": freed})
    return redirect("accounts:people", request.project.slug)


@needs(Permission.ADMIT)
@require_POST
def reactivate(request: ProjectRequest, person_id: int) -> HttpResponse:
    """The person can sign in again."""
    person = member_of(request, person_id)
    try:
        deactivation.reactivate(person, by=request.actor, reason=request.POST.get("reason", ""))
    except Invalid as refusal:
        return _page(request, person, fault=refusal.faults[0].detail, status=422)
    except (NotAllowed, WrongState) as refusal:
        return _page(request, person, status=refusal.status)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
    return redirect("accounts:people", request.project.slug)


@needs(Permission.ADMIT)
@require_POST
def remove(request: ProjectRequest, person_id: int) -> HttpResponse:
    """The person is no member of the project any more; what they hold in it goes back at once."""
    person = member_of(request, person_id)
    try:
        freed = deactivation.remove(person, request.project, by=request.actor)
    except (NotAllowed, WrongState) as refusal:
        return people_page(request, AdmitForm(), refusal=str(refusal), status=refusal.status)
    said = ngettext(
        "%(name)s is no longer a member. %(n)d item went back to the others.",
        "%(name)s is no longer a member. %(n)d items went back to the others.",
        freed,
    )
    held_nothing = _("%(name)s is no longer a member.")
    messages.success(request, (said if freed else held_nothing) % {"name": person.name, "n": freed})
    return redirect("accounts:people", request.project.slug)


def _page(request: ProjectRequest, person: Person, *, fault: str = "", status: int = 200) -> HttpResponse:
    context = {
        "person": person,
        "refusal": (refusal := _refusal(request, person)),
        # Told to nobody who may not change it: the counts are of all projects.
        "holdings": None if refusal else deactivation.holdings_of(person),
        "reason": request.POST.get("reason", ""),
        "reason_longest": deactivation.REASON_LONGEST,
        "fault": fault,
    }
    return render(request, "working/account.html", context, status=status)


def _refusal(request: ProjectRequest, person: Person) -> str:
    """Why this owner may not change the account; "" where they may."""
    try:
        accounts.check_may_set_active(person, is_active=not person.is_active, by=request.actor)
    except (NotAllowed, WrongState) as refusal:
        return str(refusal)
    return ""
