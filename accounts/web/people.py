"""The people of a project: the list, admitting, changing roles. Removing frees what they hold: queues.web."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.errors import NotFound, ReviewappError
from accounts.gate import ProjectRequest, needs
from accounts.models import Membership, Person
from accounts.models.person import normal_email
from accounts.roles import Permission, Role
from accounts.web.forms import AdmitForm, RoleForm


@needs(Permission.READ)
@require_safe
def people(request: ProjectRequest) -> HttpResponse:
    return people_page(request, AdmitForm())


@needs(Permission.ADMIT)
@require_POST
def admit(request: ProjectRequest) -> HttpResponse:
    """Make somebody a member; a new account's one-time password is in this answer and nowhere else."""
    form = AdmitForm(request.POST)
    if not form.is_valid():
        return people_page(request, form, status=422)
    if not form.cleaned_data["name"] and not _has_account(form.cleaned_data["email"]):
        form.add_error("name", _("Nobody has an account with this e-mail yet. Give a name to make one."))
        return people_page(request, form, status=422)
    try:
        person, password = actions.invite(
            request.project,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            role=Role(form.cleaned_data["role"]),
            now=timezone.now(),
            by=request.actor,
        )
    except ReviewappError as refusal:
        form.add_error(None, str(refusal))
        return people_page(request, form, status=refusal.status)
    return people_page(request, AdmitForm(), new_person=person, new_password=password, status=201)


@needs(Permission.ADMIT)
@require_POST
def change_role(request: ProjectRequest, person_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        return people_page(
            request, AdmitForm(), refusal=_("Choose one of the roles in the list."), status=422
        )
    try:
        role = Role(form.cleaned_data["role"])
        actions.change_role(request.project, person=_member(request, person_id), role=role, by=request.actor)
    except ReviewappError as refusal:
        return people_page(request, AdmitForm(), refusal=str(refusal), status=refusal.status)
    return redirect("accounts:people", slug=request.project.slug)


def _memberships(request: ProjectRequest) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(project=request.project)
        .select_related("person")
        .order_by("person__name", "pk")
    )


def _has_account(email: str) -> bool:
    return Person.objects.filter(email=normal_email(email)).exists()


def _member(request: ProjectRequest, person_id: int) -> Person:
    membership = _memberships(request).filter(person_id=person_id).first()
    if membership is None:
        raise NotFound(_("This person is not a member of the project. Load the list of members again."))
    return membership.person


def people_page(
    request: ProjectRequest,
    form: AdmitForm,
    *,
    refusal: str = "",
    new_person: Person | None = None,
    new_password: str = "",
    status: int = 200,
) -> HttpResponse:
    """The list of members with the form that admits. refusal: why what was asked was not done."""
    facts: dict[str, Any] = {
        "form": form,
        "memberships": _memberships(request),
        "roles": Role.choices,
        "may_admit": Permission.ADMIT in request.permissions,
        "refusal": refusal,
        "new_person": new_person,
        "new_password": new_password,
    }
    return render(request, "accounts/people.html", facts, status=status)
