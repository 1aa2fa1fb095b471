"""Every state of the review screen, narrow and wide, light and dark: readable by all, and nothing sticks out.

With SCREENS_DIR set, a picture of each is left there, to be looked at.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.factories.projects import Cast
from tests.flows.axe import check_both_themes
from tests.flows.conftest import Enter
from tests.flows.states import STATES, Place

PICTURES = os.environ.get("SCREENS_DIR")
SIZES = {"phone": (360, 740), "laptop": (1280, 800)}


@pytest.mark.slow
@pytest.mark.parametrize("name", STATES)
def test_a_state_of_the_screen_is_accessible_and_fits(
    name: str, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    page = STATES[name](Place(people, enter, live_server.url)).page

    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        keep_picture(page, f"{name}-{size}-light")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        check_both_themes(page)
        keep_picture(page, f"{name}-{size}-dark")
        page.emulate_media(reduced_motion="reduce", color_scheme="light")


def keep_picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
