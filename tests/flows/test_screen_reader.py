"""What a screen reader is told: names and roles of all that can be used, and what is said while working."""

from typing import Any

from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.projects import Cast
from tests.factories.questions import KINDS, question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

USED = {"button", "link", "radio", "checkbox", "textbox", "combobox", "DisclosureTriangle"}


def nodes_of(screen: Screen) -> list[tuple[str, str]]:
    """(role, name) of every node of the browser's accessibility tree that is not ignored."""
    session: Any = screen.page.context.new_cdp_session(screen.page)
    found = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip())
        for node in found
        if not node["ignored"]
    ]


def test_everything_that_can_be_used_has_a_name_and_every_question_is_a_group(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    questions = [question(kind, allows_unsure=True) for kind in KINDS]
    queue = queue_in(people.project, form={**FORM, "questions": questions})
    for _ in range(2):
        waiting(queue)
    screen = Screen(enter(people.ann), live_server.url, queue).open()

    found = nodes_of(screen)

    assert [role for role, name in found if role in USED and not name] == []
    groups = {name for role, name in found if role == "group"}
    asked = {one["label"] for one in questions if one["kind"] != "preference"}
    assert {"Decision *", "What was wrong? * one or more"} <= {" ".join(name.split()) for name in groups}
    assert asked <= groups
    regions = {name for role, name in found if role in ("region", "form", "contentinfo", "navigation")}
    assert {"What to review", "Model output – untrusted", "Answer correction"} <= regions
    assert {role for role, _name in found} >= {"main", "banner", "contentinfo", "heading", "status"}


def test_what_happens_is_said_in_live_regions(screen: Screen) -> None:
    page = screen.page

    screen.press("r", "Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="Choose at least one reason")).to_have_count(1)
    screen.press("c").type("Changed. ")
    expect(page.get_by_role("status").filter(has_text="draft saved")).to_have_count(1)
    screen.press("Escape", "1").leave("Control+Enter")
    expect(page.locator("#toasts[role=status]")).to_contain_text("Submitted.")
    expect(page.get_by_role("region", name="What to review")).to_be_focused()
