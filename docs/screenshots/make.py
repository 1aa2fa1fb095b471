"""Remakes the screenshots of the README from a running demo.

    make demo                                   (in another terminal)
    .venv/bin/python docs/screenshots/make.py   (needs what `make test` installs)

It works as the demo's first annotator: approves what is right, until an answer comes that is not; that one it
corrects as the fixtures say, takes the pictures and leaves the correction as a draft. Another address or data
folder: REVIEWAPP_PORT and REVIEWAPP_VAR, as for `make demo`.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from reviewapp import environment

HERE = Path(__file__).resolve().parent
FIXTURES = environment.ROOT / "fixtures"
SIZE: Any = {"width": 1280, "height": 900}
LARGEST_BYTES = 400 * 1024
REVIEW = "/projects/hearthline/queues/answers/review"
THEMES: Any = {"light": "review.png", "dark": "review-dark.png"}
FAULTS = {"factual": "1", "vague": "2", "incomplete": "4", "outdated": "6"}  # the digit of the reason
NO, FULLY = "3", "1"  # digits of "Is it supported by the sources?"
TOO_SOON_MS = 700  # single keys do nothing on an item that was only just shown


def main() -> None:
    env = environment.read()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)
        sign_in(page, env.public_url, env.var)
        page.goto(env.public_url + REVIEW)
        correct_a_faulty_answer(page)
        for theme, name in THEMES.items():
            page.emulate_media(color_scheme=theme)
            save(page, HERE / name)
        browser.close()


def sign_in(page: Page, url: str, var: Path) -> None:
    card = json.loads((var / "demo.json").read_text("utf-8"))
    login = next(login for login in card["logins"] if login["role"] == "annotator")
    page.goto(f"{url}/login/")
    page.fill("[name=email]", login["email"])
    page.fill("[name=password]", login["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)


def correct_a_faulty_answer(page: Page) -> None:
    """By keys, as a person would: C, the text, its reason, the question."""
    key: dict[str, dict[str, str]] = json.loads((FIXTURES / "answers.json").read_text("utf-8"))
    while True:
        page.wait_for_timeout(TOO_SOON_MS)
        about = key[page.get_attribute("#review-form", "data-prediction") or ""]
        if about["fault"] in FAULTS and about["correction"]:
            break
        pass_on(page)
    page.keyboard.press("c")
    page.fill("#corrected-text", about["correction"])
    page.keyboard.press("Escape")
    page.keyboard.press(FAULTS[about["fault"]])
    page.locator("[name^='answer.']").nth(int(NO) - 1).check(force=True)
    page.wait_for_timeout(3 * TOO_SOON_MS)  # the draft is saved
    page.locator("[data-output]").scroll_into_view_if_needed()


def pass_on(page: Page) -> None:
    """Approve, and wait for the next item."""
    slot = page.get_attribute(".desk", "data-slot")
    if (restore := page.locator("[data-restore]")).is_visible():  # an earlier draft
        restore.click()
    page.locator("[name^='answer.']").nth(int(FULLY) - 1).check(force=True)
    page.locator("[name=decision][value=approve]").check(force=True)
    page.locator("#submit").click()
    page.wait_for_function("slot => document.querySelector('.desk').dataset.slot != slot", arg=slot)


def save(page: Page, file: Path) -> None:
    page.screenshot(path=file)
    size = file.stat().st_size
    sys.stdout.write(f"{file.name}: {size // 1024} KiB\n")
    if size > LARGEST_BYTES:
        sys.exit(f"{file.name} is larger than {LARGEST_BYTES // 1024} KiB.")


if __name__ == "__main__":
    main()
