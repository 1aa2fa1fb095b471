"""A role is exactly its permissions, on one project, and leaves nothing behind."""

import pytest
from django.db import IntegrityError, transaction

from accounts import actions, permissions
from accounts.actor import SYSTEM, Actor
from accounts.errors import NotAllowed, NotFound, Taken, WrongState
from accounts.models import Event, Membership, Project, ProjectUserObjectPermission
from accounts.roles import ROLES, Permission, Role
from tests.factories.people import PersonFactory
from tests.factories.projects import Cast, ProjectFactory, member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_a_role_holds_exactly_its_permissions(people: Cast, role: Role) -> None:
    person = people.playing(role)

    assert permissions.held_by(person, people.project) == ROLES[role]
    assert permissions.held_by(person, people.other) == frozenset()


def test_every_role_may_enter_and_the_owner_may_everything() -> None:
    assert all(Permission.ENTER in held for held in ROLES.values())
    assert ROLES[Role.OWNER] == frozenset(Permission)
    assert [role for role in Role if Permission.ADMIT in ROLES[role]] == [Role.OWNER]


def test_a_changed_role_leaves_none_of_the_former_permissions(people: Cast) -> None:
    actions.change_role(people.project, person=people.lee, role=Role.ANNOTATOR, by=Actor(people.olga.pk))

    assert permissions.held_by(people.lee, people.project) == ROLES[Role.ANNOTATOR]
    event = Event.objects.get(kind="membership.changed")
    assert (event.before, event.after) == ({"role": "lead"}, {"role": "annotator"})
    assert (event.actor_person_id, event.subject_id) == (people.olga.pk, people.lee.pk)


def test_a_removed_member_leaves_no_permission_row(people: Cast) -> None:
    actions.remove(people.project, person=people.ann, by=Actor(people.olga.pk))

    assert not ProjectUserObjectPermission.objects.filter(user=people.ann).exists()
    assert not Membership.objects.filter(person=people.ann).exists()
    assert Event.objects.filter(kind="membership.removed", subject_id=people.ann.pk).exists()


def test_a_deleted_project_leaves_no_permission_row(people: Cast) -> None:
    people.everybody()
    number = people.project.pk

    people.project.delete()

    assert not ProjectUserObjectPermission.objects.filter(content_object_id=number).exists()
    heir = ProjectFactory.create(pk=number)  # the trap: a new project under the old number
    assert permissions.held_by(people.olga, heir) == frozenset()


@pytest.mark.parametrize("granter", ["ann", "lee", "mel", "sam"])
@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.OWNER])
def test_only_an_owner_admits(people: Cast, granter: str, role: Role) -> None:
    newcomer = PersonFactory.create()

    with pytest.raises(NotAllowed):
        actions.admit(people.project, person=newcomer, role=role, by=Actor(getattr(people, granter).pk))

    assert permissions.held_by(newcomer, people.project) == frozenset()


@pytest.mark.parametrize("granter", ["ann", "lee", "mel", "sam"])
def test_nobody_but_an_owner_changes_or_removes(people: Cast, granter: str) -> None:
    by = Actor(getattr(people, granter).pk)

    with pytest.raises(NotAllowed):
        actions.change_role(people.project, person=people.ann, role=Role.LEAD, by=by)
    with pytest.raises(NotAllowed):
        actions.remove(people.project, person=people.ann, by=by)

    assert permissions.held_by(people.ann, people.project) == ROLES[Role.ANNOTATOR]


def test_a_switched_off_owner_admits_nobody(people: Cast) -> None:
    actions.set_active(people.olga, is_active=False, by=SYSTEM)

    with pytest.raises(NotAllowed):
        actions.admit(people.project, person=people.sam, role=Role.ANNOTATOR, by=Actor(people.olga.pk))


def test_the_last_owner_stays(people: Cast) -> None:
    with pytest.raises(WrongState, match="last owner"):
        actions.remove(people.project, person=people.olga, by=Actor(people.olga.pk))
    with pytest.raises(WrongState, match="last owner"):
        actions.change_role(people.project, person=people.olga, role=Role.LEAD, by=Actor(people.olga.pk))

    member(people.project, Role.OWNER)
    actions.remove(people.project, person=people.olga, by=Actor(people.olga.pk))


def test_a_member_is_admitted_once(people: Cast) -> None:
    with pytest.raises(Taken, match="already a member"):
        actions.admit(people.project, person=people.ann, role=Role.LEAD, by=Actor(people.olga.pk))


def test_a_stranger_cannot_be_changed_or_removed(people: Cast) -> None:
    with pytest.raises(NotFound):
        actions.remove(people.project, person=people.sam, by=Actor(people.olga.pk))


def test_two_memberships_of_one_person_are_refused_by_the_database(people: Cast) -> None:
    with pytest.raises(IntegrityError, match="membership_one_role_each"), transaction.atomic():
        Membership.objects.create(project=people.project, person=people.ann, role=Role.LEAD)


def test_an_unknown_role_is_refused_by_the_database(people: Cast) -> None:
    with pytest.raises(IntegrityError, match="membership_role_known"), transaction.atomic():
        Membership.objects.create(project=people.project, person=people.sam, role="god")


def test_projects_of_a_person_are_those_they_are_in(people: Cast) -> None:
    people.everybody()
    assert list(permissions.of_person(people.sam)) == [people.other]
    assert list(permissions.of_person(people.ann, Permission.READ)) == []
    assert list(permissions.holders_of(Permission.REVIEW, people.project)) == [
        people.ann,
        people.lee,
        people.olga,
    ]


def test_a_slug_is_taken_once(people: Cast) -> None:
    with pytest.raises(Taken, match="already a project"):
        actions.create_project(slug=people.project.slug, name="Again", owner=people.sam)


@pytest.mark.parametrize("slug", ["", "A", "-a", "a-", "a b", "ä", "a/b", "a" * 64])
def test_a_slug_of_another_shape_is_refused_by_the_database(slug: str) -> None:
    with pytest.raises(Exception, match=r"project_slug_shape|too long"), transaction.atomic():
        Project.objects.create(slug=slug, name="x")
