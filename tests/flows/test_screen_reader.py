"""What a screen reader is told: what is said while one works."""

from playwright.sync_api import expect

from tests.flows.screen import Screen


def test_what_happens_is_said_in_live_regions(screen: Screen) -> None:
    page = screen.page

    screen.press("r", "Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="Choose at least one reason")).to_have_count(1)
    screen.press("c").type("Changed. ")
    expect(page.get_by_role("status").filter(has_text="draft saved")).to_have_count(1)
    screen.press("Escape", "1").leave("Control+Enter")
    expect(page.locator("#toasts[role=status]")).to_contain_text("Submitted.")
    expect(page.get_by_role("region", name="What to review")).to_be_focused()
