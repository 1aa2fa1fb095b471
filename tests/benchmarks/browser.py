"""Decision → next item, as a person at a real browser waits for it: Chromium in front of a whole stack.

From the press of a key to the frame in which the next item stands; what a first visit loads; whether the
decision bar ever moves; and how many keys each kind of decision takes.
"""

import argparse
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks import report
from tests.benchmarks.stack import Stack, stack

ITEMS = 2_000
TOO_SOON_MS = 550

# Tells the moment of the last key, and the frame after the one in which another item was put on the screen.
_WATCH = """() => {
  window.measured = { key: 0, waits: [], shifts: [], bar: [] };
  addEventListener('keydown', () => (measured.key = performance.now()), true);
  const place = document.getElementById('review');
  new MutationObserver(() => {
    if (!measured.key || !place.querySelector('.desk')) return;
    const key = measured.key;
    measured.key = 0;
    requestAnimationFrame(() => setTimeout(() => measured.waits.push(performance.now() - key)));
  }).observe(place, { childList: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      for (const source of entry.sources) {
        const node = source.node;
        const bar = node && (node.nodeType === 1 ? node : node.parentElement)?.closest('.decide');
        if (bar) measured.shifts.push(bar.className);
      }
  }).observe({ type: 'layout-shift', buffered: true });
}"""
_BAR = """() => JSON.stringify(['.decide', '#skip', '#submit'].map((name) => {
  const { x, y, width, height } = document.querySelector(name).getBoundingClientRect();
  return [x, y, width, height];
}))"""


@dataclass
class Keys:
    """A kind of decision: what is pressed, where `typing` stands for the text itself."""

    name: str
    pressed: Sequence[str]
    typing: str = ""
    counted: int = field(init=False)

    def __post_init__(self) -> None:
        self.counted = sum(key != "typing" for key in self.pressed)


WAYS = (
    Keys("approve", ["a"]),
    Keys("reject with one reason", ["r", "1", "Control+Enter"]),
    Keys("correct with one reason", ["c", "typing", "Escape", "1", "Control+Enter"], "Five days. "),
    Keys("escalate with a question", ["e", "typing", "Control+Enter"], "Is this our policy?"),
    Keys("skip with a reason", ["s", "4"]),
)


@contextmanager
def chromium() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--disable-dev-shm-usage", *(["--no-sandbox"] if os.getuid() == 0 else [])],
        )
        yield browser.new_page(viewport={"width": 1280, "height": 800})
        browser.close()


def sign_in(page: Page, own: Stack, email: str, password: str) -> None:
    page.goto(f"http://127.0.0.1:{own.port}/login/")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"http://127.0.0.1:{own.port}/")


def weight_of(page: Page, address: str) -> tuple[float, int]:
    """KiB as they travel, and how many requests, of a first visit."""
    sizes: list[float] = []
    session: Any = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    session.detach()
    return sum(sizes) / 1024, len(sizes)


def slot_of(page: Page) -> str:
    return page.locator(".desk").get_attribute("data-slot") or ""


def decide(page: Page, way: Keys) -> None:
    before = slot_of(page)
    for key in way.pressed:
        if key == "typing":
            page.keyboard.type(way.typing)
        else:
            page.keyboard.press(key)
    page.wait_for_function(
        "slot => document.querySelector('.desk').dataset.slot != slot", arg=before, timeout=15_000
    )
    page.wait_for_timeout(TOO_SOON_MS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    how_many, times = (60, 8) if options.smoke else (ITEMS, options.times)
    with stack() as own:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        with own.connect() as database:
            seed.items(database, home, how_many)
        address = f"http://127.0.0.1:{own.port}/projects/{home.slug}/queues/{home.queue_slug}/review"
        with chromium() as page:
            sign_in(page, own, home.emails[0], seed.PASSWORD)
            measure(page, address, times=times, size=f"{how_many:,} items")


def measure(page: Page, address: str, *, times: int, size: str) -> None:
    kib, requests = weight_of(page, address)
    report.figure("review page in Chromium, cold", kib, "KiB", target=180, size=f"{requests} requests")
    page.reload()
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH)
    page.wait_for_timeout(TOO_SOON_MS)
    bars = {page.evaluate(_BAR)}
    for _ in range(times):
        decide(page, WAYS[0])
        bars.add(page.evaluate(_BAR))
    waits = page.evaluate("measured.waits")
    report.checked("decisions that were followed by an item", len(waits), times)
    load = {"load": round(os.getloadavg()[0], 1)}
    name = "decision to next item visible"
    report.figure(f"{name}, p95", report.share_below(waits, 0.95), "ms", target=200, size=size, more=load)
    report.figure(f"{name}, median", report.share_below(waits, 0.5), "ms", size=size, more=load)
    for way in WAYS:
        decide(page, way)
        bars.add(page.evaluate(_BAR))
        report.figure(f"keys to {way.name}", way.counted, "keys", size="without the typing itself")
    shifts = page.evaluate("measured.shifts.length")
    report.figure("layout shifts in the decision bar", shifts, "shifts", target=0, size=size)
    report.checked("places of the decision bar and its buttons", len(bars), 1)


if __name__ == "__main__":
    main()
