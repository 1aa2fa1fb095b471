"""Severe content is hidden on every page that shows what a model wrote, until its reader asks for it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from queues.models import Draft, Flag, Item, WorkProfile
from tests.factories.projects import Cast, member
from tests.factories.reviews import disputed, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

SEVERE = "Refunds are instant."  # the output of the factories


def flag(item: Item, severity: int = 3) -> Item:
    Flag.objects.create(
        prediction_id=item.prediction_id, component="filter", category="hate", flagged=True, severity=severity
    )
    return item


@pytest.fixture
def item(people: Cast) -> Item:
    """A disputed item that a filter found severe; olga reviewed it and has a draft on another one."""
    found = flag(disputed(people, people.ann, people.olga))
    other = flag(waiting(queue_in(people.project)))
    Draft.objects.create(item=other, person=people.olga, content={"corrected_text": SEVERE})
    return found


def pages(people: Cast, item: Item) -> dict[str, str]:
    """Every page that shows the output, or what was made of it."""
    project, draft = f"/projects/{people.project.slug}", Draft.objects.get()
    return {
        "home": "/",
        "history": f"{project}/history/",
        "drafts": f"{project}/drafts/",
        "draft": f"{project}/drafts/{draft.pk}",
        "items": f"{project}/queues/{item.queue.slug}/items/?state=disputed",
        "disputes": f"{project}/disputes/",
        "settle": f"{project}/items/{item.pk}/settle",
        "notes": f"{project}/items/{item.pk}/notes",
        "story": f"{project}/items/{item.pk}/story",
        "predictions": f"{project}/predictions/",
        "prediction": f"{project}/predictions/{item.prediction_id}/",
        "shared items": f"{project}/agreement/items/?queue={item.queue.slug}",
    }


def outside_of_veils(html: str) -> str:
    """The page without what is folded away, and without fields in which somebody edits."""
    while (
        bare := re.sub(r'<details class="veiled">((?!<details).)*?</details>', "", html, flags=re.S)
    ) != html:
        html = bare
    return re.sub(r"<textarea.*?</textarea>", "", html, flags=re.S)


def shown_openly(client: Any, addresses: dict[str, str]) -> list[str]:
    answers = {name: client.get(address) for name, address in addresses.items()}
    assert {name: a.status_code for name, a in answers.items() if a.status_code != 200} == {}
    texts = {name: answer.content.decode() for name, answer in answers.items()}
    assert [name for name, text in texts.items() if SEVERE not in text] == []
    return [name for name, text in texts.items() if SEVERE in outside_of_veils(text)]


def test_every_page_hides_severe_outputs(people: Cast, item: Item, signed_in: SignIn) -> None:
    assert shown_openly(signed_in(people.olga), pages(people, item)) == []


def test_who_wants_to_see_all_sees_all(people: Cast, item: Item, signed_in: SignIn) -> None:
    olga = signed_in(people.olga)
    olga.post(f"/projects/{people.project.slug}/my-work", {"refused": []})

    addresses = {name: place for name, place in pages(people, item).items() if name != "draft"}
    assert shown_openly(olga, addresses) == list(addresses)


def test_what_is_not_severe_is_shown(people: Cast, signed_in: SignIn) -> None:
    item = flag(disputed(people, people.ann, people.olga), severity=2)

    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/predictions/{item.prediction_id}/")

    assert '<details class="veiled">' not in page.content.decode()


def test_who_only_reads_can_choose_as_well(people: Cast, item: Item, signed_in: SignIn) -> None:
    mel = signed_in(people.mel)
    address = pages(people, item)["predictions"]
    before = shown_openly(mel, {"predictions": address})

    mel.post(f"/projects/{people.project.slug}/my-work", {"refused": []})

    assert (before, shown_openly(mel, {"predictions": address})) == ([], ["predictions"])


def test_the_choice_holds_in_its_own_project_only(people: Cast, item: Item, signed_in: SignIn) -> None:
    WorkProfile.objects.create(project=people.other, person=people.olga, veils=False)

    assert shown_openly(signed_in(people.olga), {"items": pages(people, item)["items"]}) == []


def test_a_list_takes_no_more_statements_for_more_severe_items(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    ann = member(people.project, Role.ANNOTATOR)
    client, address = signed_in(ann), f"/projects/{people.project.slug}/history/"
    client.get(address)
    counts = []
    for _round in range(2):
        for _number in range(3):
            flag(waiting(queue))
            reviewed(queue, ann)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        counts.append(len(seen))

    assert counts[0] == counts[1]
