"""The suggestion on the adjudication desk: where it may speak, what it says, that it settles nothing."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Event, Person
from accounts.roles import Role
from queues.agree import suggestion
from queues.models import Item, ItemState, Queue, Verdict
from tests.factories.projects import Cast, member
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import FORM, TONE, queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

RUDE: dict[str, Any] = {"tone": "rude"}
FINE: dict[str, Any] = {"tone": "fine"}


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE]})


@pytest.fixture
def trio(people: Cast) -> tuple[Person, Person, Person]:
    """Ann, who is right, and two who call every third fine thing rude, each another third."""
    bo = member(people.project, Role.ANNOTATOR, name="Bo")
    return people.ann, bo, member(people.project, Role.ANNOTATOR, name="Cy")


def disputed_after(
    queue: Queue, trio: tuple[Person, Person, Person], n: int, kinds: tuple[str, ...] = ("uncertain",)
) -> Item:
    """n shared items, and one on which Ann stands alone against the two."""
    ann, bo, cy = trio
    rows = []
    for place in range(n):
        is_rude = place % 5 == 0
        said = [RUDE if is_rude or place % 3 == third else FINE for third in (3, 0, 1)]
        rows.append(Shared([Given(who, answers=one) for who, one in zip((ann, bo, cy), said, strict=True)]))
    last = Shared(
        [Given(ann, answers=FINE), Given(bo, answers=RUDE), Given(cy, answers=FINE)],
        kinds=kinds,
        state="disputed",
    )
    return Item.objects.select_related("queue__form").get(pk=shared(queue, [*rows, last])[-1])


def tone_of(item: Item) -> suggestion.Suggested:
    return next(one for one in suggestion.suggested_for(item) if one.asked.key == "tone")


def test_it_names_the_likeliest_value_and_how_each_reviewer_errs(
    queue: Queue, trio: tuple[Person, Person, Person]
) -> None:
    found = tone_of(disputed_after(queue, trio, 120))

    assert (found.why, found.n_items, found.n_people) == (None, 121, 3)
    assert found.chances[0][0] == "fine"
    assert sum(chance for _value, chance in found.chances) == pytest.approx(1.0)
    bos = next(one for one in found.reviewers if one.person_id == trio[1].pk)
    rows = {value: dict(zip(found.values, shares, strict=True)) for value, _n, shares in bos.rows}
    assert rows["fine"]["rude"] == pytest.approx(1 / 3, abs=0.1)
    assert rows["rude"]["rude"] == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("n", "kinds", "why"),
    [
        (60, ("uncertain",), suggestion.FEW_ITEMS),
        (120, ("safety_flagged",), suggestion.PEOPLE_ONLY),
        (120, ("golden_deviation",), suggestion.PEOPLE_ONLY),
    ],
)
def test_where_its_conditions_do_not_hold_it_says_why(
    queue: Queue, trio: tuple[Person, Person, Person], n: int, kinds: tuple[str, ...], why: str
) -> None:
    found = tone_of(disputed_after(queue, trio, n, kinds))

    assert (found.why, found.chances) == (why, ())


def test_two_people_are_too_few(queue: Queue, people: Cast, trio: tuple[Person, Person, Person]) -> None:
    pair = [Given(trio[0], answers=RUDE), Given(trio[1], answers=FINE)]
    ids = shared(queue, [Shared(pair, state="disputed") for _ in range(110)])

    found = tone_of(Item.objects.select_related("queue__form").get(pk=ids[0]))

    assert (found.why, found.n_people) == (suggestion.FEW_PEOPLE, 2)


def test_the_page_settles_nothing_and_leaves_its_trace(
    people: Cast, signed_in: SignIn, queue: Queue, trio: tuple[Person, Person, Person]
) -> None:
    item = disputed_after(queue, trio, 120)
    lee: Client = signed_in(people.lee)
    address = f"/projects/{people.project.slug}/items/{item.pk}/suggestion"

    page = lee.get(address).content.decode()
    panel = lee.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "It is no verdict" in page and "Bo, who said Rude here" in page
    assert "<html" in page and "<html" not in panel
    item.refresh_from_db()
    assert item.state == ItemState.DISPUTED
    assert not Verdict.objects.filter(item=item).exists()
    seen = Event.objects.filter(kind="item.suggestion_read", subject_id=item.pk)
    assert seen.count() == 2
    assert [(event.after or {})["suggested"]["tone"]["value"] for event in seen] == ["fine", "fine"]


def test_the_desk_offers_it_and_does_not_show_it_unasked(
    people: Cast, signed_in: SignIn, queue: Queue, trio: tuple[Person, Person, Person]
) -> None:
    item = disputed_after(queue, trio, 3)

    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/items/{item.pk}/settle")

    assert f"/items/{item.pk}/suggestion" in page.content.decode()
    assert not Event.objects.filter(kind="item.suggestion_read").exists()
