"""Own settings, API keys and the people of a project, as pages."""

import re
import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts import keys, permissions
from accounts.models import ApiKey, Event, Membership, Person
from accounts.roles import ROLES, Permission, Role
from tests.accounts.conftest import signed_in
from tests.factories.locks import until_somebody_waits
from tests.factories.people import PASSWORD, api_key
from tests.factories.projects import Cast

pytestmark = pytest.mark.django_db
SETTINGS = {
    "name": "Ann",
    "theme": "system",
    "density": "normal",
    "text_size": "normal",
    "time_zone": "UTC",
    "language": "",
}


def keys_page(people: Cast) -> str:
    return f"/projects/{people.project.slug}/keys/"


def people_page(people: Cast, more: str = "") -> str:
    return f"/projects/{people.project.slug}/people/{more}"


def test_settings_are_saved_and_an_event_says_which(people: Cast) -> None:
    fields = {**SETTINGS, "name": "Anna", "theme": "dark", "time_zone": "Europe/Berlin"}

    assert signed_in(people.ann).post("/me/", fields).status_code == 302

    people.ann.refresh_from_db()
    assert (people.ann.name, people.ann.theme, people.ann.language) == ("Anna", "dark", "")
    event = Event.objects.get(kind="person.settings_changed")
    assert event.after == {"changed": ["name", "theme", "time_zone"]}


@pytest.mark.parametrize("name", ["Lee", " lEE ", "\uff2c\uff45\uff45"])
def test_nobody_takes_the_name_of_another_member(people: Cast, name: str) -> None:
    assert people.lee.name == "Lee"

    answer = signed_in(people.ann).post("/me/", {**SETTINGS, "name": name})

    assert answer.status_code == 422
    assert answer.context["form"].errors.as_data()["name"][0].code == "name.taken"
    assert Person.objects.get(pk=people.ann.pk).name == "Ann"


@pytest.mark.parametrize(
    "wrong",
    [{"name": "a\u202eb"}, {"name": ""}, {"theme": "neon"}, {"density": "none"}, {"text_size": "9"},
     {"time_zone": "../etc/passwd"},
     {"language": "xx"}, {"name": "x" * 121}, {"name": "a\x00"}],
)  # fmt: skip
def test_wrong_settings_are_shown_again_and_nothing_is_saved(people: Cast, wrong: dict[str, str]) -> None:
    fields = {**SETTINGS, "name": "Anna", "theme": "dark"} | wrong

    assert signed_in(people.ann).post("/me/", fields).status_code == 422

    people.ann.refresh_from_db()
    assert (people.ann.name, people.ann.theme) == ("Ann", "system")


def test_other_fields_of_a_person_cannot_be_set(people: Cast) -> None:
    fields = SETTINGS
    more = {"email": "x@example.org", "is_active": "", "is_superuser": "1", "password": "x", "role": "owner"}

    signed_in(people.ann).post("/me/", fields | more)

    after = Person.objects.get(pk=people.ann.pk)
    assert (after.email, after.is_active, after.check_password(PASSWORD)) == (people.ann.email, True, True)
    assert permissions.held_by(after, people.project) == ROLES[Role.ANNOTATOR]


def test_a_new_password_ends_the_other_sessions(people: Cast) -> None:
    here, elsewhere = signed_in(people.ann), signed_in(people.ann)
    new = "an entirely new phrase 7"

    changed = here.post("/me/password/", {"present": PASSWORD, "new": new, "again": new})

    assert changed.status_code == 302
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


@pytest.mark.parametrize(
    "fields",
    [
        {"present": "wrong", "new": "an entirely new phrase 7", "again": "an entirely new phrase 7"},
        {"present": PASSWORD, "new": "an entirely new phrase 7", "again": "another"},
        {"present": PASSWORD, "new": "short", "again": "short"},
        {"present": PASSWORD, "new": "password1234", "again": "password1234"},
        {"present": PASSWORD, "new": PASSWORD, "again": PASSWORD},
        {},
    ],
)
def test_a_poor_or_mistyped_password_is_refused(people: Cast, fields: dict[str, str]) -> None:
    assert signed_in(people.ann).post("/me/password/", fields).status_code == 422

    people.ann.refresh_from_db()
    assert people.ann.check_password(PASSWORD)


def test_a_new_key_is_shown_once(people: Cast) -> None:
    client = signed_in(people.mel)

    made = client.post(keys_page(people), {"name": "CI", "scopes": ["push", "pull"], "days": "30"})
    texts = re.findall(r"rk_[0-9a-f]{12}_[0-9a-f]{64}", made.content.decode())

    assert made.status_code == 201
    assert "no-store" in made.headers["Cache-Control"]
    assert len(texts) == 1
    found = keys.authenticate(texts[0])
    assert found is not None
    assert found.scopes == ["pull", "push"]
    assert texts[0] not in client.get(keys_page(people)).content.decode()
    assert texts[0] not in str(dict(client.session))


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": ["admit"]}, {"scopes": []}, {"scopes": ["x"]}, {"days": "0"}, {"days": "9999"},
     {"days": "1.5"}, {"name": ""}, {"name": "a\u202eb"}],
)  # fmt: skip
def test_a_key_above_ones_own_permissions_is_not_made(people: Cast, wrong: dict[str, object]) -> None:
    fields: dict[str, object] = {"name": "CI", "scopes": ["push"], "days": "30"} | wrong

    made = signed_in(people.mel).post(keys_page(people), fields)

    assert made.status_code == 422
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_from_the_page_by_its_owner_only(people: Cast) -> None:
    key, text = api_key(people.project, people.mel)

    assert signed_in(people.lee).post(f"{keys_page(people)}{key.pk}/revoke/").status_code == 404
    assert signed_in(people.sam).post(f"{keys_page(people)}{key.pk}/revoke/").status_code == 404
    assert keys.authenticate(text) is not None
    assert signed_in(people.mel).post(f"{keys_page(people)}{key.pk}/revoke/").status_code == 302
    assert keys.authenticate(text) is None


def test_a_key_of_another_project_is_not_reached_through_ones_own(people: Cast) -> None:
    key, text = api_key(people.project, people.mel)
    through = f"/projects/{people.other.slug}/keys/{key.pk}/revoke/"

    assert signed_in(people.sam).post(through).status_code == 404
    assert keys.authenticate(text) is not None


def test_an_owner_admits_somebody_new_with_a_password_shown_once(people: Cast) -> None:
    client = signed_in(people.olga)

    admitted = client.post(
        people_page(people, "admit/"), {"email": "New@Example.org", "name": "New", "role": "annotator"}
    )

    assert admitted.status_code == 201
    person = Person.objects.get(email="new@example.org")
    shown = re.search(r'id="new-password">([^<]+)<', admitted.content.decode())
    assert shown is not None
    assert person.check_password(shown[1])
    assert permissions.held_by(person, people.project) == ROLES[Role.ANNOTATOR]


def test_an_owner_admits_somebody_who_has_an_account(people: Cast) -> None:
    admitted = signed_in(people.olga).post(
        people_page(people, "admit/"), {"email": people.sam.email.upper(), "role": "lead"}
    )

    assert admitted.status_code == 201
    assert 'id="new-password"' not in admitted.content.decode()
    people.sam.refresh_from_db()
    assert people.sam.name == "Sam"
    assert permissions.held_by(people.sam, people.project) == ROLES[Role.LEAD]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"email": "not an address", "name": "N", "role": "lead"}, 422),
        ({"email": "n@example.org", "name": "", "role": "lead"}, 422),
        ({"email": "n@example.org", "name": "N", "role": "god"}, 422),
        ({"email": "n@example.org", "name": "a\u202eb", "role": "lead"}, 422),
        ({"email": "n\x00@example.org", "name": "N", "role": "lead"}, 422),
    ],
)
def test_a_wrong_admission_admits_nobody(people: Cast, fields: dict[str, str], status: int) -> None:
    people.everybody()
    before = Person.objects.count(), Membership.objects.count()

    assert signed_in(people.olga).post(people_page(people, "admit/"), fields).status_code == status

    assert (Person.objects.count(), Membership.objects.count()) == before


def test_a_member_is_not_admitted_again(people: Cast) -> None:
    again = signed_in(people.olga).post(
        people_page(people, "admit/"), {"email": people.ann.email, "name": "", "role": "lead"}
    )

    assert again.status_code == 409
    assert permissions.held_by(people.ann, people.project) == ROLES[Role.ANNOTATOR]


@pytest.mark.django_db(transaction=True)
def test_who_is_admitted_twice_at_once_is_admitted_once_and_the_second_is_told(people: Cast) -> None:
    client, first_is_made = signed_in(people.olga), threading.Event()

    def first() -> None:
        with transaction.atomic():
            Person.objects.create_person("new@example.org", "New", PASSWORD)
            first_is_made.set()
            until_somebody_waits()  # the second, for this one
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    first_is_made.wait()
    second = client.post(
        people_page(people, "admit/"), {"email": "new@example.org", "name": "New", "role": "lead"}
    )
    thread.join()

    assert second.status_code == 409
    assert "at the same moment" in second.content.decode()
    assert Person.objects.filter(email="new@example.org").count() == 1


def test_a_lead_sees_the_people_but_changes_nothing(people: Cast) -> None:
    people.everybody()
    client = signed_in(people.lee)
    page = client.get(people_page(people))

    assert page.status_code == 200
    assert "Ann" in page.content.decode()
    assert people.ann.email not in page.content.decode()
    for more, fields in [
        ("admit/", {"email": "n@example.org", "name": "N", "role": "annotator"}),
        (f"{people.lee.pk}/role/", {"role": "owner"}),
        (f"{people.ann.pk}/remove/", {}),
    ]:
        assert client.post(people_page(people, more), fields).status_code == 403
    assert permissions.held_by(people.lee, people.project) == ROLES[Role.LEAD]


def test_an_owner_changes_a_role_and_removes_a_member(people: Cast) -> None:
    client = signed_in(people.olga)

    assert client.post(people_page(people, f"{people.ann.pk}/role/"), {"role": "lead"}).status_code == 302
    assert Permission.SETTLE in permissions.held_by(people.ann, people.project)
    assert client.post(people_page(people, f"{people.ann.pk}/remove/")).status_code == 302
    assert permissions.held_by(people.ann, people.project) == frozenset()


def test_the_last_owner_is_told_why_not(people: Cast) -> None:
    answer = signed_in(people.olga).post(people_page(people, f"{people.olga.pk}/remove/"))

    assert answer.status_code == 409
    assert "last owner" in answer.content.decode()


def test_somebody_elses_project_reads_like_no_project(people: Cast) -> None:
    client = signed_in(people.sam)

    for page in (keys_page(people), people_page(people)):
        assert client.get(page).status_code == 404
        assert client.post(page).status_code in (404, 405)
    assert client.post(people_page(people, f"{people.ann.pk}/remove/")).status_code == 404


@pytest.mark.parametrize("number", ["0", "999999999999999999", "99999999999999999999", "-1", "1.0", "١"])
def test_a_number_that_is_no_person_is_no_page(people: Cast, number: str) -> None:
    answer = signed_in(people.olga).post(people_page(people, f"{number}/role/"), {"role": "lead"})

    assert answer.status_code == 404


def test_a_page_asked_for_by_a_fragment_is_not_answered_with_the_login_page(people: Cast) -> None:
    answer = Client().get(keys_page(people), headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login/")


def test_every_answer_carries_its_request_id_and_stays_out_of_caches(people: Cast) -> None:
    answer = signed_in(people.ann).get("/me/", headers={"X-Request-Id": "chosen-by-a-stranger"})

    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])
    assert "no-store" in answer.headers["Cache-Control"]
