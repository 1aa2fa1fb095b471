"""Agreement by person: pairs, each against the rest, the items where two differ; who may see it."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.models import Event, Person
from accounts.roles import Role
from queues.agree import people as agree
from queues.errors import NotFound
from queues.models import Item, Queue
from queues.review import form_versions
from tests.factories.projects import Cast, member
from tests.factories.reviews import APPROVE, reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

TAGS: dict[str, Any] = {
    "key": "tags",
    "kind": "multiple_choice",
    "label": "What is in it?",
    "options": [{"value": "fact", "label": "<b>Fact</b>"}, {"value": "joke", "label": "Joke"}],
}


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE, TAGS]})


@pytest.fixture
def olaf(people: Cast) -> Person:
    people.everybody()
    return member(people.project, Role.ANNOTATOR, name="Olaf <i>")


def address(people: Cast, tail: str = "people/") -> str:
    return f"/projects/{people.project.slug}/agreement/{tail}"


def item_of(queue: Queue, said: dict[Person, str], tags: tuple[str, ...] = ("fact",)) -> Item:
    """An item on which each of them has said this of the tone."""
    item = waiting(queue, reviews_needed=len(said))
    for person, tone in said.items():
        reviewed(queue, person, {**APPROVE, "answers": {"tone": tone, "tags": list(tags)}})
    return item


def three_on_twelve(queue: Queue, people: Cast, olaf: Person) -> None:
    """Ann and lee always say the same, rude on every third; olaf says the opposite on six of twelve."""
    for number in range(12):
        tone, other = ("rude", "fine") if number % 3 == 0 else ("fine", "rude")
        item_of(queue, {people.ann: tone, people.lee: tone, olaf: other if number < 6 else tone})


def test_pairs_have_their_share_of_equal_answers_with_interval_and_n(
    people: Cast, queue: Queue, olaf: Person
) -> None:
    three_on_twelve(queue, people, olaf)

    pairs = {(pair.one_id, pair.other_id): pair for pair in agree.among(queue, key="tone").pairs}

    assert pairs[people.ann.pk, people.lee.pk].same == 1.0
    with_olaf = pairs[people.ann.pk, olaf.pk]
    assert (with_olaf.n_items, with_olaf.n_same, with_olaf.n_differing) == (12, 6, 6)
    assert with_olaf.share.low < 0.5 < with_olaf.share.high
    # By hand: answers 4 + 6 rude and 8 + 6 fine, half of the items differ.
    assert with_olaf.alpha.value == pytest.approx(1 - 23 * 6 * 2 / (2 * 10 * 14))
    # Ann called 4 of 12 rude and olaf 6: by chance 4/12 x 6/12 + 8/12 x 6/12 = 1/2 are the same.
    assert with_olaf.kappa is not None and with_olaf.kappa.value == pytest.approx(0.0)


def test_whoever_differs_from_the_rest_comes_first_and_lowers_agreement(
    people: Cast, queue: Queue, olaf: Person
) -> None:
    three_on_twelve(queue, people, olaf)

    found = agree.among(queue, key="tone")

    first = found.people[0]
    assert first.person_id == olaf.pk
    assert first.without is not None and first.without.value == 1.0
    assert first.influence == pytest.approx(1.0 - (found.main.value or 0.0))
    assert all(first.against_rest < one.against_rest for one in found.people[1:])  # type: ignore[operator]


def test_the_page_names_the_people_and_opens_the_items_where_two_differ(
    people: Cast, signed_in: SignIn, queue: Queue, olaf: Person
) -> None:
    three_on_twelve(queue, people, olaf)
    client = signed_in(people.lee)

    shown = client.get(address(people), {"queue": queue.slug, "question": "tone"})
    line = next(line for line in shown.context["pairs"] if line.other == olaf.name and line.one == "Ann")
    opened = client.get(line.url)

    assert "Olaf &lt;i&gt;" in shown.content.decode()
    assert opened.context["n_items"] == 6
    assert {tuple(row[1:]) for row in opened.context["rows"]} == {("Rude", "Fine"), ("Fine", "Rude")}
    newest = [row[0].item_id for row in opened.context["rows"]]
    assert newest == sorted(newest, reverse=True)


def test_sets_are_compared_and_shown_by_their_labels_escaped(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    waiting(queue, reviews_needed=2)
    for person, tags in ((people.ann, ["fact", "joke"]), (people.lee, ["joke"])):
        reviewed(queue, person, {**APPROVE, "answers": {"tone": "fine", "tags": tags}})
    pair = {"question": "tags", "one": str(people.ann.pk), "other": str(people.lee.pk)}

    opened = signed_in(people.lee).get(address(people, "differing/"), pair)

    assert [row[1:] for row in opened.context["rows"]] == [("<b>Fact</b>, Joke", "Joke")]
    assert "&lt;b&gt;Fact&lt;/b&gt;, Joke" in opened.content.decode()


def test_two_who_never_differ_see_that_said(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    item_of(queue, {people.ann: "fine", people.lee: "fine"})

    page = signed_in(people.lee).get(
        address(people, "differing/"), {"one": people.ann.pk, "other": people.lee.pk}
    )

    assert "They differ on no item" in page.content.decode()


def test_without_two_answers_to_one_item_the_page_says_what_to_do(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "No two people have answered the same item" in page


def test_each_look_at_figures_of_persons_leaves_an_event(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    item_of(queue, {people.ann: "fine", people.lee: "rude"})
    client = signed_in(people.lee)

    client.get(address(people), {"question": "tone"})
    client.get(address(people, "people.csv"))
    client.get(address(people, "differing/"), {"one": people.ann.pk, "other": people.lee.pk})

    seen = Event.objects.filter(kind="agreement.people_read", subject_id=queue.pk).order_by("id")
    assert [event.after and event.after["people"] for event in seen] == [
        [],
        [],
        [people.ann.pk, people.lee.pk],
    ]
    assert {event.actor_person_id for event in seen} == {people.lee.pk}


@pytest.mark.parametrize("tail", ["people/", "people.csv", "differing/?one=1&other=2"])
@pytest.mark.parametrize("who", ["ann", "mel", "sam"])
def test_nobody_but_who_leads_sees_figures_of_persons(
    people: Cast, signed_in: SignIn, queue: Queue, who: str, tail: str
) -> None:
    answer = signed_in(getattr(people, who)).get(address(people, tail))

    assert answer.status_code == (404 if who == "sam" else 403)
    assert not Event.objects.filter(kind="agreement.people_read").exists()


@pytest.mark.parametrize(
    "tail",
    [
        "people/?question=nothing",
        "people/?queue=elsewhere",
        "differing/",
        "differing/?one=1&other=2",
        "differing/?question=nothing&one=1&other=2",
        "people.csv?question=nothing",
    ],
)
def test_what_is_not_there_is_not_found(people: Cast, signed_in: SignIn, queue: Queue, tail: str) -> None:
    assert signed_in(people.lee).get(address(people, tail)).status_code == 404


def test_an_unknown_question_is_refused_with_a_way_on(queue: Queue) -> None:
    with pytest.raises(NotFound, match="Choose one from the page of agreement"):
        agree.among(queue, key="nothing")


def test_both_tables_are_there_as_csv(people: Cast, signed_in: SignIn, queue: Queue, olaf: Person) -> None:
    three_on_twelve(queue, people, olaf)

    answer = signed_in(people.lee).get(address(people, "people.csv"), {"question": "tone"})

    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert [row["kind"] for row in rows] == ["person"] * 3 + ["pair"] * 3
    assert rows[0]["one_id"] == str(olaf.pk)
    assert sorted(float(row["same"]) for row in rows[3:]) == [0.5, 0.5, 1.0]


def test_figures_of_persons_cost_the_same_statements_however_many_reviewed(
    people: Cast, signed_in: SignIn, queue: Queue, olaf: Person
) -> None:
    client = signed_in(people.lee)
    item_of(queue, {people.ann: "fine", people.lee: "rude"})
    client.get(address(people))
    with CaptureQueriesContext(connection) as few:
        client.get(address(people))
    three_on_twelve(queue, people, olaf)

    with CaptureQueriesContext(connection) as many:
        client.get(address(people))

    assert len(many) == len(few)


def test_nothing_is_told_of_an_item_that_is_still_under_review(
    people: Cast, queue: Queue, olaf: Person
) -> None:
    waiting(queue, reviews_needed=3)
    for person, tone in ((people.ann, "fine"), (olaf, "rude")):
        reviewed(queue, person, {**APPROVE, "answers": {"tone": tone, "tags": ["fact"]}})

    _asked, found = agree.differing(queue, key="tone", one_id=people.ann.pk, other_id=olaf.pk)

    assert found == []
    assert agree.among(queue, key="tone").pairs == []


def test_answers_to_an_older_form_are_compared_as_the_newer_one_maps_them(people: Cast, queue: Queue) -> None:
    item_of(queue, {people.ann: "fine", people.lee: "rude"})
    options = [{"value": "good", "label": "Good"}, {"value": "bad", "label": "Bad"}]
    form_versions.new_version(
        queue,
        document={**FORM, "questions": [{**TONE, "options": options}, TAGS]},
        by=Actor(people.lee.pk),
        reason="Clearer words",
        mappings={"tone": {"fine": "good", "rude": "bad"}},
    )

    asked, (row,) = agree.differing(queue, key="tone", one_id=people.ann.pk, other_id=people.lee.pk)

    assert asked.scale.values == ("good", "bad")
    assert (row.one, row.other) == ("good", "bad")


def test_the_square_shows_each_with_each_and_opens_where_they_differ(
    people: Cast, signed_in: SignIn, queue: Queue, olaf: Person
) -> None:
    three_on_twelve(queue, people, olaf)

    page = signed_in(people.lee).get(address(people), {"queue": queue.slug, "question": "tone"})

    rows = page.context["map"]
    assert [row.name for row in rows] == sorted(row.name for row in rows)
    square = {
        (row.name, other.name): cell for row in rows for other, cell in zip(rows, row.cells, strict=True)
    }
    assert square["Ann", "Ann"] is None
    assert (square["Ann", "Lee"].of.same, square["Ann", "Lee"].step) == (1.0, 5)
    assert square["Ann", olaf.name] == square[olaf.name, "Ann"]
    assert (square["Ann", olaf.name].of.same, square["Ann", olaf.name].step) == (0.5, 3)
    assert f'href="{square["Ann", olaf.name].url}"'.replace("&", "&amp;") in page.content.decode()


def test_pairs_are_turned_by_page_and_only_those_shown_are_computed(
    people: Cast, signed_in: SignIn, queue: Queue, olaf: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agree, "PAGE_OF_PAIRS", 1)
    three_on_twelve(queue, people, olaf)
    item_of(queue, {people.ann: "fine", people.lee: "fine"})

    first = signed_in(people.lee).get(address(people), {"question": "tone"})
    second = signed_in(people.lee).get(first.context["next_url"])
    whole = agree.among(queue, key="tone", page=None)

    assert [(line.one, line.other) for line in first.context["pairs"]] == [("Ann", "Lee")]
    assert [line.of for line in second.context["pairs"]] == list(whole.pairs[1:2])
    assert len(whole.pairs) == len(second.context["found"].meetings) == 3
