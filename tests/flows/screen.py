"""The review screen as a person uses it: by keys, and by what stands there."""

from dataclasses import dataclass
from typing import Self

from playwright.sync_api import Page

from queues.models import Queue

TOO_SOON_MS = 550  # an item shown for less than half a second is not decided on


@dataclass
class Screen:
    """One person's browser in front of one queue."""

    page: Page
    server: str
    queue: Queue

    @property
    def address(self) -> str:
        return f"{self.server}/projects/{self.queue.project.slug}/queues/{self.queue.slug}/review"

    def open(self) -> Self:
        self.page.goto(self.address)
        return self.settle()

    def settle(self) -> Self:
        """Wait until the item may be decided on and the one ahead is there."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(TOO_SOON_MS)
        return self

    @property
    def slot(self) -> int:
        """The slot of the item that is shown."""
        return int(self.page.locator(".desk").get_attribute("data-slot") or 0)

    @property
    def decision(self) -> str | None:
        """The decision that is chosen and not yet submitted."""
        chosen = self.page.locator("[name=decision]:checked")
        return chosen.get_attribute("value") if chosen.count() else None

    @property
    def reasons(self) -> list[str]:
        return [str(box.get_attribute("value")) for box in self.page.locator("[name=reasons]:checked").all()]

    def press(self, *keys: str) -> Self:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> Self:
        self.page.keyboard.type(text)
        return self

    def leave(self, *keys: str) -> Self:
        """Press keys that send the item off, and wait for the next one."""
        before = self.slot
        self.press(*keys)
        self.page.wait_for_function(
            "slot => document.querySelector('.desk').dataset.slot != slot", arg=str(before)
        )
        return self.settle()
