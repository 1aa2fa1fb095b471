"""What a screen reader is told: what stands on the review screen, and what is said while one works."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actor import Actor
from queues.assign import actions as assign
from queues.models import Slot
from tests.factories.projects import Cast
from tests.factories.questions import KINDS, question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

# Notes what a live region comes to hold, in its order, as a screen reader would say it.
_LISTEN = """() => {
  window.heard = [];
  const said = new Map();
  const look = () => {
    for (const region of document.querySelectorAll('[role=status], [role=alert], [aria-live]')) {
      const text = region.checkVisibility() ? region.innerText.replace(/\\s+/g, ' ').trim() : '';
      const before = said.get(region) ?? '';
      said.set(region, text);
      if (text && text !== before) heard.push([region.getAttribute('role'), text]);
    }
  };
  look();
  heard.length = 0;
  new MutationObserver(look).observe(document.body,
    { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['hidden'] });
}"""


def listen(page: Page) -> None:
    page.evaluate(_LISTEN)


def heard(page: Page) -> list[tuple[str, str]]:
    """What was said since the last look, and in what kind of region."""
    return [(role, text) for role, text in page.evaluate("heard.splice(0)")]


@pytest.fixture
def asked(people: Cast, enter: Enter, live_server: LiveServer) -> Screen:
    """Ann before a question of every kind."""
    questions = [question(kind, help="As it stands.", allows_unsure=kind == "rating") for kind in KINDS]
    queue = queue_in(people.project, name="Refunds", form={**FORM, "questions": questions})
    for _ in range(2):
        waiting(queue)
    return Screen(enter(people.ann), live_server.url, queue).open()


def test_the_screen_has_landmarks_and_everything_in_them_has_a_name(asked: Screen) -> None:
    page = asked.page

    expect(page.locator("body")).to_match_aria_snapshot("""
      - link "Skip to the content"
      - banner:
        - navigation "Where you are"
        - button "Keyboard help"
        - button /Find an action/
      - main:
        - heading /Review. Refunds/ [level=1]
        - region "What to review":
          - heading "User" [level=2]
          - text: How long?
          - region "Model output – untrusted":
            - button "Show rendered V"
            - group "Text of the output": Refunds are instant.
        - form "Answer correction":
          - group "Decision *":
            - radio "Approve A"
            - radio "Correct C"
            - radio "Reject R"
            - radio "Escalate E"
          - group "What was wrong? one or more":
            - checkbox "Factually wrong"
            - checkbox "Too vague"
            - checkbox "Other"
      - contentinfo "Finish this item":
        - text: /0 done today/
        - button "Skip S"
        - button "Submit and next Ctrl ⏎"
    """)


# Kind → what its group holds: role and name of each control.
CONTROLS: dict[str, list[tuple[Any, str]]] = {
    "single_choice": [("radio", "Clear"), ("radio", "Polite"), ("radio", "Brief")],
    "multiple_choice": [("checkbox", "Clear"), ("checkbox", "Polite"), ("checkbox", "Brief")],
    "rating": [("radio", "1"), ("radio", "5"), ("radio", "Unsure / cannot judge")],
    "yes_no": [("radio", "Yes"), ("radio", "No")],
    "number": [("textbox", "The number question")],
    "short_text": [("textbox", "The short_text question")],
    "long_text": [("textbox", "The long_text question")],
    "ranking": [("button", "Clear"), ("button", "Polite")],
    "spans": [("checkbox", "Nothing to mark")],
    "claims": [("checkbox", "Nothing to mark")],
}


def test_every_kind_of_question_is_a_named_group_of_named_controls(asked: Screen) -> None:
    for kind, controls in CONTROLS.items():
        group = asked.page.get_by_role("group", name=f"The {kind} question", exact=True)
        for role, name in controls:
            expect(group.get_by_role(role, name=name, exact=True)).to_have_count(1)


def test_what_happens_is_said_once_and_in_its_order(screen: Screen) -> None:
    page = screen.page
    listen(page)

    screen.press("r", "Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="Choose at least one reason")).to_have_count(1)
    expect(page.get_by_role("group", name="What was wrong?")).to_be_focused()
    assert heard(page) == [("alert", "What was wrong? Choose at least one reason.")]

    screen.press("c").type("Changed. ")
    expect(page.get_by_role("status").filter(has_text="draft saved")).to_have_count(1)
    page.wait_for_timeout(2_500)
    assert [text for _role, text in heard(page) if "draft" in text] == ["draft saved"]

    screen.press("Escape", "1").leave("Control+Enter")
    expect(page.get_by_role("region", name="What to review")).to_be_focused()
    assert ("status", "Submitted. Undo Z") in heard(page)


def test_a_form_that_the_server_refuses_comes_back_with_an_alert_and_the_fault_at_its_place(
    screen: Screen,
) -> None:
    page = screen.page
    listen(page)
    screen.press("r", "1")
    page.locator("[name=reasons]:checked").evaluate("box => (box.value = 'invented')")

    screen.press("Control+Enter")
    expect(page.locator("#review-form .fault")).to_have_count(1)

    said = heard(page)
    assert ("alert", "Nothing was submitted yet: see the marked places.") in said
    assert ("status", "The item before was not accepted; it is back, with your text.") in said
    group = page.get_by_role("group", name="What was wrong?")
    expect(group).to_have_accessible_description(page.locator("#review-form .fault").inner_text())


def test_a_lease_that_has_ended_is_an_alert_with_what_to_do(
    screen: Screen,
) -> None:
    page = screen.page
    slot = Slot.objects.get(pk=screen.slot)
    assert slot.lease_token
    listen(page)

    assign.give_back(slot.pk, token=slot.lease_token, by=Actor(slot.person_id))
    screen.press("c").type("Typed too late. ")
    expect(page.locator(".said")).to_contain_text("kept as a draft")

    [(role, text)] = [one for one in heard(page) if "lease" in one[1]]
    assert role == "alert"
    assert "Take it again" in text
    expect(page.get_by_role("button", name="Take it again L")).to_be_visible()


def test_the_end_of_a_lease_is_told_a_minute_before(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project, lease_seconds=61)
    waiting(queue)
    page = Screen(enter(people.ann), live_server.url, queue).open().page
    listen(page)

    page.wait_for_timeout(4_000)

    words = "This item is yours for less than a minute. Type or move to keep it."
    assert heard(page) == [("status", words)]
