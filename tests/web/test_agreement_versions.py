"""The pages behind agreement: by guideline, by subgroup, only items of chance, and the items themselves."""

import csv
from io import StringIO
from math import sqrt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.agree import groups as agree
from queues.agree.histogram import By
from queues.models import FormVersion, Queue
from tests.factories.projects import Cast
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import FORM, TONE, queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE]})


def pair(people: Cast, one: str, other: str, **fields: Any) -> Shared:
    both = [Given(people.ann, answers={"tone": one}), Given(people.lee, answers={"tone": other})]
    return Shared(both, **fields)


def mixed(people: Cast) -> list[Shared]:
    """Twelve in English that agree, drawn by chance; twelve in German that differ, sent by two rules."""
    gold, free = {"plan": "gold", "is_new": True, "visits": 12}, {"plan": "free", "is_new": True}
    english = [
        pair(people, tone, tone, locale="en", drawn="overlap", cohort=gold) for tone in ["fine", "rude"] * 6
    ]
    german = [
        pair(
            people, "fine", "rude", locale="de", segment="trial", kinds=("uncertain", "badly_rated"),
            cohort=free,
        )
        for _ in range(12)
    ]  # fmt: skip
    return english + german


def address(people: Cast, tail: str) -> str:
    return f"/projects/{people.project.slug}/agreement/{tail}"


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (By.LOCALE, ["de", "en"]),
        (By.SEGMENT, ["", "trial"]),
        (By.REASON, ["badly_rated", "uncertain"]),
        (By.COHORT, ["is_new=true", "plan=free", "plan=gold"]),
    ],
)
def test_subgroups_are_told_apart(people: Cast, queue: Queue, by: By, names: list[str]) -> None:
    shared(queue, mixed(people))

    found = agree.grouped(queue, key="tone", by=by).groups

    assert [group.name for group in found] == names


def test_the_page_by_language_counts_and_opens_its_items(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    shared(queue, mixed(people))
    lee = signed_in(people.lee)

    page = lee.get(address(people, "groups/"), {"question": "tone", "by": "locale"})

    german, english = page.context["lines"]
    assert (german.of.percent.value, english.of.percent.value) == (0.0, 1.0)
    opened = lee.get(german.url)
    assert len(opened.context["rows"]) == 12
    assert {row.item.locale for row, _answers in opened.context["rows"]} == {"de"}
    assert "Ann" not in opened.content.decode().split("<main")[1]


def test_each_part_of_a_cohort_has_its_figure_with_n_and_opens_its_items(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    shared(queue, mixed(people))
    lee = signed_in(people.lee)

    page = lee.get(address(people, "groups/"), {"question": "tone", "by": "cohort"})

    new, free, gold = page.context["lines"]
    assert [line.of.percent.value for line in (new, free, gold)] == [0.5, 0.0, 1.0]
    assert [line.of.main.n_units for line in (new, free, gold)] == [24, 12, 12]
    assert new.of.main.low is not None and new.of.main.low < new.of.main.value < new.of.main.high
    opened = lee.get(free.url)
    assert {row.item.locale for row, _answers in opened.context["rows"]} == {"de"}
    assert len(lee.get(new.url).context["rows"]) == 24
    assert lee.get(free.url.replace("plan%3Dfree", "plan%3D")).context["rows"] == []


def test_without_a_cohort_the_page_says_what_to_do(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    shared(queue, [pair(people, "fine", "fine")])

    page = signed_in(people.lee).get(address(people, "groups/"), {"question": "tone", "by": "cohort"})

    assert page.context["lines"] == []
    assert "subject.cohort" in page.content.decode()


def test_items_of_chance_are_told_apart_from_hard_ones(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    shared(queue, mixed(people))
    lee = signed_in(people.lee)

    page = lee.get(address(people, "groups/"), {"question": "tone", "by": "locale", "only": "drawn"})

    german, english = page.context["lines"]
    assert (german.of.main.n_units, english.of.main.n_units) == (0, 12)
    assert "speak of all the work of each group" in page.content.decode()


def test_a_change_of_the_guideline_has_its_line(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    shared(
        queue, [pair(people, *tones) for tones in [("fine", "rude"), ("rude", "rude"), ("fine", "fine")] * 12]
    )
    new = {**FORM, "guideline": "Be strict.", "questions": [TONE]}
    queue.form = FormVersion.objects.create(queue=queue, version=2, document=new, reason="<i>Strict</i>")
    queue.save()
    shared(
        queue, [pair(people, tone, tone) for tone in ["fine", "rude"] * 30] + [pair(people, "fine", "rude")]
    )
    lee = signed_in(people.lee)

    page = lee.get(address(people, "versions/"), {"question": "tone"})

    one, two = page.context["lines"]
    assert (one.change, two.of.guideline_changed) == ("", True)
    assert two.change.startswith("+0.") and "surely higher" in page.content.decode()
    assert two.same_change.startswith("+31.7 [")  # 60 of 61 less 24 of 36
    assert "&lt;i&gt;Strict&lt;/i&gt;" in page.content.decode()
    assert lee.get(two.url).context["n_items"] == 61
    rows = list(csv.DictReader(StringIO(lee.get(page.context["csv_url"]).content.decode())))
    assert [(row["version"], row["items"], row["guideline_changed"]) for row in rows] == [
        ("1", "36", "False"),
        ("2", "61", "True"),
    ]


def test_the_page_opens_on_the_question_that_moved_and_tells_all_of_them(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    shared(queue, [pair(people, *tones) for tones in [("fine", "rude"), ("rude", "rude")] * 20])
    new = {**FORM, "guideline": "Be <strict>.", "questions": [TONE]}
    queue.form = FormVersion.objects.create(queue=queue, version=2, document=new, author=people.lee)
    queue.save()
    shared(queue, [pair(people, tone, tone) for tone in ["fine", "rude"] * 15])
    other = queue_in(people.project, slug="other", form=FORM)
    lee = signed_in(people.lee)

    page = lee.get(address(people, "versions/"), {"queue": queue.slug})

    decision, tone = page.context["moved"]
    assert page.context["found"].asked.key == "tone"
    assert (decision.is_chosen, tone.is_chosen, tone.same_change[:5]) == (False, True, "+50.0")
    assert "<ins>Be &lt;strict&gt;.</ins>" in page.content.decode()
    assert [lee.get(url).context["n_items"] for url in (tone.before_url, tone.after_url)] == [40, 30]
    assert lee.get(decision.url).context["found"].asked.key == "decision"
    for_queue = page.content.decode().split('name="queue"')[1].split("</form>")[0]
    assert f'value="{other.slug}"' in for_queue and 'name="question"' not in for_queue  # it may not ask that


def test_a_change_to_perfect_agreement_is_told_by_the_share_of_equal_answers(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    shared(queue, [pair(people, *tones) for tones in [("fine", "rude"), ("rude", "rude")] * 10])
    queue.form = FormVersion.objects.create(queue=queue, version=2, document={**FORM, "questions": [TONE]})
    queue.save()
    shared(queue, [pair(people, tone, tone) for tone in ["fine", "rude"] * 10])

    page = signed_in(people.lee).get(address(people, "versions/"), {"question": "tone"})

    one, two = page.context["lines"]
    before, proven = one.of.percent, two.of.percent.at_least
    assert (two.change, proven) == ("", pytest.approx(0.05 ** (1 / 20)))
    assert two.of.same_change.difference == pytest.approx(0.5)
    assert two.of.same_change.low == pytest.approx(0.5 - sqrt((1 - proven) ** 2 + (before.high - 0.5) ** 2))
    assert two.of.same_change.high == pytest.approx(0.5 + (0.5 - before.low))
    assert "surely higher" in page.content.decode()


def test_items_on_which_people_differ_can_be_asked_for(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    shared(queue, mixed(people))

    page = signed_in(people.lee).get(address(people, "items/"), {"question": "tone", "differing": "yes"})

    assert {tuple(answers) for _row, answers in page.context["rows"]} == {("Fine", "Rude")}
    assert page.context["n_items"] == 12


@pytest.mark.parametrize("tail", ["versions/", "items/"])
@pytest.mark.parametrize("query", [{"question": "nothing"}, {"queue": "elsewhere"}])
def test_what_is_not_there_is_not_found(
    people: Cast, signed_in: SignIn, queue: Queue, tail: str, query: dict[str, str]
) -> None:
    assert signed_in(people.lee).get(address(people, tail), query).status_code == 404


def test_an_empty_queue_says_what_to_do(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    lee = signed_in(people.lee)

    assert "Nobody has reviewed a shared item" in lee.get(address(people, "versions/")).content.decode()
    assert "No such item among the newest" in lee.get(address(people, "items/")).content.decode()


@pytest.mark.parametrize("tail", ["versions/", "items/"])
def test_the_pages_cost_the_same_statements_however_many_items_there_are(
    people: Cast, signed_in: SignIn, queue: Queue, tail: str
) -> None:
    client = signed_in(people.lee)
    shared(queue, mixed(people)[:1])
    client.get(address(people, tail))
    with CaptureQueriesContext(connection) as few:
        client.get(address(people, tail))
    shared(queue, mixed(people))

    with CaptureQueriesContext(connection) as many:
        client.get(address(people, tail))

    assert len(many) == len(few)
