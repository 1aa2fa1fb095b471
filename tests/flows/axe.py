"""What axe says of the page that a browser shows, in light and in dark."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Theme: TypeAlias = Literal["light", "dark"]
THEMES: Sequence[Theme] = ("light", "dark")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# A theme changes nothing else.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}


def faults(page: Page, *, only_colours: bool = False) -> list[str]:
    """What axe says, one line per rule with the elements."""
    if page.evaluate("typeof axe === 'undefined'"):  # half a megabyte, once for a page
        page.evaluate(AXE_SCRIPT)
    answer = page.evaluate("options => axe.run(options)", COLOURS if only_colours else RULES)
    assert len(answer["passes"]) > (0 if only_colours else 15), "axe did not look"
    found = answer["violations"]
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found]


def check_both_themes(page: Page) -> None:
    check_themes(page, THEMES)


def check_themes(page: Page, themes: Sequence[Theme]) -> None:
    """The first with all rules, a second for its colours."""
    wrong = {}
    for theme in themes:
        page.emulate_media(reduced_motion="reduce", color_scheme=theme)
        wrong[theme] = faults(page, only_colours=theme != themes[0])
    assert wrong == {theme: [] for theme in themes}


def wrong_on(page: Page, address: str, *, themes: Sequence[Theme] = THEMES, also_at: int = 0) -> str:
    """What is wrong on a page, or nothing. Neither here nor at the width `also_at` may it scroll sideways."""
    page.goto(address)
    for twin in page.locator("details.twin").all():  # the numbers of a chart
        twin.locator("summary").click()
    try:
        check_themes(page, themes)
        check_width(page, also_at)
    except AssertionError as error:
        return str(error)[:600]
    return ""


def check_width(page: Page, also_at: int) -> None:
    """No page scrolls sideways."""
    before = page.viewport_size or {"width": 0, "height": 0}
    for width in (before["width"], also_at):
        if width:
            page.set_viewport_size({"width": width, "height": before["height"]})
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"it scrolls sideways by {over} at {width}"
    page.set_viewport_size({"width": before["width"], "height": before["height"]})
