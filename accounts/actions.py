"""What changes people, projects and memberships. Each leaves an event in the same transaction.

A role is never written without exactly its permissions, and nobody grants more than they hold.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import events, permissions, shortcuts
from accounts.actor import SYSTEM, Actor
from accounts.errors import NotAllowed, NotFound, Taken, WrongState
from accounts.models import Membership, Person, Project
from accounts.models.person import normal_email
from accounts.roles import ROLES, Permission, Role

TEMPORARY_PASSWORD_DAYS = 7


@transaction.atomic
def create_project(*, slug: str, name: str, owner: Person, by: Actor = SYSTEM) -> Project:
    """A new project with its first owner; Taken when the slug is in use."""
    project = Project(slug=slug, name=name)
    project.clean_fields(exclude=["created_at"])
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as error:
        raise Taken(
            _("There is already a project “%(slug)s”. Choose another slug.") % {"slug": slug}
        ) from error
    events.record(
        project_id=project.pk,
        kind="project.created",
        by=by,
        subject_kind="project",
        subject_id=project.pk,
        after={"slug": slug},
    )
    _grant(project, owner, Role.OWNER, by=by)
    return project


@transaction.atomic
def create_person(*, email: str, name: str, now: datetime, by: Actor = SYSTEM) -> tuple[Person, str]:
    """A new account and its one-time password, which must be shown now: it is not stored."""
    password = secrets.token_urlsafe(12)
    person = Person.objects.create_person(email, name, password)
    person.temporary_until = now + timedelta(days=TEMPORARY_PASSWORD_DAYS)
    person.save(update_fields=["temporary_until"])
    events.record(project_id=None, kind="person.created", by=by, subject_kind="person", subject_id=person.pk)
    return person, password


@transaction.atomic
def admit(project: Project, *, person: Person, role: Role, by: Actor) -> Membership:
    """Make the person a member; Taken when they are one already."""
    _check_may_grant(project, role, by)
    if Membership.objects.filter(project=project, person=person).exists():
        raise Taken(
            _("%(person)s is already a member of this project. Change the role in the list instead.")
            % {"person": person.name}
        )
    try:
        with transaction.atomic():
            return _grant(project, person, role, by=by)
    except IntegrityError as error:
        raise _admitted_twice() from error


@transaction.atomic
def invite(
    project: Project, *, email: str, name: str, role: Role, now: datetime, by: Actor
) -> tuple[Person, str]:
    """Admit whoever has this e-mail; makes the account when there is none, and then returns its password."""
    _check_may_grant(project, role, by)
    person, password = Person.objects.filter(email=normal_email(email)).first(), ""
    if person is None:
        try:
            with transaction.atomic():
                person, password = create_person(email=email, name=name, now=now, by=by)
        except IntegrityError as error:
            raise _admitted_twice() from error
    admit(project, person=person, role=role, by=by)
    return person, password


def _admitted_twice() -> Taken:
    """The same form was sent twice at once, or by two owners: the other one was first."""
    return Taken(
        _("Somebody with this e-mail was admitted at the same moment. Reload the page and look at the list.")
    )


@transaction.atomic
def change_role(project: Project, *, person: Person, role: Role, by: Actor) -> Membership:
    """Give a member another role, with exactly its permissions."""
    membership = _lock_membership(project, person)
    _check_may_grant(project, role, by)
    _check_may_grant(project, Role(membership.role), by)
    if role != Role.OWNER:
        _check_another_owner(project, membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    permissions.grant_exactly(person, project, ROLES[role])
    _record_role(membership, "membership.changed", by=by, before=before, after=role)
    return membership


@transaction.atomic
def remove(project: Project, *, person: Person, by: Actor) -> None:
    """End the membership and take away every permission on the project; keys stop working with them."""
    membership = _lock_membership(project, person)
    _check_may_grant(project, Role(membership.role), by)
    _check_another_owner(project, membership)
    permissions.grant_exactly(person, project, frozenset())
    _record_role(membership, "membership.removed", by=by, before=membership.role, after=None)
    membership.delete()


@transaction.atomic
def set_active(person: Person, *, is_active: bool, by: Actor, reason: str = "") -> None:
    """Switch an account off or on again, in all projects; the log of each says so.

    Off: its keys are refused at once and its sessions have ended for good. On: keys that have not ended work
    again. Raises what `check_may_set_active` does.
    """
    # The projects first, as changes of roles lock them: of two owners who switch each other off, one stays.
    locked = Project.objects.filter(memberships__person=person).order_by("pk")
    project_ids = [project.pk for project in locked.select_for_update(of=("self",), no_key=True)]
    check_may_set_active(person, is_active=is_active, by=by)
    changes: dict[str, Any] = {"is_active": is_active}
    if not is_active:
        changes["sessions_ended"] = F("sessions_ended") + 1
    if not Person.objects.filter(pk=person.pk).exclude(is_active=is_active).update(**changes):
        return
    person.refresh_from_db(fields=["is_active", "sessions_ended"])
    for project_id in [None, *project_ids]:
        events.record(
            project_id=project_id,
            kind="person.enabled" if is_active else "person.disabled",
            by=by,
            subject_kind="person",
            subject_id=person.pk,
            reason=reason,
        )


def check_may_set_active(person: Person, *, is_active: bool, by: Actor) -> None:
    """Only who owns every project in which the person is a member; nobody themselves; never the last owner.

    An account is one for all projects: whoever owns only some removes the person from these. The system may.
    """
    if by.is_system:
        return
    if by.person_id == person.pk:
        raise WrongState(_("Nobody deactivates or reactivates themselves. Ask another owner of the project."))
    memberships = list(Membership.objects.filter(person=person).select_related("project"))
    for membership in memberships:
        held = permissions.held_by_actor(by, membership.project)
        if Permission.ADMIT not in held or not ROLES[Role(membership.role)] <= held:
            raise _not_all_theirs()
        if not is_active:
            _check_another_owner(membership.project, membership)
    if not memberships:
        raise _not_all_theirs()


def _not_all_theirs() -> NotAllowed:
    return NotAllowed(
        _(
            "Only an owner of every project in which this person is a member may deactivate or reactivate"
            " the account. From a project of yours you can remove them."
        )
    )


@transaction.atomic
def change_settings(person: Person, *, changed: Sequence[str], by: Actor) -> None:
    """Save the person's own settings; the event tells which ones, not what they were."""
    if changed:
        person.save(update_fields=changed)
        events.record(
            project_id=None,
            kind="person.settings_changed",
            by=by,
            subject_kind="person",
            subject_id=person.pk,
            after={"changed": sorted(changed)},
        )


def change_shortcuts(person: Person, *, has_shortcuts: bool, keys: Mapping[str, str], by: Actor) -> None:
    """Save which keys act on the person's review screen. keys: one for each action, all different."""
    before = (person.has_shortcuts, person.shortcuts)
    person.has_shortcuts, person.shortcuts = has_shortcuts, shortcuts.changes_of(keys)
    changed = [
        name
        for name, old, new in zip(
            ("has_shortcuts", "shortcuts"), before, (person.has_shortcuts, person.shortcuts), strict=True
        )
        if old != new
    ]
    change_settings(person, changed=changed, by=by)


@transaction.atomic
def set_password(person: Person, *, password: str, by: Actor) -> None:
    """Give the person a password of their own; every other session of theirs ends with the old one."""
    person.set_password(password)
    person.temporary_until = None
    person.save(update_fields=["password", "temporary_until"])
    events.record(
        project_id=None, kind="person.password_changed", by=by, subject_kind="person", subject_id=person.pk
    )


def _grant(project: Project, person: Person, role: Role, *, by: Actor) -> Membership:
    membership = Membership.objects.create(project=project, person=person, role=role)
    permissions.grant_exactly(person, project, ROLES[role])
    _record_role(membership, "membership.created", by=by, before=None, after=role)
    return membership


def _lock_membership(project: Project, person: Person) -> Membership:
    # The project's row first: two owners who remove each other must take turns.
    Project.objects.select_for_update().get(pk=project.pk)
    membership = Membership.objects.filter(project=project, person=person).first()
    if membership is None:
        raise NotFound(_("This person is not a member of the project. Load the list of members again."))
    return membership


def _check_may_grant(project: Project, role: Role, by: Actor) -> None:
    """Only who may admit, and holds all that the role includes; the system may always."""
    if by.is_system:
        return
    held = permissions.held_by_actor(by, project)
    if Permission.ADMIT not in held or not ROLES[role] <= held:
        raise NotAllowed(
            _("You may not give or take the role “%(role)s” in this project. Ask an owner of the project.")
            % {"role": role.label}
        )


def _check_another_owner(project: Project, membership: Membership) -> None:
    others = Membership.objects.filter(project=project, role=Role.OWNER, person__is_active=True)
    if membership.role == Role.OWNER and not others.exclude(pk=membership.pk).exists():
        raise WrongState(
            _("This is the last owner of the project. Make somebody else an owner first, then try again.")
        )


def _record_role(
    membership: Membership, kind: str, *, by: Actor, before: str | None, after: str | None
) -> None:
    events.record(
        project_id=membership.project_id,
        kind=kind,
        by=by,
        subject_kind="person",
        subject_id=membership.person_id,
        before=before and {"role": before},
        after=after and {"role": after},
    )
