"""The project, its people with random passwords, and the ML engineer's API key."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts import actions, keys
from accounts.actor import SYSTEM, Actor
from accounts.models import Membership, Person, Project
from accounts.roles import Permission, Role
from queues.management.demo.card import Card

KEY_SCOPES = (Permission.ENTER, Permission.PUSH, Permission.READ, Permission.RELEASE, Permission.PULL)
KEY_DAYS = 365


def ensure_people(people: Sequence[dict[str, str]], card: Card) -> dict[str, Person]:
    """Each person by e-mail, with a password that stands on the card: the earlier one if it still fits."""
    found = {entry["email"]: _ensure_person(entry, card) for entry in people}
    order = [entry["email"] for entry in people]
    card.logins.sort(key=lambda login: order.index(login["email"]) if login["email"] in order else len(order))
    return found


def _ensure_person(entry: dict[str, str], card: Card) -> Person:
    person = Person.objects.filter(email=entry["email"]).first()
    if person is None:
        person, _temporary = actions.create_person(
            email=entry["email"], name=entry["name"], now=timezone.now()
        )
    password = card.password_of(entry["email"])
    if not (password and person.check_password(password)):
        password = secrets.token_urlsafe(12)
        actions.set_password(person, password=password, by=SYSTEM)
        card.logins = [login for login in card.logins if login["email"] != entry["email"]]
        card.logins.append({**entry, "password": password})
    return person


def ensure_project(
    wanted: dict[str, str], people: Sequence[dict[str, str]], members: dict[str, Person]
) -> Project:
    """The project with each person in their role."""
    roles = {entry["email"]: Role(entry["role"]) for entry in people}
    owner = next(members[email] for email, role in roles.items() if role == Role.OWNER)
    project = Project.objects.filter(slug=wanted["slug"]).first()
    if project is None:
        project = actions.create_project(slug=wanted["slug"], name=wanted["name"], owner=owner)
    inside = set(Membership.objects.filter(project=project).values_list("person__email", flat=True))
    for email, role in roles.items():
        if email not in inside:
            actions.admit(project, person=members[email], role=role, by=SYSTEM)
    return project


def ensure_key(project: Project, engineer: Person, card: Card) -> Actor:
    """The ML engineer acting through the key on the card; a new key when that one is dead."""
    key = keys.authenticate(card.api_key) if card.api_key else None
    if key is None or key.project_id != project.pk:
        key, card.api_key = keys.create(
            project,
            person=engineer,
            name="Demo key",
            scopes=KEY_SCOPES,
            now=timezone.now(),
            days=KEY_DAYS,
            by=Actor(engineer.pk),
        )
    return Actor(engineer.pk, key.pk)


def by_first_name(members: dict[str, Person]) -> dict[str, Any]:
    """ann, ben, lee, mia, olu."""
    return {email.partition("@")[0]: person for email, person in members.items()}
