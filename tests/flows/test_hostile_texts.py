"""Texts that would act if a page let them: shown by a real browser, they are read and do nothing.

Each hostile record of the corpus is sent, reviewed on the screen (its output, its conversation, the word
diff over it, its invisible characters), told as a story, escalated with its own text as the note, said again
in a note that names somebody, made into a form, and listed.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.actor import Actor
from accounts.models import Person
from accounts.roles import ROLES, Permission, Role
from queues.models import Item, ItemState, Prediction, Queue, Slot
from queues.review import notes
from queues.route import policies
from tests.bad_inputs import canonical, corpus, ingest_records
from tests.bad_inputs.conftest import Sender
from tests.factories.people import api_key
from tests.factories.projects import Cast, member
from tests.factories.questions import KINDS, question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import TOO_SOON_MS

FILE = "ingest_records.jsonl"
CUT = 32  # every so many rows by default
_STORIES_PER_DISPUTE, _TEXTS_PER_FORM = 4, 12

# What a person does with the item on the screen: correct a little, look for what cannot be seen …
_CORRECT = """() => {
  document.querySelector('[name=decision][value=correct]').click();
  const text = document.querySelector('[name=corrected_text]');
  text.value = text.value.slice(1) + ' changed';
  text.dispatchEvent(new Event('input', {bubbles: true}));
  document.querySelector('[data-invisible]').click();
}"""
# … think better of it, and ask the lead, in the model's own words.
_ESCALATE = """() => {
  document.querySelector('[data-restore]').click();
  document.querySelector('[name=decision][value=escalate]').click();
  const output = document.querySelector('[data-output]').textContent;
  document.querySelector('[name=note]').value = 'See: ' + output.slice(0, 5000);
  document.querySelector('#submit').click();
}"""
# What of the rendered view must never be there.
_ACTING = """() => {
  const wrong = 'a:not([data-open]), img, script, style, iframe, object, embed, link, meta, base, math';
  const acts = (one) => /^(on|hx-|data-hx-|style$|srcdoc$)/.test(one.name) && one.value;
  return [...document.querySelectorAll('[data-rendered] *, .marks *, #marking *')]
    .filter((element) => element.matches(wrong) || [...element.attributes].some(acts))
    .map((element) => element.outerHTML);
}"""
# What no page of ours has, wherever it stands.
_FOREIGN = """() => [...document.querySelectorAll('*')].filter((element) =>
    element.matches('iframe, object, embed, base, script:not([src^="/static/"])') ||
    [...element.attributes].some((one) => /^on/.test(one.name) || one.name === 'srcdoc')
  ).map((element) => element.outerHTML.slice(0, 200))"""
_ONLY_THE_BAR = """visibility => {
  for (const element of document.querySelectorAll('#draft-state, [data-done-today], #toasts'))
    element.style.visibility = visibility;
}"""
_OF_AN_EDGE = 8  # a browser does not draw the round corner of one button alike each time
_DISTANCE = """async pictures => {
  const [one, other] = await Promise.all(pictures.map(async (coded) => {
    const bytes = Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height).data;
  }));
  if (one.length !== other.length) return 255;
  return one.reduce((most, value, n) => Math.max(most, Math.abs(value - other[n])), 0);
}"""
_OWN_REQUESTS = re.compile(r"/(static/.*|review|ahead|draft|submit|heartbeat|view|give-back)$")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_SHOWN = "() => document.querySelector('[data-output]').textContent"


def hostile_rows() -> list[corpus.Row]:
    return [
        row
        for kind in corpus.by_kind(FILE)
        if not [mark for mark in kind.marks if mark.name == "slow"]
        for row in kind.values[0]
        if "escaped_in_html" in row.get("check", ())
    ]


LISTS = (
    "home", "project", "queues", "disputes", "predictions", "history", "events", "mentions", "overrides",
    "selections", "lists", "agreement", "feedback", "golden", "policy", "my-work",
)  # fmt: skip
ROWS = hostile_rows()
# The slow run takes those that the default one leaves out.
PARTS = [
    pytest.param(ROWS[::CUT], id="cut"),
    pytest.param([row for n, row in enumerate(ROWS) if n % CUT], id="rest", marks=pytest.mark.slow),
]


class Watched:
    """A browser page of which every foreign request and every change of the title is told."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server
        self.title = ""
        self.wrong: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.netloc != urlsplit(self.server).netloc:
            self.wrong.append(f"asked for {request.url}")
        is_page = request.resource_type == "document"
        if not is_page and not _OWN_REQUESTS.search(address.path):
            self.wrong.append(f"asked for {request.url}, which no page of ours does by itself")

    def visit(self, address: str) -> Page:
        answer = self.page.goto(self.server + address)
        assert answer
        self.title = " ".join(unescape(_TITLE.findall(answer.text())[0]).split())
        self.look()
        self.wrong += self.page.evaluate(_FOREIGN)
        return self.page

    def look(self) -> None:
        """The title is the one that the server gave."""
        if self.page.title() != self.title:
            self.wrong.append(f"{self.page.url} has the title {self.page.title()!r}, not {self.title!r}")


@pytest.fixture
def queue(people: Cast) -> Queue:
    """Everything that arrives in the project that the corpus speaks of is audited in it."""
    people.project.slug = canonical.PROJECT
    people.project.save()
    form = {**FORM, "questions": [question("spans", severities=[])]}
    queue = queue_in(people.project, slug="audit", form=form)
    rule = {"kind": "random_audit", "name": "audit", "queue": "audit", "rate": 1.0}
    document, by = {"schema": "policy/1", "rules": [rule]}, Actor(people.mel.pk)
    made = policies.new_version(people.project.pk, document=document, by=by, reason="for the test")
    policies.activate(people.project.pk, made.version, by=by, reason="for the test")
    return queue


def arrived(rows: list[corpus.Row], people: Cast) -> Iterator[Prediction]:
    """The predictions of the rows that are taken (some may be refused as well)."""
    _key, text = api_key(people.project, people.mel, Permission.PUSH)
    sender = Sender(Client(), people.project, text)
    for row in rows:
        outcome, _record = ingest_records.send(row, sender)
        assert outcome.status in (201, *row.get("status", ())), row["id"]
        if outcome.was_taken:
            yield Prediction.objects.get(pk=outcome.body["id"])


@pytest.mark.slow
@pytest.mark.parametrize("rows", PARTS)
def test_hostile_texts_are_read_and_do_nothing(
    rows: list[corpus.Row], people: Cast, queue: Queue, enter: Enter, live_server: LiveServer
) -> None:
    if not rows:
        pytest.skip("the corpus is not there: set BAD_INPUTS_DIR")
    found = list(arrived(rows, people))
    assert len(found) > len(rows) / 2
    lead = member(people.project, Role.OWNER)
    seen = Watched(enter(lead), live_server.url)
    slug = people.project.slug

    review_all(seen, queue)
    assert Item.objects.filter(queue=queue, state=ItemState.DISPUTED).count() == len(found)
    for number, item in enumerate(Item.objects.filter(queue=queue)):
        seen.visit(reverse("web:prediction", args=[slug, item.prediction_id]))
        if number % _STORIES_PER_DISPUTE == 0:
            say(item, lead)
            for name in ("settle", "notes", "similar-past"):
                seen.visit(reverse(f"web:{name}", args=[slug, item.pk]))
    for name in LISTS:
        seen.visit(reverse(f"web:{name}", args=[] if name == "home" else [slug]))
    seen.visit(reverse("web:items", args=[slug, queue.slug]))
    read_forms(seen, people, [one.payload.output_text for one in found])

    assert seen.wrong == []


def say(item: Item, lead: Person) -> None:
    """The output once more, as a note that names somebody."""
    text = f"@{lead.name} {item.prediction.payload.output_text}"[:4_000]
    notes.add(item.pk, project=item.queue.project, by=Actor(lead.pk), held=ROLES[Role.LEAD], text=text)


def read_forms(seen: Watched, people: Cast, texts: list[str]) -> None:
    """Forms whose every word is such a text: as a page, in the builder with its preview, and on the desk."""
    for text in texts[::_TEXTS_PER_FORM]:
        words = text[:150] or "?"
        asked = [question(kind, label=words, help=words, guideline=words) for kind in KINDS]
        form = {**FORM, "title": words, "guideline": text[:2_000], "questions": asked}
        queue = queue_in(people.project, name=words[:60], form=form)
        waiting(queue, output_text=text)
        for name in ("form", "form-edit", "review"):
            seen.visit(reverse(f"web:{name}", args=[people.project.slug, queue.slug]))


def review_all(seen: Watched, queue: Queue) -> None:
    """Escalate every item, one after the other, without leaving the screen."""
    page = seen.visit(reverse("web:review", args=[queue.project.slug, queue.slug]))
    bars: dict[bytes, None] = {}
    while slot := page.locator(".desk").get_attribute("data-slot"):
        item = Slot.objects.select_related("item__prediction__payload").get(pk=slot).item
        assert page.evaluate(_SHOWN) == item.prediction.payload.output_text
        read_and_mark(seen)
        bars[bar_of(page)] = None
        page.evaluate(_CORRECT)
        page.wait_for_timeout(TOO_SOON_MS)
        seen.look()
        with page.expect_response("**/submit"):
            page.evaluate(_ESCALATE)
        page.wait_for_function("slot => document.querySelector('.desk').dataset.slot != slot", arg=slot)
    first, *others = bars
    assert [far for other in others if (far := distance(page, first, other)) > _OF_AN_EDGE] == []


def read_and_mark(seen: Watched) -> None:
    """Read the output rendered; then mark its beginning, so that it stands in the panel and in the list."""
    page = seen.page
    page.wait_for_timeout(TOO_SOON_MS)
    if page.locator(".veil:not([open])").count():  # a filter found it severe
        page.keyboard.press("x")
    page.keyboard.press("v")
    page.locator("[data-rendered]").first.wait_for(state="visible")
    seen.wrong += page.evaluate(_ACTING)
    seen.look()
    page.keyboard.press("v")
    page.keyboard.press("h")
    page.keyboard.press("1")
    seen.wrong += page.evaluate(_ACTING)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def distance(page: Page, one: bytes, other: bytes) -> int:
    """By how much two pictures differ in any colour of any pixel, 0 to 255."""
    return int(page.evaluate(_DISTANCE, [b64encode(one).decode(), b64encode(other).decode()]))


def bar_of(page: Page) -> bytes:
    """The pixels of the decision bar, without what counts, tells of the draft, or offers to undo."""
    page.evaluate(_ONLY_THE_BAR, "hidden")
    before, pixels = b"", page.locator(".decide").screenshot(animations="disabled")
    while pixels != before:  # two alike: nothing is on its way there any more
        page.wait_for_timeout(50)
        before, pixels = pixels, page.locator(".decide").screenshot(animations="disabled")
    page.evaluate(_ONLY_THE_BAR, "")
    return pixels
