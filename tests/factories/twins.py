"""Two worlds that differ in one thing: what Ann is given first is a hidden check, or an item like any other.

Whatever Ann can see is collected by `seen`, with numbers, times and names of rows made alike, so that the two
can be held against each other field by field.
"""

import json
import re
from collections.abc import Sequence
from difflib import unified_diff
from typing import Any

from django.db import connection
from django.test import Client

from accounts.actor import Actor
from accounts.models import Person
from accounts.roles import Role
from queues import reviewing
from queues.curate.checks import actions as checks
from queues.models import Item, ItemState, Queue, Review, ServedCheck
from tests.export.recalling import withdraw
from tests.factories.people import api_key
from tests.factories.projects import cast, member
from tests.factories.rules import in_force, rule
from tests.factories.sent import receive, sent
from tests.factories.work import FORM, TONE, queue_in

WHY = "It says 5 days."
_KNOWN: dict[str, Any] = {
    "decision": "correct",
    "reasons": ["factual"],
    "corrected_text": "Refunds take 5 days.",
    "answers": {"tone": "fine"},
}
_EVERYTHING = rule("uncertain", "unsure", measure="mean_nll", by="value", threshold=0, priority=40)
_ROWS = ("item", "slot", "review", "note", "draft", "prediction", "queue", "formversion")
_TABLES = ("accounts_person", *(f"queues_{name}" for name in _ROWS))


class Twin:
    """Ann in front of a queue with checks. number: of the item that she was given first."""

    def __init__(self, *, is_check: bool, **settings: Any) -> None:
        _high_numbers()
        self.is_check = is_check
        self.people = cast()
        self.project = self.people.project
        self.queue = queue_in(self.project, slug="answers", form={**FORM, "questions": [TONE]})
        in_force(self.project, _EVERYTHING)
        self._known_answer()
        Queue.objects.filter(pk=self.queue.pk).update(check_rate=1.0, **settings)
        self.queue.refresh_from_db()
        for _ in range(3):
            receive(self.project, sent())
        self.browser, self.lee = _signed_in(self.people.ann), _signed_in(self.people.lee)
        _key, text = api_key(self.project, self.people.ann)
        self.program = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {text}"})
        self.held: dict[str, Any] = {}
        self.answers: list[Any] = []

    def _known_answer(self) -> None:
        receive(self.project, sent())
        self._review(self.people.lee, _KNOWN)
        lee, olga = Actor(self.people.lee.pk), Actor(self.people.olga.pk)
        source = Item.objects.get(queue=self.queue)
        made = checks.make(source.pk, project_id=self.project.pk, by=olga, why=WHY)
        if not self.is_check:
            checks.retire(made.pk, project_id=self.project.pk, by=lee)

    @property
    def item(self) -> Item:
        return Item.objects.get(pk=self.held["item"])

    @property
    def review(self) -> Review:
        return Review.objects.filter(item=self.item, person=self.people.ann).latest("pk")

    # ---- what Ann does, each answer noted

    def take(self) -> None:
        """Take the next item, through the API and on the page."""
        answer = self._call("post", f"queues/{self.queue.pk}:next", {})
        self.held = answer.json()
        assert (self.item.state == ItemState.CHECK) == self.is_check
        self._note(self.browser.get(f"/projects/{self.project.slug}/queues/answers/review"))

    def submit(self, decision: str, **fields: Any) -> None:
        answers = {} if decision == "escalate" else {"tone": "fine"}
        self._on_slot("post", "reviews", {"decision": decision, "answers": answers, **fields}, at_slot=False)

    def undo(self) -> None:
        answer = self._call("post", f"reviews/{self.review.pk}:undo", None)
        self.held = answer.json() if answer.status_code == 200 else self.held

    def save(self, note: str, *, revision: int | None = None) -> None:
        self._on_slot("put", "/draft", {"content": {"note": note}, "revision": revision})

    def skip(self) -> None:
        self._on_slot("post", ":skip", {"reason": "too_hard"})

    def give_back(self) -> None:
        self._on_slot("post", ":give-back", {})

    def beat(self) -> None:
        self._on_slot("post", ":heartbeat", {})

    def say(self, text: str) -> None:
        self._call("post", f"items/{self.item.pk}/notes", {"text": text})

    # ---- what others do

    def recall(self) -> None:
        withdraw(self.people, self.item.prediction.prediction_id)

    def answer_the_question(self, answer: str = "") -> None:
        """Lee settles what Ann escalated, or replies to it, as the pages let a lead do."""
        if self.is_check:
            served = ServedCheck.objects.get(item=self.item)
            path, fields = f"checks/questions/{served.pk}/reply", {"answer": answer}
        else:
            path = f"items/{self.item.pk}/settle"
            fields = {
                "source": "written",
                "decision": "correct",
                "reasons": "factual",
                "corrected_text": _KNOWN["corrected_text"],
                "answer.tone": "fine",
                "why": WHY,
                "answer": answer,
            }
        assert self.lee.post(f"/projects/{self.project.slug}/{path}", fields).status_code == 302

    def others_review(self) -> None:
        """Ben reviews what is first in the queue: beside the check, or the very item."""
        Queue.objects.filter(pk=self.queue.pk).update(check_rate=0.0)
        self.queue.refresh_from_db()
        ben, cleo = (member(self.project, Role.ANNOTATOR, name=name) for name in ("Ben", "Cleo"))
        document = {"decision": "approve", "answers": {"tone": "fine"}}
        self._review(ben, document)
        if self.is_check and self.queue.reviews_per_item > 1:
            self._review(cleo, document)
        Queue.objects.filter(pk=self.queue.pk).update(check_rate=1.0)

    def _review(self, person: Person, document: dict[str, Any]) -> None:
        lease = reviewing.lease_next(self.queue, by=Actor(person.pk))
        assert lease
        reviewing.submit(
            lease.slot_id, project=self.project, token=lease.token, by=Actor(person.pk), submission=document
        )

    # ---- what Ann sees

    def seen(self) -> dict[str, Any]:
        """All answers so far, and each page and list that an annotator may read, by its address."""
        me, item = self.people.ann.pk, self.held["item"]
        pages = [
            *("queues/", "history/", "drafts/", "mentions/", "my-work", "my-checks"),
            *(f"items/{item}/{name}" for name in ("story", "notes", "similar")),
            *(f"overrides/people/{me}/", f"people/{me}/figures"),
        ]
        found = {
            path: self._alike(self.browser.get(f"/projects/{self.project.slug}/{path}")) for path in pages
        }
        found["home"] = self._alike(self.browser.get("/"))
        for path in (f"items/{item}/notes", "mentions", "queues"):
            found[f"api {path}"] = self._alike(self._ask("get", path))
        found = {re.sub(r"\d{4,}", "n", path): shown for path, shown in found.items()}
        return found | {f"answer {n}": shown for n, shown in enumerate(self.answers)}

    def _on_slot(self, method: str, name: str, body: dict[str, Any], *, at_slot: bool = True) -> None:
        sent_ = {"token": self.held["token"], **body}
        path = f"slots/{self.held['slot']}{name}" if at_slot else name
        self._call(method, path, sent_ if at_slot else {"slot": self.held["slot"], **sent_})

    def _call(self, method: str, path: str, body: Any) -> Any:
        answer = self._ask(method, path, body)
        self._note(answer)
        return answer

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        address = f"/api/v1/projects/{self.project.slug}/{path}"
        if method == "get":
            return self.program.get(address)
        data = b"" if body is None else json.dumps(body).encode()
        return getattr(self.program, method)(address, data, content_type="application/json")

    def _note(self, answer: Any) -> None:
        self.answers.append(self._alike(answer))

    def _alike(self, answer: Any) -> tuple[int, Sequence[str]]:
        """Status and text without what differs between any two items: numbers of rows, times, tokens."""
        text = answer.content.decode().replace(self.project.slug, "project")
        text = text.replace(self.project.name, "Project").replace(self.queue.name, "Queue")
        for pattern, word in _DIFFERENT:
            text = re.sub(pattern, word, text)
        return answer.status_code, re.split(r"(?<=[>,}])", text)


_DIFFERENT = (
    (r"[0-9a-f]{8}-[0-9a-f-]{27}", "token"),
    (r"<time[^>]*>[^<]*</time>", "time"),
    (r"\d{4}-\d\d-\d\dT[^\"<]*", "time"),
    (r'(csrfmiddlewaretoken" value=|X-CSRFToken": |nonce=|request_id": ?|instance": ?)"[^"]*"', r"\1"),
    (r"(?:sent|urn:uuid:)-?\d+", "name"),
    (r"(?<=person)\d+(?=@)|(?<=data-seconds-left=\")\d+", "n"),
    (r"\b\d{4,}\b", "n"),
    (r"\b\d+(?:\.\d)? s\b|\b\d+:\d\d\b", "time"),
)


def difference(check: dict[str, Any], item: dict[str, Any]) -> str:
    """What tells the two apart by place, - as of the check, + as of the item; "" where nothing does."""
    found: list[str] = []
    for place in sorted({*check, *item}):
        (mine, said), (its, told) = check.get(place, (0, ())), item.get(place, (0, ()))
        if (mine, said) != (its, told):
            changed = [line for line in unified_diff(said, told, n=0, lineterm="") if line[0] in "-+"]
            found += [f"{place}: {mine} {its}", *changed[2:]]
    return "\n".join(found)


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _high_numbers() -> None:
    """Numbers of rows that no count on a page is mistaken for."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%(of)s, 'id'), "
                "greatest(nextval(pg_get_serial_sequence(%(of)s, 'id')), 100000))",
                {"of": table},
            )
