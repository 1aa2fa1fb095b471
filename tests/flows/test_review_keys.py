"""Keys of the review screen: what each does, and when none acts."""

import re

import pytest
from playwright.sync_api import Route, expect
from pytest_django.live_server_helper import LiveServer

from queues.models import Flag, Item, Review, Severity
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import TOO_SOON_MS, Screen


def flagged(item: Item) -> None:
    Flag.objects.create(
        prediction=item.prediction, component="filter", category="hate", flagged=True, severity=Severity.HIGH
    )


def test_approve_is_one_key_and_the_next_item_is_there(screen: Screen) -> None:
    first = screen.slot

    screen.leave("a")

    assert screen.slot != first
    assert Review.objects.get(slot=first).decision == "approve"
    expect(screen.page.locator("[data-done-today] b")).to_have_text("1")


def test_correct_leads_into_a_copy_of_the_output_with_a_live_diff(screen: Screen) -> None:
    screen.press("c").type("Well. ")

    editor = screen.page.locator("[name=corrected_text]")
    expect(editor).to_be_focused()
    assert editor.input_value().startswith("Well. Answer 0. Refunds")
    expect(screen.page.locator(".diff ins")).to_have_text("Well. ")
    expect(screen.page.locator(".diff del")).to_have_count(0)


def test_digits_toggle_reasons_and_inside_a_field_they_are_text(screen: Screen) -> None:
    screen.press("r", "1", "2", "1")
    assert screen.reasons == ["vague"]

    screen.page.locator("[name=note]").focus()
    screen.press("1")

    assert screen.reasons == ["vague"]
    assert screen.page.locator("[name=note]").input_value() == "1"


@pytest.mark.slow
def test_j_moves_to_the_queues_question_and_digits_answer_it(screen: Screen) -> None:
    screen.press("r", "j", "2")

    expect(screen.page.locator("[name='answer.tone'][value=rude]")).to_be_checked()
    assert screen.reasons == []


def test_nothing_is_decided_in_the_first_half_second_nor_by_enter_or_backspace(screen: Screen) -> None:
    first = screen.slot
    screen.page.goto(screen.address)
    screen.press("a")
    screen.settle()
    screen.page.locator("[name=decision][value=approve]").focus()

    screen.press("Enter", "Backspace", "Enter")
    screen.page.wait_for_timeout(300)

    assert screen.slot == first
    assert not Review.objects.exists()


def test_keys_lead_into_the_next_item_at_once_while_the_answer_to_the_last_one_is_on_its_way(
    screen: Screen,
) -> None:
    held: list[Route] = []
    screen.page.route("**/submit", lambda route: held.append(route))
    first = screen.slot

    screen.press("a", "c").type("A word. ")
    screen.page.wait_for_timeout(TOO_SOON_MS)
    screen.press("Control+Enter")

    assert screen.slot != first
    assert screen.page.locator("[name=corrected_text]").input_value().startswith("A word. ")
    assert len(held) == 1
    held[0].continue_()
    screen.page.wait_for_function("() => document.querySelector('.toast')")
    assert Review.objects.get().slot_id == first


def test_a_decision_that_lacks_something_says_so_and_leads_there(screen: Screen) -> None:
    first = screen.slot

    screen.press("e", "Escape", "Control+Enter")

    expect(screen.page.locator(".said")).to_contain_text("Write your question to the lead.")
    expect(screen.page.locator("[name=note]")).to_be_focused()
    assert screen.slot == first


@pytest.mark.slow
def test_escape_leaves_a_field_and_discards_nothing(screen: Screen) -> None:
    screen.press("c").type("Kept. ").press("Escape")

    expect(screen.page.locator("[name=corrected_text]")).not_to_be_focused()
    assert screen.page.locator("[name=corrected_text]").input_value().startswith("Kept. ")


def test_undo_brings_the_item_back_as_it_was_and_keeps_the_one_on_the_screen(screen: Screen) -> None:
    first = screen.slot
    screen.press("r", "1").leave("Control+Enter")
    second = screen.slot

    screen.press("z")
    screen.page.wait_for_function(
        "slot => document.querySelector('.desk').dataset.slot == slot", arg=str(first)
    )
    screen.settle()

    assert (screen.decision, screen.reasons) == ("reject", ["factual"])
    screen.leave("Control+Enter")
    assert screen.slot == second
    assert Review.objects.filter(slot=first, withdrawn_at=None).count() == 1


def test_skip_asks_for_a_reason_and_escape_takes_it_back(screen: Screen) -> None:
    first = screen.slot
    screen.press("s")
    expect(screen.page.locator("#skip-dialog")).to_be_visible()
    screen.press("a", "Escape")
    assert screen.slot == first

    screen.press("s").leave("1")

    assert screen.slot != first
    assert not Review.objects.exists()


def test_after_a_skip_the_decision_before_it_is_not_offered_to_be_taken_back(screen: Screen) -> None:
    screen.leave("a").press("s").leave("1")
    shown = screen.slot
    expect(screen.page.locator("#toasts")).to_have_text("Passed on to somebody else.")

    screen.press("z").settle()

    assert screen.slot == shown
    assert Review.objects.filter(withdrawn_at=None).count() == 1


def test_a_press_on_correct_leads_into_the_editor_and_an_arrow_through_the_choices_does_not(
    screen: Screen,
) -> None:
    editor = screen.page.locator("[name=corrected_text]")

    screen.page.locator("[name=decision][value=approve]").focus()
    screen.press("ArrowDown")
    assert screen.decision == "correct"
    expect(editor).not_to_be_focused()

    screen.page.locator("label.decision.reject").click()
    screen.page.locator("label.decision.correct").click()
    expect(editor).to_be_focused()
    expect(editor).to_be_in_viewport()


def test_what_was_hidden_is_approved_once_it_was_shown_also_where_it_was_rendered_ahead(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    for _number in range(3):
        flagged(waiting(queue))
    screen = Screen(enter(people.ann), live_server.url, queue).open()

    screen.press("x").leave("a")
    screen.press("a")
    expect(screen.page.locator(".said")).to_contain_text("Show it with X before you approve")
    screen.press("x")
    expect(screen.page.locator(".said")).to_be_empty()
    screen.leave("a")

    assert Review.objects.filter(decision="approve").count() == 2


@pytest.mark.slow
def test_the_help_sheet_names_every_key_of_the_page(screen: Screen) -> None:
    screen.press("?")

    sheet = screen.page.locator("#keys-help")
    expect(sheet).to_be_visible()
    shown = {text.lower() for text in sheet.locator("kbd").all_inner_texts()}
    assert shown >= {"a", "c", "r", "e", "s", "i", "j", "k", "?", "esc", "ctrl ⏎"}


@pytest.mark.slow
def test_i_shows_invisible_characters_and_takes_the_marks_away_again(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    text = "a\u200bb \u202eevil\u202c \U000e0041"
    waiting(queue, output_text=text)
    screen = Screen(enter(people.ann), live_server.url, queue).open()
    output = screen.page.locator("[data-output]")
    expect(screen.page.locator("[data-invisible]")).to_contain_text("4 invisible characters")

    screen.press("i")
    expect(output.locator(".invisible-mark")).to_have_text(["U+200B", "U+202E", "U+202C", "U+E0041"])
    screen.press("i")

    assert output.evaluate("box => box.textContent") == text


@pytest.mark.slow
def test_the_foot_stays_where_it_is_from_item_to_item(screen: Screen) -> None:
    submit = screen.page.locator("#submit")
    before = submit.bounding_box()

    screen.leave("a")
    screen.press("c").type("Longer. ")

    assert submit.bounding_box() == before


def test_the_last_item_leads_to_the_sentence_that_nothing_waits(screen: Screen) -> None:
    for _ in range(5):
        screen.leave("a")

    screen.press("a")

    expect(screen.page.get_by_role("heading", name=re.compile("Nothing waits"))).to_be_visible()
    assert Review.objects.count() == 6
