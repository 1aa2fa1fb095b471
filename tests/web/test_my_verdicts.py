"""What a lead settled stands among their decisions, with what became of it and the way to reopen it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.models import Person
from accounts.roles import Role
from queues import pipeline
from queues.audit.my_verdicts import Fate, verdicts_of
from queues.models import Item, ItemState
from tests.factories.projects import Cast, member
from tests.factories.reviews import disputed
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
REJECT: dict[str, Any] = {"decision": "reject", "reasons": ["factual"]}
APPROVE: dict[str, Any] = {"decision": "approve"}


@pytest.fixture
def bo(people: Cast) -> Person:
    return member(people.project, Role.ANNOTATOR, name="Bo")


@pytest.fixture
def item(people: Cast, bo: Person) -> Item:
    return disputed(people, people.ann, bo)


def settle(people: Cast, item: Item, by: Person, document: dict[str, Any]) -> None:
    pipeline.settle_by_lead(
        item.pk, project=people.project, by=Actor(by.pk), document=document, why="The page says <five>."
    )


def reopen(people: Cast, item: Item, by: Person) -> None:
    pipeline.reopen_by_lead(item.pk, project=people.project, by=Actor(by.pk), why="Look again.")


def fate_of(people: Cast, by: Person) -> str:
    told: Any = verdicts_of(by.pk, [people.project.pk]).rows[0]
    return str(told.fate)


@pytest.mark.parametrize("tail", ["history/", "history/settled/", ""])
def test_what_a_lead_settled_stands_among_their_decisions(
    people: Cast, signed_in: SignIn, item: Item, tail: str
) -> None:
    settle(people, item, people.lee, REJECT)

    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/{tail}" if tail else "/")

    (mine,) = page.context["settled"]
    assert (mine.verdict.item_id, mine.verdict.decision, mine.fate) == (item.pk, "reject", Fate.STANDS)
    text = page.content.decode()
    assert "The page says &lt;five&gt;." in text
    assert f'href="/projects/{people.project.slug}/items/{item.pk}/settle#holds"' in text


def test_its_later_fate_is_told(people: Cast, item: Item) -> None:
    settle(people, item, people.lee, REJECT)
    told = [fate_of(people, people.lee)]
    reopen(people, item, people.olga)
    told.append(fate_of(people, people.lee))
    settle(people, item, people.olga, APPROVE)
    told.append(fate_of(people, people.lee))
    reopen(people, item, people.olga)
    settle(people, item, people.olga, REJECT)
    told.append(fate_of(people, people.lee))
    Item.objects.filter(pk=item.pk).update(state=ItemState.WITHDRAWN, settled_at=None)
    told.append(fate_of(people, people.lee))

    assert told == ["stands", "reopened", "replaced", "confirmed", "withdrawn"]


def test_what_holds_instead_is_named(people: Cast, signed_in: SignIn, item: Item) -> None:
    settle(people, item, people.lee, REJECT)
    reopen(people, item, people.olga)
    settle(people, item, people.olga, APPROVE)
    lee = signed_in(people.lee)

    (mine,) = lee.get(f"/projects/{people.project.slug}/history/settled/?became=replaced").context["settled"]
    none = lee.get(f"/projects/{people.project.slug}/history/settled/?became=stands").context["settled"]

    assert (mine.now, list(none)) == ("approve", [])


def test_nobody_sees_what_others_settled_nor_what_is_of_another_project(
    people: Cast, signed_in: SignIn, item: Item
) -> None:
    settle(people, item, people.olga, REJECT)
    path = f"/projects/{people.project.slug}/history/settled/"

    assert signed_in(people.lee).get(path).context["settled"] == []
    assert [signed_in(one).get(path).status_code for one in (people.ann, people.mel, people.sam)] == [
        403,
        403,
        404,
    ]
    assert verdicts_of(people.olga.pk, [people.other.pk]).rows == []


def test_after_settling_the_way_back_stands_in_the_message(
    people: Cast, signed_in: SignIn, item: Item
) -> None:
    lee = signed_in(people.lee)
    path = f"/projects/{people.project.slug}/items/{item.pk}/settle"

    done = lee.post(path, {"source": "written", "why": "So it is.", **REJECT}, follow=True)
    desk = lee.get(path).content.decode()

    assert f'<a href="{path}#holds">See it, or reopen it</a>' in done.content.decode()
    assert 'id="holds"' in desk and f"/items/{item.pk}/reopen" in desk


def test_pages_of_verdicts_follow_each_other_and_cost_the_same(
    people: Cast, signed_in: SignIn, bo: Person
) -> None:
    for _ in range(3):
        settle(people, disputed(people, people.ann, bo), people.lee, REJECT)
    lee = signed_in(people.lee)

    lee.get(f"/projects/{people.project.slug}/history/settled/")
    first = verdicts_of(people.lee.pk, [people.project.pk], size=2)
    rest = verdicts_of(people.lee.pk, [people.project.pk], size=2, before=first.next_before)
    with CaptureQueriesContext(connection) as few:
        lee.get(f"/projects/{people.project.slug}/history/settled/")
    for _ in range(2):
        settle(people, disputed(people, people.ann, bo), people.lee, REJECT)
    with CaptureQueriesContext(connection) as many:
        lee.get(f"/projects/{people.project.slug}/history/settled/")

    assert [len(first.rows), len(rest.rows), rest.next_before] == [2, 1, None]
    assert len({one.pk for one in [*first.rows, *rest.rows]}) == 3
    assert len(many) == len(few)
