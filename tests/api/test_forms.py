"""Forms through the API: versions, a look at a change, publishing, each with its refusals."""

import json
from typing import Any

import pytest
from django.test import Client

from queues.models import FormVersion, Queue
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.questions import question
from tests.factories.work import FORM, TONE, queue_in, waiting

pytestmark = pytest.mark.django_db


class Lead:
    """Lee's program, in front of one queue."""

    def __init__(self, people: Cast) -> None:
        _key, text = api_key(people.project, people.lee)
        self.client = Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False)
        self.queue: Queue = queue_in(people.project, form={**FORM, "questions": [TONE]})
        self.root = f"/api/v1/projects/{people.project.slug}"

    def forms(self) -> Any:
        return self.client.get(f"{self.root}/queues/{self.queue.pk}/forms")

    def post(self, verb: str = "", headers: dict[str, str] | None = None, **body: Any) -> Any:
        address = f"{self.root}/queues/{self.queue.pk}/forms{verb}"
        return self.client.post(address, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def lead() -> Lead:
    return Lead(cast())


def form(*questions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**FORM, "questions": [TONE, *questions], **fields}


def test_versions_are_listed_the_newest_first_with_who_and_why(lead: Lead) -> None:
    published = lead.post(document=form(question("yes_no")), reason="A second question.", base=1)

    items = lead.forms().json()["items"]

    assert published.status_code == 201
    assert [(one["version"], one["is_present"], one["reason"]) for one in items] == [
        (2, True, "A second question."),
        (1, False, "No reason was given."),
    ]
    assert items[0]["author"] == "Lee"
    assert (
        lead.client.get(f"{lead.root}/forms/{items[0]['id']}").json()["document"]
        == published.json()["document"]
    )


def test_publishing_twice_writes_once(lead: Lead) -> None:
    body: dict[str, Any] = {"document": form(question("yes_no")), "reason": "Once."}

    first = lead.post(headers={"Idempotency-Key": "a"}, **body)
    again = lead.post(headers={"Idempotency-Key": "a"}, **body)
    anew = lead.post(**body)

    assert [answer.status_code for answer in (first, again, anew)] == [201, 201, 200]
    assert anew.json()["version"] == 2
    assert FormVersion.objects.filter(queue=lead.queue).count() == 2


def test_a_stale_base_is_refused(lead: Lead) -> None:
    lead.post(document=form(question("yes_no")), base=1)

    answer = lead.post(document=form(question("rating")), base=1)

    assert answer.status_code == 409
    assert "changed meanwhile" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"document": {**FORM, "questions": [{**TONE, "kind": "slider"}]}}, "/document/questions/0/kind"),
        ({"document": {**FORM, "questions": [question("yes_no", key="tone")]}}, "/document/questions/0/key"),
        ({"document": form(question("yes_no")), "mappings": {"x": {"a": "b"}}}, "/mappings/x"),
        ({"document": form(question("yes_no")), "reason": " "}, "/reason"),
        ({"document": form(question("yes_no")), "reason": ""}, "/reason"),
        ({"document": form(title="a\u0000b")}, "/document/title"),
        ({"document": []}, "/document"),
    ],
)
def test_a_form_that_cannot_be_published_says_where(lead: Lead, body: dict[str, Any], pointer: str) -> None:
    answer = lead.post(**body)

    assert answer.status_code == 422
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}
    assert FormVersion.objects.filter(queue=lead.queue).count() == 1


def test_a_look_at_a_change_says_what_it_touches_and_what_stays_comparable(lead: Lead) -> None:
    waiting(lead.queue)
    changed = {**TONE, "options": [*TONE["options"], {"value": "warm", "label": "Warm"}]}
    document = {**FORM, "questions": [changed, question("rating")]}

    looked = lead.post(":check", document=document).json()
    mappings = {"tone": {"fine": "fine", "rude": "rude"}}
    mapped = lead.post(":check", document=document, mappings=mappings).json()

    assert looked["touches"] == {"waiting": 1, "begun": 0, "held": 0, "drafts": 0}
    assert [(one["key"], one["what"]) for one in looked["questions"]] == [
        ("tone", "changed"),
        ("rating", "new"),
    ]
    assert [fault["pointer"] for fault in looked["faults"]] == ["/document/questions/0/key"]
    assert mapped["faults"] == [] and mapped["questions"][0]["what"] == "mapped"
    assert FormVersion.objects.filter(queue=lead.queue).count() == 1
