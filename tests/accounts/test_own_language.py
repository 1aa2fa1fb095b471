"""Pages speak the person's language, also where they refuse; the API speaks one language to all programs."""

import pytest
from django.template import loader
from django.test import Client
from django.utils import translation

from accounts.models import Person
from tests.accounts.conftest import signed_in
from tests.factories.projects import cast

SETTINGS = {"name": "Ann", "theme": "system", "density": "normal", "text_size": "normal", "time_zone": "UTC"}

pytestmark = pytest.mark.django_db


def test_a_refusal_speaks_the_language_that_the_person_chose() -> None:
    ann = cast().ann
    Person.objects.filter(pk=ann.pk).update(language="de")

    page = signed_in(ann).get("/projects/nowhere/", headers={"accept-language": "en"})

    assert page.status_code == 404
    assert page.headers["Content-Language"] == "de"
    assert '<html lang="de"' in page.content.decode()


def test_an_address_that_no_page_has_is_refused_in_that_language_too() -> None:
    ann = cast().ann
    Person.objects.filter(pk=ann.pk).update(language="de")

    page = signed_in(ann).get("/projects/x/nothing/like/this", headers={"accept-language": "en"})

    assert page.status_code == 404
    assert '<html lang="de"' in page.content.decode()


def test_saved_settings_are_confirmed_in_the_language_just_chosen() -> None:
    ann = cast().ann

    page = signed_in(ann).post("/me/", {**SETTINGS, "language": "de"}, follow=True)

    assert "Ihre Einstellungen sind gespeichert." in page.content.decode()


def test_the_api_answers_in_english_whatever_is_asked_for() -> None:
    told = [
        Client().get("/api/v1/projects/nowhere/queues/", headers={"accept-language": language})
        for language in ("en", "de")
    ]

    english, german = (answer.json() | {"instance": ""} for answer in told)
    assert german == english


def test_a_broken_page_says_what_happened_in_the_readers_language() -> None:
    with translation.override("de"):
        page = loader.get_template("500.html").render({"status": 503, "title": "T", "text": "W"})

    assert '<html lang="de">' in page
    assert "<h1>T</h1>" in page
