"""Who holds which permission on which project. The only module that calls django-guardian.

Guardian is used on projects only, with direct foreign keys and without global permissions;
everything else is reached through its project.
"""

from django.contrib.auth.models import Permission as PermissionRow
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from guardian.shortcuts import get_user_perms

from accounts.actor import Actor
from accounts.compiled import Argument
from accounts.models import ApiKey, Person, Project, ProjectUserObjectPermission
from accounts.roles import ROLES, Permission, Role

__all__ = [
    "ROLES",
    "Permission",
    "Role",
    "annotate_held",
    "grant_exactly",
    "held_by",
    "held_by_actor",
    "holders_of",
    "noted_on",
    "of_person",
]


def held_by(person: Person, project: Project) -> frozenset[Permission]:
    """What this person may do in this project; nothing for somebody who is not active."""
    return frozenset(Permission(codename) for codename in get_user_perms(person, project))


def held_by_actor(actor: Actor, project: Project) -> frozenset[Permission]:
    """What the person behind an actor may do in this project; nothing for the system, which has no role."""
    person = Person.objects.filter(pk=actor.person_id).first() if actor.person_id is not None else None
    return held_by(person, project) if person else frozenset()


def grant_exactly(person: Person, project: Project, permissions: frozenset[Permission]) -> None:
    """Make `permissions` the ones that the person holds on the project, no more, no fewer.

    Guardian's own call asks four times for each permission; this is three statements for all.
    """
    held = ProjectUserObjectPermission.objects.filter(user=person, content_object=project)
    held.exclude(permission__codename__in=permissions).delete()
    rows = PermissionRow.objects.filter(
        content_type__app_label="accounts", content_type__model="project", codename__in=permissions
    )
    ProjectUserObjectPermission.objects.bulk_create(
        [ProjectUserObjectPermission(user=person, content_object=project, permission=row) for row in rows],
        ignore_conflicts=True,
    )


def annotate_held(projects: QuerySet[Project], person_id: int | Argument) -> QuerySet[Project]:
    """The same projects, each with `held`: the codenames that the person holds on it, in one statement."""
    held = ProjectUserObjectPermission.objects.filter(content_object=OuterRef("pk"), user=person_id)
    return projects.annotate(held=ArraySubquery(held.values("permission__codename")))


def noted_on(row: Project | ApiKey) -> frozenset[Permission]:
    """What `annotate_held` (or `keys.authenticate`) noted on this very row."""
    return frozenset(map(Permission, row.held))  # type: ignore[union-attr]  # an annotation, not a field


def of_person(person: Person, permission: Permission = Permission.ENTER) -> QuerySet[Project]:
    """The projects in which this person holds `permission`, by name."""
    held = ProjectUserObjectPermission.objects.filter(user=person, permission__codename=permission)
    return Project.objects.filter(pk__in=held.values("content_object")).order_by("name", "pk")


def holders_of(permission: Permission, project: Project) -> QuerySet[Person]:
    """The active people who hold `permission` on the project, by name."""
    held = ProjectUserObjectPermission.objects.filter(content_object=project, permission__codename=permission)
    return Person.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")
