"""An account: one per address, with a name that can be seen for what it is, and no powers of its own."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import actions
from accounts.models import Person
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("again", ["ann@example.org", "ANN@Example.ORG", "  Ann@example.org "])
def test_an_address_has_one_account_however_it_is_written(again: str) -> None:
    Person.objects.create_person("Ann@Example.org", "Ann")

    with pytest.raises(ValidationError, match="already an account"):
        Person.objects.create_person(again, "Another")


def test_the_database_refuses_a_second_spelling() -> None:
    Person.objects.create_person("ann@example.org", "Ann")

    with pytest.raises(IntegrityError, match="person_email_lower_case"), transaction.atomic():
        Person.objects.create(email="ANN@example.org", name="Ann")
    with pytest.raises(IntegrityError, match="person_email_unique"), transaction.atomic():
        Person.objects.create(email="ann@example.org", name="Ann")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "a\x00b",
        "a\nb",
        "a\x1b[31mb",
        "a\u202eb",
        "a\u200bb",
        "\U000e0041dmin",
        "a\u2028b",
        "a\u2066b",
    ],
)
def test_a_name_with_something_invisible_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Person.objects.create_person("ann@example.org", name)


@pytest.mark.parametrize("name", ["Ann", "Zoë Müller-Łuczak", "李小龍", "O'Neil", "<script>", "علي"])
def test_a_name_in_any_script_is_taken(name: str) -> None:
    assert Person.objects.create_person("ann@example.org", name).name == name


def test_nobody_is_staff_or_superuser() -> None:
    person = PersonFactory.create()

    assert not person.is_staff
    assert not person.is_superuser
    assert {field.name for field in Person._meta.get_fields()}.isdisjoint({"groups", "user_permissions"})


def test_a_new_account_gets_a_password_for_one_use() -> None:
    person, password = actions.create_person(email="new@example.org", name="New", now=NOW)

    assert person.check_password(password)
    assert person.temporary_until is not None
    assert (person.temporary_until - NOW).days == 7


def test_an_unknown_time_zone_reads_as_utc() -> None:
    assert str(PersonFactory.build(time_zone="Mars/Olympus").zone) == "UTC"
    assert str(PersonFactory.build(time_zone="Europe/Berlin").zone) == "Europe/Berlin"
