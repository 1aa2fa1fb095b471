"""Looks and keys: chosen once, and there from the first byte of every page."""

import pytest
from django.db import IntegrityError, transaction

from accounts import shortcuts
from accounts.models import Event, Person
from tests.accounts.conftest import signed_in
from tests.accounts.test_pages import SETTINGS
from tests.factories.projects import Cast

pytestmark = pytest.mark.django_db
PAGE = "/me/shortcuts/"


def test_density_and_text_size_stand_on_the_page_itself(people: Cast) -> None:
    ann = signed_in(people.ann)

    ann.post("/me/", {**SETTINGS, "density": "compact", "text_size": "largest"})

    assert ' data-density="compact" data-text-size="largest">' in ann.get("/me/").content.decode()


def test_another_key_of_the_list_is_kept_and_only_what_differs_is_stored(people: Cast) -> None:
    answer = signed_in(people.ann).post(PAGE, {"has_shortcuts": "on", "approve": "q", "reject": "r"})

    assert answer.status_code == 302
    ann = Person.objects.get(pk=people.ann.pk)
    assert ann.shortcuts == {"approve": "q"}
    assert (ann.keys["approve"], ann.keys["reject"]) == ("q", "r")
    assert Event.objects.get(kind="person.settings_changed").after == {"changed": ["shortcuts"]}


def test_two_actions_may_swap_their_keys(people: Cast) -> None:
    signed_in(people.ann).post(PAGE, {"has_shortcuts": "on", "approve": "r", "reject": "a"})

    assert Person.objects.get(pk=people.ann.pk).shortcuts == {"approve": "r", "reject": "a"}


@pytest.mark.parametrize(
    ("chosen", "marked"),
    [
        ({"approve": "a", "reject": "a"}, "reject"),
        ({"approve": "r"}, "reject"),  # which keeps its R
        ({"approve": "ctrl+w"}, "approve"),
        ({"approve": "<img src=x onerror=1>"}, "approve"),
        ({"skip": "ä"}, "skip"),
    ],
)
def test_a_key_that_is_taken_or_none_is_named_and_nothing_is_saved(
    people: Cast, chosen: dict[str, str], marked: str
) -> None:
    answer = signed_in(people.ann).post(PAGE, {"has_shortcuts": "on", **chosen})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [marked]
    assert "<img src=x" not in answer.content.decode()
    assert Person.objects.get(pk=people.ann.pk).shortcuts == {}


def test_single_keys_are_switched_off_and_come_back_as_usual(people: Cast) -> None:
    ann = signed_in(people.ann)
    ann.post(PAGE, {"approve": "q"})

    assert ' data-keys="off"' in ann.get("/me/").content.decode()
    ann.post(PAGE, {"usual": "1"})

    person = Person.objects.get(pk=people.ann.pk)
    assert (person.has_shortcuts, person.keys) == (True, dict(shortcuts.USUAL))


def test_an_action_whose_key_was_given_away_before_it_came_may_stay_without(people: Cast) -> None:
    Person.objects.filter(pk=people.ann.pk).update(shortcuts={"approve": "m"})
    ann = signed_in(people.ann)

    page = ann.get(PAGE).content.decode()
    saved = ann.post(PAGE, {"has_shortcuts": "on", "approve": "m", "menu": "", "skip": "w"})

    assert '<option value="" selected>no key</option>' in page
    assert saved.status_code == 302
    keys = Person.objects.get(pk=people.ann.pk).keys
    assert (keys["approve"], keys["menu"], keys["skip"]) == ("m", "", "w")


def test_every_usual_key_is_of_the_list_and_nobodys_twice() -> None:
    assert set(shortcuts.USUAL.values()) <= set(shortcuts.KEYS)
    assert shortcuts.clashes(shortcuts.USUAL) == {}


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"theme": "neon"}, "person_theme_known"),
        ({"density": "x"}, "person_density_known"),
        ({"text_size": "x"}, "person_text_size_known"),
        ({"shortcuts": ["a"]}, "person_shortcuts_by_action"),
    ],
)
def test_the_database_refuses_looks_and_keys_that_are_none(
    people: Cast, wrong: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Person.objects.filter(pk=people.ann.pk).update(**wrong)
