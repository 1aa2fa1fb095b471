"""The palette: every action of a page, found by typing, done as its key or a press does it."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from queues.models import Review
from queues.web.navigation import PLACES
from tests.factories.projects import Cast
from tests.factories.shared import Given, Shared, shared
from tests.flows.axe import check_both_themes
from tests.flows.conftest import Enter
from tests.flows.screen import TOO_SOON_MS, Screen


def opened(page: Page) -> list[str]:
    """What the palette offers, once it is open."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    return page.locator("#palette [role=option]").all_inner_texts()


def labels(offered: list[str]) -> list[str]:
    """Without their keys."""
    return [text.split("\n")[0] for text in offered]


def test_an_action_is_found_from_within_the_correction_and_the_caret_is_where_it_was(screen: Screen) -> None:
    page = screen.page
    screen.press("c").type("Well. ")
    caret = "[document.activeElement.name, document.activeElement.selectionStart]"

    screen.press("Control+k").type("CHARACTERS inv")
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.locator("#palette").get_by_role("status")).to_have_text("1 action")
    expect(page.get_by_role("option", selected=True)).to_have_text(
        re.compile("^Show or hide invisible characters")
    )
    screen.press("Enter")

    expect(page.locator("[data-invisible]")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(caret) == ["corrected_text", 6]
    screen.type("Yes. ").press("Control+k").type("nothing such")
    expect(page.locator("#palette").get_by_role("status")).to_have_text("No action fits “nothing such”.")
    screen.press("Enter", "Escape").type("So. ")
    assert page.locator("[name=corrected_text]").input_value().startswith("Well. Yes. So. Answer 0.")


def test_only_enter_on_a_chosen_action_decides_and_the_guards_of_its_key_hold(screen: Screen) -> None:
    page, first = screen.page, screen.slot
    held: list[Route] = []
    page.route("**/submit", lambda route: route.continue_() if held else held.append(route))

    opened(page)
    screen.press("Enter").type("approve")  # nothing was chosen; a letter is a letter
    assert (screen.slot, held) == (first, [])
    screen.press("Enter").press("Control+k")
    second = screen.slot
    assert second != first
    page.wait_for_timeout(TOO_SOON_MS)

    screen.type("app").press("Enter")
    expect(page.locator("#palette").get_by_role("status")).to_contain_text("Not at this moment")
    assert (screen.slot, len(held)) == (second, 1)
    held[0].continue_()
    page.wait_for_function("() => document.querySelector('.toast')")
    screen.leave("Enter")

    assert Review.objects.filter(decision="approve").count() == 2


@pytest.mark.slow
def test_it_shows_a_persons_own_keys_works_without_single_keys_and_over_a_dialog(
    people: Cast, screen: Screen
) -> None:
    page = screen.page
    own = {"reject": "w", "menu": "r", "next_question": "m", "previous_question": "j", "veil": "k"}
    Person.objects.filter(pk=people.ann.pk).update(shortcuts=own)
    screen.open()
    offered = opened(page)
    assert [text.split() for text in offered if text.startswith("Reject")] == [["Reject", "W"]]

    Person.objects.filter(pk=people.ann.pk).update(has_shortcuts=False)
    screen.press("Control+k").open()
    offered = opened(page)
    assert {"Reject", "Approve"} <= set(offered)
    assert [text for text in offered if "Ctrl" in text] != []
    screen.press("End", "ArrowDown").type("skip").press("Enter")

    expect(page.locator("#skip-dialog")).to_be_visible()
    offered = opened(page)
    assert offered[0] == "Close" and "Approve" not in offered
    screen.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#skip-dialog")).to_be_visible()


def test_nobody_is_offered_a_place_or_an_action_that_is_not_theirs(
    people: Cast, screen: Screen, enter: Enter, live_server: LiveServer
) -> None:
    page = screen.page
    every = {str(label) for _need, label, _name in PLACES}

    seen = {}
    for person in (people.ann, people.mel, people.lee):
        enter(person)
        page.goto(f"{live_server.url}/projects/{people.project.slug}/queues/")
        bar = page.locator(".places a").all_inner_texts()
        offered = labels(opened(page))
        assert every.intersection(offered) == set(bar) - {"Queues"}  # one is there
        assert len(offered) == len(set(offered))
        page.goto(screen.address)
        seen[person.pk] = set(labels(opened(page))) if page.locator(".desk").count() else set()
        assert not seen[person.pk] or every.intersection(seen[person.pk]) == set(bar)

    assert {"Approve", "Queues", "Settings"} <= seen[people.ann.pk]
    assert not {"Close", "Stay here"} & seen[people.ann.pk]  # they stand in dialogs that are closed
    assert "People" not in seen[people.ann.pk] and "People" in seen[people.lee.pk]


def test_a_row_is_told_by_its_name_and_what_was_chosen_is_pressed(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    page = enter(people.olga)
    page.goto(f"{live_server.url}/projects/{people.project.slug}/")

    page.get_by_role("button", name="Find an action").click()
    page.keyboard.type("peop")
    page.get_by_role("option", name="People").click()
    page.wait_for_url("**/people/")
    assert {"Remove Olga", "Admit"} <= set(opened(page))
    page.keyboard.type("olga remove")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("owner")


def test_the_ways_at_the_head_of_a_page_and_what_it_gives_as_a_file_are_found(
    people: Cast, screen: Screen, enter: Enter, live_server: LiveServer
) -> None:
    page = enter(people.lee)
    lead = f"{live_server.url}/projects/{people.project.slug}/"
    page.goto(f"{lead}overrides/")
    assert "Download as CSV" in labels(opened(page))
    shared(screen.queue, [Shared([Given(people.ann), Given(people.sam)])])
    page.goto(f"{lead}agreement/")
    opened(page)
    page.keyboard.type("who agrees")
    page.keyboard.press("Enter")

    page.wait_for_url("**/agreement/people/*")


@pytest.mark.slow
def test_axe_finds_nothing_in_the_open_palette_and_it_speaks_german(people: Cast, screen: Screen) -> None:
    page = screen.page
    Person.objects.filter(pk=people.ann.pk).update(language="de")
    screen.open()
    opened(page)
    check_both_themes(page)

    screen.type("uberspr")
    expect(page.get_by_role("option", selected=True)).to_contain_text("überspringen")
    page.set_viewport_size({"width": 360, "height": 740})
    check_both_themes(page)
