"""Who asks for numbers before they are given out learns nothing: what is not theirs is as if it were absent.

Else a hidden check, which is made when it is given, would be known by its number.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.models import Person, Project
from queues import reviewing
from queues.export.queries import is_released
from queues.models import Item, Review, Slot
from tests.export.building import released
from tests.factories.people import api_key
from tests.factories.projects import cast
from tests.factories.reviews import reviewed
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db
ABSENT = 99_999_999
TOKEN = str(uuid4())
_ITEM = [("get", "story"), ("get", "notes"), ("post", "notes"), ("get", "similar")]
_SLOT = ["submit", "draft", "heartbeat", "skip", "take-up", "give-back", "view"]
_REVIEW = {"token": TOKEN, "decision": "approve", "slot": 0}
_API: list[tuple[str, str, dict[str, Any] | None]] = [
    ("get", "items/{item}/notes", None),
    ("get", "items/{item}/notes?cursor=no", None),
    ("post", "items/{item}/notes", {"text": "x"}),
    ("post", "items/{item}/notes", {"text": ""}),
    ("post", "items/{item}/notes", {}),
    ("post", "slots/{slot}:heartbeat", {"token": TOKEN}),
    ("post", "slots/{slot}:heartbeat", {}),
    ("post", "slots/{slot}:give-back", {"token": TOKEN}),
    ("post", "slots/{slot}:skip", {"token": TOKEN, "reason": "nothing"}),
    ("put", "slots/{slot}/draft", {"token": TOKEN, "content": {"note": 7}}),
    ("post", "reviews", _REVIEW),
    ("post", "reviews", {**_REVIEW, "decision": "nothing"}),
    ("post", "reviews", {**_REVIEW, "next": True}),
]


def test_the_numbers_of_items_and_slots_that_are_not_theirs_are_told_nobody() -> None:
    people = cast()
    item = waiting(queue_in(people.project))
    ann = Client()
    ann.force_login(people.ann)
    _key, text = api_key(people.project, people.ann)
    program = Client(headers={"Authorization": f"Bearer {text}"})
    pages, api = f"/projects/{people.project.slug}", f"/api/v1/projects/{people.project.slug}"

    def asked(item_id: int, slot_id: int) -> dict[str, tuple[int, str]]:
        found: dict[str, Any] = {}
        for method, name in _ITEM:
            found[f"{method} {name}"] = getattr(ann, method)(f"{pages}/items/{item_id}/{name}")
        for name in _SLOT:
            for fields in ({}, {"token": TOKEN}, {"token": TOKEN, "reason": "nothing", "view": "raw"}):
                found[f"{name} {fields}"] = ann.post(f"{pages}/slots/{slot_id}/{name}", fields)
        for method, path, body in _API:
            sent = body and {name: slot_id if name == "slot" else value for name, value in body.items()}
            address = f"{api}/{path.format(item=item_id, slot=slot_id)}"
            found[f"{method} {path} {body}"] = _call(getattr(program, method), address, sent)
        return {name: (answer.status_code, _alike(answer)) for name, answer in found.items()}

    there, absent = asked(item.pk, Slot.objects.get(item=item).pk), asked(ABSENT, ABSENT)

    assert there == absent
    assert {status for status, _text in there.values()} == {404, 422}
    assert Item.objects.get().state == "open"


def test_the_numbers_of_reviews_that_are_not_theirs_are_told_nobody() -> None:
    people = cast()
    ann = Client()
    ann.force_login(people.ann)
    _key, text = api_key(people.project, people.ann)
    program = Client(headers={"Authorization": f"Bearer {text}"})
    pages, api = f"/projects/{people.project.slug}", f"/api/v1/projects/{people.project.slug}"
    undone = _review_of(people.lee, people.project)
    reviewing.undo(undone.pk, project=people.project, by=Actor(people.lee.pk))
    exported = _review_of(people.lee, people.project)
    released(people)
    assert is_released(exported.pk)
    fresh, foreign = _review_of(people.lee, people.project), _review_of(people.sam, people.other)

    def asked(review_id: int) -> list[tuple[int, str]]:
        answers = [
            ann.post(f"{pages}/reviews/{review_id}/undo"),
            program.post(f"{api}/reviews/{review_id}:undo", content_type="application/json"),
        ]
        return [(answer.status_code, _alike(answer)) for answer in answers]

    absent = asked(ABSENT)

    assert [status for status, _text in absent] == [404, 404]
    for review in (fresh, exported, undone, foreign):
        assert asked(review.pk) == absent


def _review_of(person: Person, project: Project) -> Review:
    queue = queue_in(project)
    waiting(queue)
    return reviewed(queue, person, {"decision": "correct", "corrected_text": "Better.", "reasons": ["vague"]})


def _call(method: Callable[..., Any], address: str, body: dict[str, Any] | None) -> Any:
    return (
        method(address)
        if body is None
        else method(address, json.dumps(body), content_type="application/json")
    )


def _alike(answer: Any) -> str:
    text = answer.content.decode()
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": |nonce=)"[^"]*"', r"\1", text)
    return re.sub(r'"(request_id|instance)": ?"[^"]*"|/(items|slots)/\d+|[0-9a-f]{8}-[0-9a-f-]{27}', "", text)
