"""Drafts, lost connections, lost leases, failed submits and two windows, in a browser."""

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.actor import Actor
from queues.assign import actions as assign
from queues.models import Draft, Review, Slot
from tests.flows.screen import Screen


def typed_draft(screen: Screen, text: str) -> None:
    screen.press("c").type(text)
    expect(screen.page.locator("#draft-state")).to_contain_text("draft saved")


def test_a_draft_is_saved_while_typing_and_survives_a_reload(screen: Screen) -> None:
    typed_draft(screen, "Half a sentence ")

    screen.page.reload()

    assert screen.page.locator("[name=corrected_text]").input_value().startswith("Half a sentence ")
    assert screen.decision == "correct"


def test_without_a_connection_the_text_stays_and_is_saved_when_it_is_back(screen: Screen) -> None:
    screen.page.context.set_offline(True)
    screen.press("c").type("Typed in a tunnel. ")
    expect(screen.page.locator("#offline")).to_be_visible()
    assert not Draft.objects.exists()

    screen.page.context.set_offline(False)

    expect(screen.page.locator("#draft-state")).to_contain_text("draft saved", timeout=8000)
    expect(screen.page.locator("#offline")).to_be_hidden()
    assert Draft.objects.get().content["corrected_text"].startswith("Typed in a tunnel. ")


def test_a_submit_that_fails_brings_the_item_back_with_its_text(screen: Screen) -> None:
    first = screen.slot
    screen.page.route("**/submit", lambda route: route.abort())
    screen.press("c").type("My answer. ").press("Escape", "1", "Control+Enter")

    expect(screen.page.locator(".said")).to_contain_text("Your text is intact")
    assert screen.slot == first
    assert screen.page.locator("[name=corrected_text]").input_value().startswith("My answer. ")

    screen.page.unroute("**/submit")
    screen.settle().leave("Control+Enter")
    assert str(Review.objects.get().corrected_text).startswith("My answer. ")


@pytest.mark.slow
def test_the_next_item_is_shown_before_the_answer_to_the_submit_is_there(screen: Screen) -> None:
    first = screen.slot
    held: list[Route] = []
    screen.page.route("**/submit", lambda route: held.append(route))

    screen.press("a")
    screen.page.wait_for_function(
        "slot => document.querySelector('.desk').dataset.slot != slot", arg=str(first)
    )

    for _look in range(100):  # the request leaves in its own time, after the item was shown
        if held:
            break
        screen.page.wait_for_timeout(50)
    assert len(held) == 1
    assert not Review.objects.exists()
    second = screen.settle().slot
    screen.press("a")  # what sends waits as long as the submit runs
    assert screen.slot == second
    held[0].continue_()
    screen.settle()
    assert Review.objects.get().slot_id == first


def test_a_refused_submit_comes_back_with_the_faults_though_the_next_item_was_shown(screen: Screen) -> None:
    first = screen.slot
    # A page from before the form was changed does not know what is required.
    screen.page.evaluate(
        "document.querySelectorAll('[data-required-for]').forEach(e => e.dataset.requiredFor = '')"
    )
    screen.press("r", "Control+Enter")

    expect(screen.page.locator(".fault")).to_have_text("Choose at least one reason.")
    assert screen.slot == first
    assert screen.decision == "reject"
    screen.settle().press("1").leave("Control+Enter")
    assert Review.objects.get().slot_id == first


def test_a_lost_lease_is_told_the_text_is_kept_and_one_key_takes_the_item_again(screen: Screen) -> None:
    slot = Slot.objects.get(pk=screen.slot)
    assert slot.lease_token
    assign.give_back(slot.pk, token=slot.lease_token, by=Actor(slot.person_id))

    screen.press("c").type("Typed too late. ")
    expect(screen.page.locator(".said")).to_contain_text("kept as a draft")
    screen.press("Escape", "l")
    screen.page.wait_for_function("() => !document.querySelector('.said .notice')")

    assert screen.slot == slot.pk
    assert screen.page.locator("[name=corrected_text]").input_value().startswith("Typed too late. ")


def test_two_windows_show_both_versions_and_the_person_chooses(screen: Screen) -> None:
    other: Page = screen.page.context.new_page()
    second = Screen(other, screen.server, screen.queue).open()
    assert second.slot == screen.slot
    typed_draft(second, "From the second window. ")

    screen.page.bring_to_front()
    screen.press("c").type("From the first. ")
    screen.page.get_by_role("button", name="Compare and choose").click()

    dialog = screen.page.locator("#draft-conflict")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("From the second window.")
    expect(dialog).to_contain_text("From the first.")
    dialog.get_by_role("button", name="Keep this window’s").click()
    expect(screen.page.locator("#draft-state")).to_contain_text("draft saved")
    assert Draft.objects.get().content["corrected_text"].startswith("From the first. ")


def test_a_save_whose_answer_was_lost_is_no_other_windows(screen: Screen) -> None:
    def cut(route: Route) -> None:
        route.fetch()
        route.abort()

    screen.page.route("**/draft", cut, times=1)
    screen.press("c").type("One. ")
    expect(screen.page.locator("#offline")).to_be_visible()
    assert Draft.objects.get().content["corrected_text"].startswith("One. ")
    screen.type("Two. ")

    for _look in range(80):  # a part of it may be saved first
        if Draft.objects.get().content["corrected_text"].startswith("One. Two. "):
            break
        screen.page.wait_for_timeout(100)
    assert Draft.objects.get().content["corrected_text"].startswith("One. Two. ")
    expect(screen.page.locator("#draft-state")).to_contain_text("draft saved")
    expect(screen.page.locator(".said")).to_be_empty()


@pytest.mark.slow
def test_leaving_the_page_gives_the_item_ahead_back(screen: Screen) -> None:
    assert Slot.objects.filter(state="leased").count() == 2

    screen.page.goto(f"{screen.server}/projects/{screen.queue.project.slug}/queues/")
    screen.page.wait_for_timeout(500)

    assert Slot.objects.filter(state="leased").count() == 1


@pytest.mark.slow
def test_a_draft_that_is_being_saved_during_a_submit_is_no_other_window(screen: Screen) -> None:
    held: list[Route] = []
    screen.page.route("**/draft", lambda route: held.append(route))
    screen.press("c").type("Typed fast. ")
    screen.page.wait_for_timeout(1_500)
    assert len(held) == 1
    first = screen.slot

    screen.press("Escape", "1", "Control+Enter")
    screen.page.wait_for_timeout(300)
    held[0].continue_()
    screen.settle()

    assert screen.slot != first
    assert (Review.objects.get().corrected_text or "").startswith("Typed fast. ")
    assert not Draft.objects.exists()
