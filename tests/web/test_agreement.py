"""The page of agreement: figures with intervals and n, or why there is none; the same as CSV."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.models import Person
from queues import reviewing, sweeper
from queues.agree import queries as agree
from queues.models import AgreementUnit, Item, Queue
from tests.factories.projects import Cast
from tests.factories.reviews import APPROVE, REJECT, reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

SCALE: dict[str, Any] = {
    "key": "quality",
    "kind": "rating",
    "label": "How <b>good</b>?",
    "allows_unsure": True,
}
TEXT: dict[str, Any] = {"key": "remark", "kind": "short_text", "label": "Anything else?"}


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE, SCALE, TEXT]})


def address(people: Cast, tail: str = "/") -> str:
    return f"/projects/{people.project.slug}/agreement{tail}"


def said(document: dict[str, Any], tone: str, quality: object) -> dict[str, Any]:
    return {**document, "answers": {"tone": tone, "quality": quality}}


def both(queue: Queue, people: Cast, one: dict[str, Any], other: dict[str, Any]) -> Item:
    """An item that ann and lee have reviewed."""
    item = waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann, one)
    reviewed(queue, people.lee, other)
    return item


def twelve(queue: Queue, people: Cast) -> None:
    """Twelve shared items: eight alike, four not; one answer is "unsure"."""
    for number in range(8):
        one = said(APPROVE if number % 2 else REJECT, "fine" if number % 2 else "rude", 1 + number % 5)
        both(queue, people, one, one)
    for _ in range(3):
        both(queue, people, said(APPROVE, "fine", 2), said(REJECT, "rude", 5))
    both(queue, people, said(APPROVE, "fine", 3), said(APPROVE, "rude", "unsure"))


def test_without_a_queue_the_page_says_what_to_do(people: Cast, signed_in: SignIn) -> None:
    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "There is no queue yet" in page


def test_without_a_shared_item_the_page_opens_the_settings(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    waiting(queue)
    reviewed(queue, people.ann, said(APPROVE, "fine", 1))

    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "Nobody has reviewed a shared item here" in page
    assert f"/queues/{queue.slug}/settings" in page


def test_each_question_has_its_figure_with_interval_and_n(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    twelve(queue, people)

    shown = signed_in(people.lee).get(address(people))

    decision, tone, quality = (line.of for line in shown.context["lines"])
    # By hand: 24 decisions, 13 approve and 11 reject; 3 of 12 items differ.
    assert decision.main.value == pytest.approx(1 - 23 * 3 * 2 / (2 * 13 * 11))
    assert tone.percent.value == pytest.approx(8 / 12)
    assert (tone.main.n_units, quality.main.n_units) == (12, 11)
    assert quality.metric == "alpha_ordinal"
    assert tone.main.low is not None and tone.main.low < tone.main.value < tone.main.high
    assert f"{tone.main.value:.2f}" in shown.content.decode()


def test_labels_of_the_form_are_escaped_and_texts_named_as_left_out(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    twelve(queue, people)

    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "How &lt;b&gt;good&lt;/b&gt;?" in page
    assert "are not in this table" in page and "Anything else?" in page


def test_answers_that_are_unsure_are_left_out_of_an_order_and_counted(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    twelve(queue, people)

    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "1 of 24 answers are “unsure” and left out" in page
    assert [one.unsure for one in agree.of_queue(queue).questions] == [(0, 0), (0, 24), (1, 24)]


def test_few_items_show_a_value_without_an_interval_and_say_so(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    both(queue, people, said(APPROVE, "fine", 1), said(REJECT, "rude", 2))
    both(queue, people, said(APPROVE, "fine", 1), said(APPROVE, "fine", 2))

    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "no interval: fewer than 10 items have two answers" in page
    assert "too little to say" in page


def test_one_value_only_is_not_defined_instead_of_perfect(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    both(queue, people, said(APPROVE, "fine", 1), said(APPROVE, "fine", 1))

    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "not defined: only one value was used" in page


def test_an_escalation_is_a_question_and_no_disagreement(people: Cast, queue: Queue) -> None:
    both(queue, people, said(APPROVE, "fine", 1), {"decision": "escalate", "note": "Is this ours?"})

    decision = agree.of_queue(queue).questions[0]

    assert (decision.main.value, decision.main.why) == (None, "no_pairs")


def test_an_undone_review_counts_no_more(people: Cast, queue: Queue) -> None:
    item = both(queue, people, said(APPROVE, "fine", 1), said(REJECT, "rude", 2))
    before = agree.of_queue(queue).questions[0].main.n_units

    reviewing.undo(item.reviews.get(person=people.lee).pk, project=queue.project, by=Actor(people.lee.pk))

    assert (before, agree.of_queue(queue).questions[0].main.n_units) == (1, 0)


def test_items_drawn_by_chance_can_be_looked_at_alone(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    both(queue, people, said(APPROVE, "fine", 1), said(REJECT, "rude", 2))
    drawn = waiting(queue, reviews_needed=2)
    Item.objects.filter(pk=drawn.pk).update(blind_drawn=True, extra_reviews=1)
    reviewed(queue, people.ann, said(APPROVE, "fine", 1))
    reviewed(queue, people.lee, said(APPROVE, "fine", 2))

    shown = signed_in(people.lee).get(address(people), {"queue": queue.slug, "only": "drawn"})

    assert shown.context["lines"][0].of.percent.value == 1.0
    assert (shown.context["found"].n_items, shown.context["found"].n_drawn) == (2, 1)


def test_the_page_costs_the_same_statements_however_much_was_reviewed(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    client = signed_in(people.lee)
    both(queue, people, said(APPROVE, "fine", 1), said(APPROVE, "fine", 1))
    client.get(address(people))
    with CaptureQueriesContext(connection) as few:
        client.get(address(people))
    twelve(queue, people)

    with CaptureQueriesContext(connection) as many:
        client.get(address(people))

    assert len(many) == len(few)


def test_what_is_still_under_review_is_not_told(people: Cast, queue: Queue) -> None:
    waiting(queue, reviews_needed=3)
    for person in (people.ann, people.lee):
        reviewed(queue, person, said(APPROVE, "fine", 1))

    assert agree.of_queue(queue).n_items == 0


def test_what_was_reviewed_before_is_said_to_be_still_counted(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    both(queue, people, said(APPROVE, "fine", 1), said(APPROVE, "fine", 1))
    item = both(queue, people, said(APPROVE, "fine", 1), said(APPROVE, "fine", 1))
    AgreementUnit.objects.filter(pk=item.pk).update(holds=None, is_folded=True, is_owed=True)

    before = signed_in(people.lee).get(address(people))
    sweeper.sweep()
    after = signed_in(people.lee).get(address(people))

    assert "still being counted" in before.content.decode()
    assert "still being counted" not in after.content.decode()
    assert (before.context["found"].n_items, after.context["found"].n_items) == (1, 2)


def test_the_table_is_there_as_csv_with_all_digits(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    twelve(queue, people)

    answer = signed_in(people.lee).get(address(people, ".csv"), {"queue": queue.slug})

    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert [row["question"] for row in rows] == ["decision", "tone", "quality"]
    assert float(rows[1]["percent"]) == pytest.approx(8 / 12)


@pytest.mark.parametrize("tail", ["/", ".csv"])
def test_a_queue_of_another_project_is_not_found(
    people: Cast, signed_in: SignIn, queue: Queue, tail: str
) -> None:
    answer = signed_in(people.lee).get(address(people, tail), {"queue": "elsewhere"})

    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["ann", "sam"])
def test_who_may_not_read_the_project_sees_no_figure(
    people: Cast, signed_in: SignIn, queue: Queue, who: str
) -> None:
    person: Person = getattr(people, who)

    assert signed_in(person).get(address(people)).status_code in (403, 404)
