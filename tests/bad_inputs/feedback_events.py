"""Rows of feedback_events.jsonl: events of end users, sent to `feedback`; and what must then be stored.

The corpus has words of its own for an event; here they become those of feedback/1, once.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections
from django.test import Client

from accounts.actor import SYSTEM, Actor
from accounts.models import Project
from accounts.roles import Permission, Role
from queues import pipeline
from queues.ingest.record import check
from queues.models import Feedback, Item, Rating
from queues.route import policies
from tests.bad_inputs import canonical
from tests.bad_inputs.corpus import Row, expand, fill
from tests.bad_inputs.http import outcome_of
from tests.bad_inputs.outcome import Outcome, Watch
from tests.bad_inputs.pages import Page
from tests.factories.people import api_key
from tests.factories.projects import ProjectFactory, member
from tests.factories.work import queue_in
from tests.ingest.records import record

PREDICTION, THEIRS = "rec-0001", "only-theirs"
_POLICY = {
    "schema": "policy/1",
    "rules": [
        {
            "kind": "badly_rated",
            "name": "unhappy",
            "queue": "unhappy",
            "stars": 2,
            "thumbs_down": 1,
            "reports": ["*"],
        }
    ],
}
_RENAMED = {"external_id": "prediction_id", "created_at": "occurred_at", "kind": "name"}
_NAMES = {"rating": "stars", "edit": "correction"}
_THUMBS = {"up": 1, "down": -1}
_AT_ONCE = 500
# Where a fault in a field of the corpus is found in ours; a kind and its value are told apart.
PLACES = {
    "external_id": ["/prediction_id"],
    "created_at": ["/occurred_at"],
    "kind": ["/name", "/kind", "/value"],
    "user_ref": ["/actor"],
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A project with one prediction, a rule that listens to users, a program that sends, and a reader."""

    project: Project
    key: str
    reader: Client

    def program(self) -> Client:
        """A program with a key that may send and read."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return Client(raise_request_exception=False, headers=headers)

    def address(self, rest: str) -> str:
        return f"/api/v1/projects/{self.project.slug}/{rest}"


def desk() -> Desk:
    project, other = ProjectFactory.create(), ProjectFactory.create()
    queue_in(project, slug="unhappy")
    lead, engineer = member(project, Role.LEAD), member(project, Role.ML_ENGINEER)
    policy = policies.new_version(project.pk, document=_POLICY, by=Actor(lead.pk), reason="for the test")
    policies.activate(project.pk, policy.version, by=Actor(lead.pk), reason="for the test")
    pipeline.receive(project, [check(record(PREDICTION))], by=SYSTEM)
    pipeline.receive(other, [check(record(THEIRS))], by=SYSTEM)
    _key, text = api_key(project, engineer, Permission.PUSH, Permission.READ)
    reader = Client(raise_request_exception=False)
    reader.force_login(lead)
    return Desk(project, text, reader)


def to_event(sent: dict[str, Any]) -> dict[str, Any]:
    """The event of the corpus as feedback/1. What is wrong with it stays wrong in the same place."""
    event: dict[str, Any] = {"occurred_at": canonical.TIME, "kind": "explicit"}
    for name, value in sent.items():
        event |= {"actor": {"user_ref": value}} if name == "user_ref" else {_RENAMED.get(name, name): value}
    if event.get("name") == "thumb" and isinstance(event.get("value"), str):
        event["value"] = _THUMBS.get(event["value"], event["value"])
    if isinstance(event.get("name"), str):
        event["name"] = _NAMES.get(event["name"], event["name"])
    return event


def send(row: Row, at: Desk) -> Outcome:
    """The worst answer of what the row says to send."""
    payload = expand(row["payload"])
    events = list(_events(payload))
    watch = Watch()
    if "burst" in payload:
        return _in_batches(at, events, watch)
    answers = _at_once(at, events) if payload.get("concurrent") else [_post(at, event) for event in events]
    worst = max(answers, key=lambda answer: answer.status_code)
    return outcome_of(worst, watch.seconds)


def _events(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    event = _filled(payload.get("event", payload))
    for number in range(payload.get("burst", 0)):
        varied = {"user_ref": f"u-{number}"} if payload.get("vary") == "user_ref" else {}
        yield to_event(event | {"event_id": f"ev-{number}"} | varied)
    if "burst" not in payload:
        yield from (to_event(event) for _time in range(payload.get("repeat", 1)))
    if "then" in payload:
        yield to_event(_filled(payload["then"]))


def _filled(event: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    values = {
        f"now+{seconds}": (now + timedelta(seconds=seconds)).isoformat() for seconds in (600, 31_536_000)
    }
    return {name: fill(value, values | {"other_tenant_item": THEIRS}) for name, value in event.items()}


def _post(at: Desk, event: dict[str, Any]) -> Any:
    return at.program().post(at.address("feedback"), json.dumps(event), content_type="application/json")


def _at_once(at: Desk, events: list[dict[str, Any]]) -> list[Any]:
    def apart(event: dict[str, Any]) -> Any:
        try:
            return _post(at, event)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(apart, events))


def _in_batches(at: Desk, events: list[dict[str, Any]], watch: Watch) -> Outcome:
    """A burst as a client sends it; the time is that of one request."""
    worst = Outcome(200)
    for start in range(0, len(events), _AT_ONCE):
        body = "\n".join(json.dumps(event) for event in events[start : start + _AT_ONCE])
        before = watch.seconds
        answer = at.program().post(at.address("feedback:batch"), body, content_type="application/x-ndjson")
        status = max([answer.status_code, *(one["status"] for one in answer.json()["results"])])
        seconds = max(worst.seconds, watch.seconds - before)
        status = 200 if status == 207 else status
        worst = Outcome(max(worst.status, status), is_problem=True, body=answer.json(), seconds=seconds)
    return worst


def stored_complaints(row: Row, outcome: Outcome, at: Desk) -> Iterator[str]:
    """What is wrong with what is in the database, and with the pages that show it."""
    rows = list(Feedback.objects.filter(project=at.project))
    checks = row.get("check", ())
    if outcome.was_refused and row["kind"] != "duplicate" and rows:
        yield "was refused and stored"
    if outcome.was_taken and not rows:
        yield "was taken and is lost"
    ratings = list(Rating.objects.filter(prediction__project=at.project))
    if {"counted_once", "first_kept"} & {*checks} and not len(rows) == len(ratings) == 1:
        yield f"{len(rows)} are stored"
    if "first_kept" in checks and rows and rows[0].number != 2:
        yield "the first was not kept"
    items = Item.objects.filter(queue__project=at.project).count()
    if "one_queue_entry" in checks and items != int(outcome.was_taken):
        yield "there is not one queue entry"
    counted = [rating.number for rating in ratings]
    if "last_wins_or_both_kept_documented" in checks and (len(rows), counted) != (2, [-1]):
        yield "the later event does not count"
    if any(row_.prediction and row_.prediction.project_id != at.project.pk for row_ in rows):
        yield "it reached another tenant's prediction"
    yield from _page_complaints(row, rows, at)


def _page_complaints(row: Row, rows: list[Feedback], at: Desk) -> Iterator[str]:
    sent = row["payload"].get("user_ref")
    if isinstance(sent, str) and any(sent in json.dumps(stored.record) for stored in rows):
        yield "a raw user is stored"
    if row["kind"] != "hostile_comment" or not rows:
        return
    comment = expand(row["payload"])["comment"]
    wanted = comment.replace("\0", "\ufffd")
    program = at.program().get(at.address(f"feedback/{rows[0].pk}")).json()
    if program["record"]["comment"] != wanted:
        yield "the comment is not what was sent"
    for address in _pages(rows[0], at):
        page = Page(at.reader.get(address).content.decode())
        if page.acting or wanted.replace("\r", "") not in page.text.replace("\r", ""):
            yield f"{address}: acting {page.acting}, or the text is not there"


def _pages(feedback: Feedback, at: Desk) -> list[str]:
    root = f"/projects/{at.project.slug}"
    return [f"{root}/feedback/", f"{root}/predictions/{feedback.prediction_id}/"]
