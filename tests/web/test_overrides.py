"""The page of overrides: figures with n and interval, cases, and people for leads only."""

import csv
import io
import re
from html import unescape

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.models import Event
from queues import pipeline
from queues.models import Queue
from tests.api.conftest import Program
from tests.factories.judgements import VIOLATION, judged
from tests.factories.projects import Cast
from tests.factories.reviews import APPROVE, REJECT, disputed, reviewed
from tests.factories.work import FORM, queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [VIOLATION]})


@pytest.fixture
def work(people: Cast, queue: Queue) -> None:
    """Ann approves two and rejects one; a filter flagged what she calls harmless."""
    judged(queue, (people.ann, {**APPROVE, "reasons": ["vague"]}), flags=(("mod<b>", "hate", True),))
    judged(queue, (people.ann, APPROVE))
    judged(queue, (people.ann, REJECT))


def page(people: Cast) -> str:
    return f"/projects/{people.project.slug}/overrides/"


def test_an_empty_project_says_that_nothing_is_defined(people: Cast, signed_in: SignIn) -> None:
    text = unescape(signed_in(people.lee).get(page(people)).content.decode())

    assert "not defined: none yet" in text
    assert "No override of this kind." in text
    assert not Event.objects.filter(kind="overrides.seen").exists()


@pytest.mark.usefixtures("work")
def test_each_kind_stands_with_n_interval_and_its_cases(people: Cast, signed_in: SignIn) -> None:
    answer = signed_in(people.lee).get(page(people))

    kinds = {line.kind.value: line.rates for line in answer.context["kinds"]}
    text = unescape(answer.content.decode())
    assert (kinds["model"].overrides, kinds["model"].decided) == (1, 3)
    assert "33.3%" in text
    assert "1 of 3" in text
    assert "approve → reject" in text
    assert "mod<b>" in text
    assert "mod<b>" not in answer.content.decode()


@pytest.mark.usefixtures("work")
def test_a_filter_that_people_called_wrong_is_named_with_its_category(
    people: Cast, signed_in: SignIn
) -> None:
    answer = signed_in(people.mel).get(page(people) + "?kind=safety_filter")

    ((line, *_rest),) = [answer.context["filters"]]
    assert (line.component, line.category, line.rates.overrides, line.rates.decided) == (
        "mod<b>",
        "hate",
        1,
        1,
    )
    assert line.precision is not None
    assert (line.precision.k, line.precision.n) == (0, 1)
    assert "flagged → fine" in answer.content.decode()
    opened = signed_in(people.mel).get(line.url)
    assert {case.judgement.category for case, *_words in opened.context["cases"]} == {"hate"}
    other = signed_in(people.mel).get(line.url.replace("category=hate", "category=other"))
    assert other.status_code == 404


@pytest.mark.usefixtures("work")
def test_people_are_shown_to_leads_only_and_each_look_is_recorded(people: Cast, signed_in: SignIn) -> None:
    engineer = signed_in(people.mel).get(page(people)).content.decode()
    assert not Event.objects.filter(kind="overrides.seen").exists()

    lead = signed_in(people.lee).get(page(people)).content.decode()

    assert "against chance" not in engineer
    assert not re.search(r"\bAnn\b", engineer)
    assert re.search(r"\bAnn\b", lead)
    assert "against chance" in lead
    assert "too few to say" in lead
    assert Event.objects.get(kind="overrides.seen").actor_person_id == people.lee.pk


@pytest.mark.usefixtures("work")
def test_ones_own_page_is_for_oneself_and_for_leads_whose_look_is_recorded(
    people: Cast, signed_in: SignIn
) -> None:
    own, leads = page(people) + f"people/{people.ann.pk}/", page(people) + f"people/{people.lee.pk}/"

    mine = signed_in(people.ann).get(own)
    assert not Event.objects.filter(kind="overrides.seen").exists()
    theirs = signed_in(people.lee).get(own)

    assert "My overrides" in mine.content.decode()
    assert "a golden answer" not in mine.content.decode()
    assert "a golden answer" in theirs.content.decode()
    assert signed_in(people.ann).get(leads).status_code == 404
    assert signed_in(people.ann).get(own + "?kind=gold").status_code == 404
    assert signed_in(people.lee).get(page(people) + f"people/{people.sam.pk}/").status_code == 404
    assert Event.objects.get(kind="overrides.seen").subject_id == people.ann.pk


@pytest.mark.usefixtures("work")
def test_the_csv_holds_the_counts_and_no_person(people: Cast, signed_in: SignIn) -> None:
    answer = signed_in(people.mel).get(f"/projects/{people.project.slug}/overrides.csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {(row["kind"], row["after"], row["judgements"]) for row in rows if row["kind"] == "model"} == {
        ("model", "approve", "2"),
        ("model", "reject", "1"),
    }
    assert "Ann" not in answer.content.decode()


@pytest.mark.usefixtures("work")
def test_a_funnel_is_drawn_once_two_people_have_done_enough(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    for who in (people.ann, people.olga):
        for number in range(20):
            judged(queue, (who, REJECT if number % 5 == 0 else APPROVE))

    answer = signed_in(people.lee).get(page(people))

    assert len(answer.context["plot"].marks) == 2
    assert '<svg class="plot funnel"' in answer.content.decode()


def test_whose_overrides_were_reversed_is_one_link_away(people: Cast, signed_in: SignIn) -> None:
    item = disputed(people, people.olga, people.ann)
    pipeline.settle_by_lead(
        item.pk, project=people.project, by=Actor(people.lee.pk), document=APPROVE, why="Right."
    )
    lee = signed_in(people.lee)

    answer = lee.get(page(people))

    by_kind = next(line for line in answer.context["kinds"] if line.kind == "model")
    of_ann = next(line for line in answer.context["people"] if line.name == people.ann.name)
    for url in (by_kind.reversed_url, of_ann.reversed_url):
        assert unescape(answer.content.decode()).count(f'href="{url}"') >= 1
        assert [case.fate for case, *_words in lee.get(url).context["cases"]] == ["reversed"]
    assert lee.get(page(people) + "?became=holds").context["cases"] == []


def test_the_statements_do_not_grow_with_the_overrides(
    people: Cast, signed_in: SignIn, queue: Queue, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        judged(queue, (people.ann, REJECT))
    lee = signed_in(people.lee)

    with django_assert_max_num_queries(15):
        lee.get(page(people))


@pytest.mark.usefixtures("work")
def test_programs_read_the_same_and_see_people_only_where_they_may_settle(people: Cast) -> None:
    engineer, lead = Program(people, people.mel), Program(people, people.lee)

    rates = {line["kind"]: line for line in engineer.get("overrides/rates").json()["items"]}
    (blind,) = engineer.get("overrides?kind=model").json()["items"]
    (seen,) = lead.get("overrides?kind=model").json()["items"]

    assert (rates["model"]["decisions"], rates["model"]["overridden"]["k"]) == (3, 1)
    assert rates["gold"]["overridden"] is None
    assert (blind["before"], blind["after"], blind["became"], blind["person"]) == (
        "approve",
        "reject",
        "holds",
        None,
    )
    assert seen["person"] == people.ann.pk
    assert engineer.get("overrides?queue=nowhere").status_code == 404
    assert engineer.get("overrides?kind=mood").status_code == 400


def test_a_lead_is_told_of_no_override_on_an_item_that_is_still_under_review(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann, REJECT)
    anns = page(people) + f"people/{people.ann.pk}/"

    leads, own = signed_in(people.lee).get(anns), signed_in(people.ann).get(anns)

    assert leads.context["cases"] == []
    assert len(own.context["cases"]) == 1


def test_a_figure_counts_the_cases_that_it_opens_and_none_under_review(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    judged(queue, (people.ann, REJECT), flags=(("mod", "hate", True),))
    waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann, {**REJECT, "answers": {"violation": "no"}})

    answer = signed_in(people.lee).get(page(people) + "?kind=model")
    own = signed_in(people.ann).get(f"{page(people)}people/{people.ann.pk}/?kind=model")

    for shown, n in ((answer, 1), (own, 2)):
        rates = {line.kind.value: line.rates for line in shown.context["kinds"]}["model"]
        assert (rates.overrides, rates.decided) == (n, n)
        assert len(shown.context["cases"]) == n
        assert f"{n} of {n}" in shown.content.decode()


def test_a_reason_has_the_words_of_its_own_queue(people: Cast, signed_in: SignIn) -> None:
    vague, factual = ({"value": value, "label": value.title()} for value in ("vague", "factual"))
    other = {**FORM, "reasons": [vague, {**factual, "label": "Beside the point"}]}
    here = queue_in(people.project, form={**FORM, "reasons": [vague, factual]})
    there = queue_in(people.project, form=other)
    for queue in (here, there):
        judged(queue, (people.ann, REJECT))

    answer = signed_in(people.lee).get(page(people))
    alone = signed_in(people.lee).get(f"{page(people)}?queue={here.slug}")

    words = {case.judgement.queue_id: reasons for case, *_rest, reasons in answer.context["cases"]}
    assert words == {here.pk: ["Factual"], there.pk: ["Beside the point"]}
    assert "Beside the point" not in alone.content.decode()


def test_figures_of_a_person_in_one_queue_open_the_cases_of_that_queue(
    people: Cast, signed_in: SignIn
) -> None:
    here, there = queue_in(people.project, form=FORM), queue_in(people.project, form=FORM)
    for queue in (here, there, there):
        judged(queue, (people.ann, REJECT))
    lee = signed_in(people.lee)

    (line,) = lee.get(f"{page(people)}?queue={here.slug}").context["people"]
    opened, whole = lee.get(line.url), lee.get(f"{page(people)}people/{people.ann.pk}/")

    assert line.found.rates.overrides == 1
    assert [len(one.context["cases"]) for one in (opened, whole)] == [1, 3]
    assert opened.context["kinds"][0].rates.overrides == 1
    assert "All queues" in opened.content.decode().partition("<main")[2]
