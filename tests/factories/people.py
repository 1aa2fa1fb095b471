"""People and keys for tests: real accounts, made by the real actions."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone
from factory.declarations import Sequence
from factory.django import DjangoModelFactory, Password
from factory.faker import Faker

from accounts import keys, permissions
from accounts.actor import Actor
from accounts.models import ApiKey, Person, Project
from accounts.roles import Permission

PASSWORD = "correct horse battery staple"


class PersonFactory(DjangoModelFactory[Person]):
    """An active account without any permission; every password is `PASSWORD`."""

    class Meta:
        model = Person

    email = Sequence(lambda number: f"person{number}@example.org")
    name = Faker("first_name")
    password = Password(PASSWORD)


def api_key(
    project: Project,
    person: Person,
    *scopes: Permission,
    now: datetime | None = None,
    days: int = keys.DEFAULT_DAYS,
) -> tuple[ApiKey, str]:
    """A key of a member and its text; without scopes it has all that the person holds."""
    wanted: Collection[Permission] = scopes or permissions.held_by(person, project)
    return keys.create(
        project,
        person=person,
        name="test",
        scopes=wanted,
        now=now or timezone.now(),
        days=days,
        by=Actor(person.pk),
    )


def expired(key: ApiKey) -> ApiKey:
    """The same key, made long ago and expired a minute ago."""
    now = timezone.now()
    key.created_at, key.expires_at = now - timedelta(days=90), now - timedelta(minutes=1)
    key.save(update_fields=["created_at", "expires_at"])
    return key
