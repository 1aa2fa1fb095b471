"""The door: 404 for outsiders, 403 for insiders without the permission, and few statements."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts import actions, checks, gate, keys
from accounts.actor import SYSTEM, Actor
from accounts.errors import NotAllowed, NotFound, NotSignedIn
from accounts.roles import ROLES, Permission, Role
from tests.factories.people import api_key
from tests.factories.projects import Cast

pytestmark = pytest.mark.django_db


def asked_by(person: Any, key: Any = None) -> Any:
    return SimpleNamespace(user=person, auth=key)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_enters_with_its_permissions_only(people: Cast, role: Role, permission: Permission) -> None:
    request = asked_by(people.playing(role))

    if permission in ROLES[role]:
        assert gate.enter(request, people.project.slug, permission) == people.project
        assert request.project == people.project
        assert request.actor == Actor(people.playing(role).pk)
        assert request.permissions == ROLES[role]
    else:
        with pytest.raises(NotAllowed, match=permission.value):
            gate.enter(request, people.project.slug, permission)


def test_an_outsider_reads_the_same_as_for_an_unknown_project(people: Cast) -> None:
    slug = people.project.slug
    with pytest.raises(NotFound) as others:
        gate.enter(asked_by(people.sam), slug, Permission.ENTER)
    with pytest.raises(NotFound) as unknown:
        gate.enter(asked_by(people.sam), "nowhere", Permission.ENTER)

    assert str(others.value).replace(slug, "") == str(unknown.value).replace("nowhere", "")


def test_nobody_enters_without_signing_in(people: Cast) -> None:
    with pytest.raises(NotSignedIn):
        gate.enter(asked_by(AnonymousUser()), people.project.slug, Permission.ENTER)


def test_a_person_enters_with_one_statement(people: Cast) -> None:
    people.everybody()
    with CaptureQueriesContext(connection) as queries:
        gate.enter(asked_by(people.ann), people.project.slug, Permission.REVIEW)

    assert len(queries) == 1


def test_a_key_is_authenticated_and_enters_with_one_statement(people: Cast) -> None:
    _key, text = api_key(people.project, people.mel)

    with CaptureQueriesContext(connection) as queries:
        key = keys.authenticate(text)
        assert key is not None
        gate.enter(asked_by(key.person, key), people.project.slug, Permission.PUSH)

    assert len(queries) == 1


def test_a_key_does_what_both_its_scopes_and_its_person_allow(people: Cast) -> None:
    _key, text = api_key(people.project, people.lee, Permission.READ, Permission.SETTLE)
    actions.change_role(people.project, person=people.lee, role=Role.ML_ENGINEER, by=SYSTEM)
    key = keys.authenticate(text)
    assert key is not None
    request = asked_by(key.person, key)

    gate.enter(request, people.project.slug, Permission.READ)

    assert request.permissions == {Permission.READ}  # SETTLE is a scope, but no longer held; PUSH is no scope
    assert request.actor == Actor(people.lee.pk, key.pk)
    with pytest.raises(NotAllowed):
        gate.enter(request, people.project.slug, Permission.SETTLE)


def test_a_key_opens_its_own_project_only(people: Cast) -> None:
    actions.admit(people.other, person=people.mel, role=Role.OWNER, by=SYSTEM)
    _key, text = api_key(people.project, people.mel)
    key = keys.authenticate(text)
    assert key is not None

    with pytest.raises(NotFound):
        gate.enter(asked_by(key.person, key), people.other.slug, Permission.ENTER)


def test_a_key_of_somebody_removed_opens_nothing(people: Cast) -> None:
    _key, text = api_key(people.project, people.mel)
    actions.remove(people.project, person=people.mel, by=SYSTEM)
    key = keys.authenticate(text)
    assert key is not None

    with pytest.raises(NotFound):
        gate.enter(asked_by(key.person, key), people.project.slug, Permission.ENTER)


def test_the_system_check_names_a_view_that_declares_nothing(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__

    found = checks.every_route_declares_access(None)

    assert [error.id for error in found] == ["accounts.E001"]
    assert "'open'" in found[0].msg


def undeclared(request: Any) -> HttpResponse:
    return HttpResponse("nobody should read this")


urlpatterns = [path("open", undeclared), path("public", gate.public(undeclared))]
