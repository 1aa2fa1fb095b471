"""Every state of the review screen, each brought about as it comes about in work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from accounts.actor import Actor
from queues.assign import actions as assign
from queues.models import Flag, Item, Queue, Severity, Slot
from tests.factories.pairs import comparison
from tests.factories.projects import Cast
from tests.factories.questions import question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

ANSWER = (
    "Refunds are instant, and always were. You will find the amount in your account within the hour; if not, "
    "write to support@example.org.\n\nIf you paid by card, it takes **up to ten** business days."
)
MIXED = (
    "\u05d4\u05d4\u05d7\u05d6\u05e8 \u05de\u05d2\u05d9\u05e2 \u05ea\u05d5\u05da 5 \u05d9\u05de\u05d9"
    " \u05e2\u05e1\u05e7\u05d9\u05dd (order #A-1204).\n"
    "\u064a\u0635\u0644 \u0627\u0644\u0645\u0628\u0644\u063a"
    " \u062e\u0644\u0627\u0644 \u062e\u0645\u0633\u0629 \u0623\u064a\u0627\u0645.\nAnd in English: five days."
)
RECORD = {
    "input": {
        "system_instructions": [{"type": "text", "content": "Answer from the documents only."}],
        "messages": [
            {"role": "user", "parts": [{"type": "text", "content": "When do I get my money back?"}]}
        ],
    },
    "retrieval": {
        "documents": [
            {"id": "kb-12", "content": "Refunds take five business days.", "score": 0.82},
            {"id": "kb-40", "content": "Card payments are refunded to the card.", "score": 0.61},
        ]
    },
}


@dataclass
class Place:
    """Where a state is brought about: the people, a signed-in browser, a server."""

    people: Cast
    enter: Enter
    server: str

    def queue(self, *questions: str, **fields: object) -> Queue:
        asked = [question(kind, help="As it stands.", allows_unsure=kind == "yes_no") for kind in questions]
        form = {**FORM, "guideline": "Judge by what the documents say.", "questions": asked}
        return queue_in(self.people.project, name="Refund answers", form=form, **fields)

    def open(self, queue: Queue) -> Screen:
        page = self.enter(self.people.ann)
        return Screen(page, self.server, queue).open()

    def one(self, *questions: str, output_text: str = ANSWER, **fields: object) -> Screen:
        queue = self.queue(*questions)
        for _ in range(2):
            waiting(queue, output_text=output_text, record=RECORD, **fields)  # type: ignore[arg-type]
        return self.open(queue)


def plain(place: Place) -> Screen:
    return place.one("yes_no")


def nothing_waits(place: Place) -> Screen:
    return place.open(place.queue())


def blind(place: Place) -> Screen:
    queue = place.queue()
    item = waiting(queue, output_text=ANSWER, record=RECORD, kinds=("safety_flagged",))
    Slot.objects.filter(item=item).update(is_blind=True)
    return place.open(queue)


def veiled(place: Place) -> Screen:
    queue = place.queue()
    item = waiting(queue, output_text=ANSWER, record=RECORD, kinds=("safety_flagged",))
    Flag.objects.create(
        prediction=item.prediction,
        component="filter",
        category="violence",
        flagged=True,
        severity=Severity.HIGH,
    )
    return place.open(queue)


def in_conflict(place: Place) -> Screen:
    screen = place.one()
    other = Screen(screen.page.context.new_page(), place.server, screen.queue).open()
    other.press("c").type("From the other window. ")
    expect(other.page.locator("#draft-state")).to_contain_text("draft saved")
    other.page.close()
    screen.press("c").type("From this one. ")
    screen.page.get_by_role("button", name="Compare and choose").click()
    expect(screen.page.locator("#draft-conflict")).to_be_visible()
    return screen


def told_of_a_conflict(place: Place) -> Screen:
    screen = in_conflict(place)
    screen.press("Escape")
    return screen


def offline(place: Place) -> Screen:
    screen = place.one()
    screen.page.context.set_offline(True)
    screen.press("c").type("Typed in a tunnel. ")
    expect(screen.page.locator("#offline")).to_be_visible()
    return screen


def lease_lost(place: Place) -> Screen:
    screen = place.one()
    slot = Slot.objects.get(pk=screen.slot)
    assert slot.lease_token
    assign.give_back(slot.pk, token=slot.lease_token, by=Actor(slot.person_id))
    screen.press("c").type("Typed too late. ")
    expect(screen.page.locator(".said")).to_contain_text("kept as a draft")
    return screen


def long_text(place: Place) -> Screen:
    return place.one(output_text="\n".join(f"Line {n}. {ANSWER}" for n in range(400)))


def mixed_directions(place: Place) -> Screen:
    return place.one("spans", output_text=MIXED)


def invisible_characters(place: Place) -> Screen:
    screen = place.one(output_text="Re\u200bfunds \u202einstant\u202c are\u00a0here.")
    screen.press("i")
    return screen


def correcting(place: Place) -> Screen:
    screen = place.one()
    screen.press("c").type("Five business days. ").press("Escape", "1")
    screen.page.wait_for_timeout(300)
    return screen


def marking(place: Place) -> Screen:
    screen = place.one("spans")
    screen.press("h", "ArrowRight", "ArrowRight", "1", "1", "ArrowRight", "ArrowRight", "2")
    return screen


def claims(place: Place) -> Screen:
    screen = place.one("claims")
    screen.press("h", "2", "1")
    return screen


def ranking(place: Place) -> Screen:
    screen = place.one("ranking", "rating", "number", "multiple_choice", "long_text")
    screen.press("j", "j", "j", "3", "1")
    return screen


def pairwise(place: Place) -> Screen:
    queue = place.queue("preference", "long_text")
    for _ in range(2):
        comparison(queue, this=ANSWER, other="Refunds take five business days.")
    screen = place.open(queue)
    screen.press("j", "j", "2")
    return screen


def skipping(place: Place) -> Screen:
    screen = place.one()
    screen.press("s")
    return screen


def faults(place: Place) -> Screen:
    screen = place.one("yes_no")
    screen.press("r", "Control+Enter")
    return screen


def late(place: Place) -> Screen:
    return place.one(due_at=timezone.now() - timedelta(hours=5))


def kept_for_later(place: Place) -> Screen:
    """On the home page, with its draft."""
    screen = place.one()
    screen.press("c").type("To be looked up. ").press("Escape")
    expect(screen.page.locator("#draft-state")).to_contain_text("draft saved")
    screen.press("s").leave("6")
    screen.page.goto(place.server)
    return screen


def notes(place: Place) -> Screen:
    """The thread, after one's own review."""
    screen = place.one()
    item = Item.objects.get(slots=screen.slot)
    screen.leave("a")
    screen.page.goto(f"{place.server}/projects/{screen.queue.project.slug}/items/{item.pk}/notes")
    screen.page.locator("[name=text]").fill("Is this still our policy, @Lee?")
    screen.page.get_by_role("button", name="Add the note").click()
    return screen


STATES: dict[str, Callable[[Place], Screen]] = {
    state.__name__: state
    for state in (
        plain, nothing_waits, blind, veiled, in_conflict, told_of_a_conflict, offline, lease_lost, long_text,
        mixed_directions, invisible_characters, correcting, marking, claims, ranking, pairwise, skipping,
        faults, late, kept_for_later, notes,
    )
}  # fmt: skip
