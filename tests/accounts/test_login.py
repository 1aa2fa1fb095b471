"""Signing in and out, seen by somebody who guesses, waits, or sends a link."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions, login_delay, sessions
from accounts.actor import SYSTEM
from accounts.models import Event, LoginDelay
from tests.accounts.conftest import signed_in
from tests.factories.people import PASSWORD
from tests.factories.projects import Cast

pytestmark = pytest.mark.django_db
LOGIN = "/login/"


def enter(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"email": email, "password": password} | more)


def test_a_person_signs_in_with_any_spelling_of_the_address(people: Cast) -> None:
    response = enter(Client(), f" {people.ann.email.upper()} ")

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert Event.objects.filter(kind="person.signed_in", actor_person_id=people.ann.pk).count() == 1


def test_signing_in_makes_a_new_session_id(people: Cast) -> None:
    client = Client()
    client.session["planted"] = True
    client.session.save()
    before = client.session.session_key

    enter(client, people.ann.email)

    assert client.session.session_key != before


def test_every_failure_looks_the_same(people: Cast) -> None:
    actions.set_active(people.lee, is_active=False, by=SYSTEM)
    pages = []
    for email, password in [
        (people.ann.email, "wrong"),
        ("nobody@example.org", "wrong"),
        (people.lee.email, PASSWORD),
        ("not an address", "x"),
    ]:
        response = enter(Client(), email, password)
        pages.append((response.status_code, response.context["form"].non_field_errors()))

    assert pages[0][0] == 422
    assert all(page == pages[0] for page in pages)


def test_what_was_typed_stays_but_the_password_does_not(people: Cast) -> None:
    page = enter(Client(), people.ann.email, "wrong-password").content.decode()

    assert people.ann.email in page
    assert "wrong-password" not in page


def test_guessing_must_wait_and_the_right_password_too(people: Cast) -> None:
    client = Client()
    for _try in range(login_delay.FREE_TRIES):
        assert enter(client, people.ann.email, "wrong").status_code == 422

    blocked = enter(client, people.ann.email)

    assert blocked.status_code == 429
    assert 1 <= int(blocked.headers["Retry-After"]) <= login_delay.LONGEST_WAIT_SECONDS
    assert "_auth_user_id" not in client.session


def test_an_unknown_account_waits_like_a_known_one(people: Cast) -> None:
    client = Client()
    for _try in range(login_delay.FREE_TRIES):
        enter(client, "nobody@example.org", "wrong")

    assert enter(client, "nobody@example.org", "wrong").status_code == 429
    assert enter(client, people.ann.email).status_code == 302


def test_another_address_does_not_wait(people: Cast) -> None:
    for _try in range(login_delay.FREE_TRIES + 1):
        enter(Client(REMOTE_ADDR="192.0.2.1"), people.ann.email, "wrong")

    assert enter(Client(REMOTE_ADDR="192.0.2.2"), people.ann.email).status_code == 302


def test_a_forwarded_address_is_not_believed(people: Cast) -> None:
    for number in range(login_delay.FREE_TRIES):
        enter(Client(headers={"X-Forwarded-For": f"198.51.100.{number}"}), people.ann.email, "wrong")

    assert enter(Client(), people.ann.email).status_code == 429


def test_the_wait_grows_and_is_forgotten_after_success(people: Cast) -> None:
    client, waits = Client(), []
    for _round in range(3):
        for _try in range(login_delay.FREE_TRIES):
            enter(client, people.ann.email, "wrong")
        row = LoginDelay.objects.get()
        waits.append((row.wait_until - row.failed_at).total_seconds())
        LoginDelay.objects.update(wait_until=timezone.now() - timedelta(seconds=1))

    assert enter(client, people.ann.email).status_code == 302
    assert waits == sorted(set(waits))
    assert not LoginDelay.objects.exists()


def test_no_typed_account_is_stored_in_the_open(people: Cast) -> None:
    enter(Client(), "my-password-typed-here", "x")

    assert b"my-password" not in bytes(LoginDelay.objects.get().account_sha256)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example",
     "https:///evil.example", "\\\\evil.example", " //evil.example", "http://testserver@evil.example/"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(people: Cast, elsewhere: str) -> None:
    response = enter(Client(), people.ann.email, next=elsewhere)

    assert response.headers["Location"] == "/"


def test_a_person_lands_where_they_wanted_to_go(people: Cast) -> None:
    client = Client()
    wanted = f"/projects/{people.project.slug}/keys/?a=b"

    to_login = client.get(wanted)
    assert to_login.headers["Location"].startswith("/login/?next=")
    shown = client.get(to_login.headers["Location"]).content.decode()
    assert f'value="{wanted}"' in shown

    assert enter(client, people.ann.email, next=wanted).headers["Location"] == wanted


def test_signing_out_needs_a_post_and_ends_the_session(people: Cast) -> None:
    client = signed_in(people.ann)

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 302
    assert client.get("/me/").status_code == 302


def test_forms_need_their_token(people: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    assert enter(client, people.ann.email).status_code == 403

    client.force_login(people.ann)
    assert client.post("/logout/").status_code == 403
    assert client.post(f"/projects/{people.project.slug}/keys/", {"name": "x"}).status_code == 403


def test_a_session_ends_after_a_day_however_busy(people: Cast) -> None:
    client = Client()
    enter(client, people.ann.email)
    session = client.session
    session["began"] -= sessions.LONGEST_SECONDS
    session.save()

    assert client.get("/me/").headers["Location"].startswith("/login/")
    assert "_auth_user_id" not in client.session


def test_a_disabled_person_is_out_at_once(people: Cast) -> None:
    client = signed_in(people.ann)
    assert client.get("/me/").status_code == 200

    actions.set_active(people.ann, is_active=False, by=SYSTEM)

    assert client.get("/me/").status_code == 302


def test_a_one_time_password_opens_the_password_page_only(people: Cast) -> None:
    person, password = actions.create_person(email="new@example.org", name="New", now=timezone.now())
    client = Client()
    assert enter(client, person.email, password).status_code == 302

    assert client.get("/me/").headers["Location"] == "/me/password/"
    assert client.get("/me/password/").status_code == 200

    new = "an entirely new phrase 7"
    changed = client.post("/me/password/", {"present": password, "new": new, "again": new})
    assert changed.headers["Location"] == "/me/"
    assert client.get("/me/").status_code == 200


def test_a_one_time_password_ends_after_a_week(people: Cast) -> None:
    long_ago = timezone.now() - timedelta(days=actions.TEMPORARY_PASSWORD_DAYS, minutes=1)
    person, password = actions.create_person(email="new@example.org", name="New", now=long_ago)

    assert enter(Client(), person.email, password).status_code == 422


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("value", ["", "a\x00b", "x" * 100_000])
def test_hostile_input_is_refused_with_the_form(people: Cast, field: str, value: str) -> None:
    fields = {"email": people.ann.email, "password": "wrong"} | {field: value}

    assert Client().post(LOGIN, fields).status_code == 422
