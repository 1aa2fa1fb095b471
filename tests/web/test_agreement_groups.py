"""Agreement of one question by week and by model version: figures, gaps, chart, CSV."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.agree import groups as agree
from queues.agree.histogram import By
from queues.models import Item, Queue
from tests.factories.projects import Cast
from tests.factories.reviews import APPROVE, reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE]})


def address(people: Cast, tail: str = "/") -> str:
    return f"/projects/{people.project.slug}/agreement/groups{tail}"


def both(queue: Queue, people: Cast, one: str, other: str, *, opened: datetime = MONDAY) -> Item:
    """An item of that day on which ann and lee said this of the tone."""
    item = waiting(queue, reviews_needed=2)
    Item.objects.filter(pk=item.pk).update(created_at=opened)
    for person, tone in ((people.ann, one), (people.lee, other)):
        reviewed(queue, person, {**APPROVE, "answers": {"tone": tone}})
    return item


def three_weeks(queue: Queue, people: Cast) -> None:
    """Half the same in the first week, nothing in the second, all the same in the third."""
    both(queue, people, "fine", "rude")
    both(queue, people, "rude", "rude", opened=MONDAY + timedelta(days=6, hours=23))
    both(queue, people, "fine", "fine", opened=MONDAY + timedelta(days=14))
    both(queue, people, "rude", "rude", opened=MONDAY + timedelta(days=15))


def test_weeks_begin_on_monday_and_an_empty_one_is_not_defined(people: Cast, queue: Queue) -> None:
    three_weeks(queue, people)

    weeks = agree.grouped(queue, key="tone", by=By.WEEK).groups

    assert [week.name for week in weeks] == ["2026-03-02", "2026-03-09", "2026-03-16"]
    assert [week.percent.value for week in weeks] == [0.5, None, 1.0]
    assert [week.main.value for week in weeks] == [pytest.approx(1 - 3 * 1 * 2 / (2 * 1 * 3)), None, 1.0]
    assert weeks[1].main.why == "no_pairs"


def test_an_old_item_draws_no_more_than_a_year_of_weeks(people: Cast, queue: Queue) -> None:
    both(queue, people, "fine", "fine", opened=MONDAY - timedelta(days=4000))
    both(queue, people, "fine", "fine")

    weeks = agree.grouped(queue, key="tone", by=By.WEEK).groups

    assert (len(weeks), weeks[-1].name) == (agree.MOST_WEEKS, "2026-03-02")


def test_model_versions_are_told_apart(people: Cast, queue: Queue) -> None:
    first, second = both(queue, people, "fine", "rude"), both(queue, people, "fine", "fine")
    versions = {item.prediction.model_version for item in (first, second)}

    found = agree.grouped(queue, key="tone", by=By.MODEL).groups

    assert {group.name for group in found} == versions
    assert sum(group.main.n_units for group in found) == 2


def test_the_page_draws_weeks_with_their_interval_and_perfect_ones_with_what_they_prove(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    both(queue, people, "fine", "rude")
    for place in range(9):
        both(queue, people, "fine", "fine", opened=MONDAY + timedelta(days=1, hours=place))
    for place in range(10):
        both(queue, people, "rude", "rude", opened=MONDAY + timedelta(days=14, hours=place))

    shown = signed_in(people.lee).get(address(people), {"queue": queue.slug, "question": "tone"})

    first, third = shown.context["plot"].marks
    assert first.label == "Week of 2 Mar 2026: 90.0% [42.2–99.1] the same, 10 shared items"
    assert third.label == "Week of 16 Mar 2026: 100.0% [74.1–100.0] the same, 10 shared items"
    assert len(shown.context["plot"].lines) == 2  # nothing joins them over the week between


def test_weeks_without_an_interval_are_no_line_and_say_why(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    three_weeks(queue, people)

    shown = signed_in(people.lee).get(address(people), {"queue": queue.slug, "question": "tone"})

    page = shown.content.decode()
    assert shown.context["plot"] is None
    assert "no interval: fewer than 10 items have two answers" in page
    assert "too few for an interval" in page
    assert "at least 22.4%" in page
    assert "not defined: no item has two answers yet" in page
    assert "by=model" in page


def test_the_page_of_a_queue_opens_the_question_over_time(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    three_weeks(queue, people)

    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/agreement/").content.decode()

    assert f"{address(people)}?queue={queue.slug}&amp;question=tone" in page


def test_without_a_shared_item_the_page_opens_the_settings(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "Nobody has reviewed a shared item here" in page
    assert f"/queues/{queue.slug}/settings" in page


def test_without_a_queue_the_page_says_what_to_do(people: Cast, signed_in: SignIn) -> None:
    assert "There is no queue yet" in signed_in(people.lee).get(address(people)).content.decode()


def test_the_weeks_are_there_as_csv(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    three_weeks(queue, people)

    answer = signed_in(people.lee).get(address(people, ".csv"), {"question": "tone"})

    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert [(row["name"], row["same"], row["items"]) for row in rows] == [
        ("2026-03-02", "0.5", "2"),
        ("2026-03-09", "", "0"),
        ("2026-03-16", "1.0", "2"),
    ]


@pytest.mark.parametrize("query", [{"question": "nothing"}, {"queue": "elsewhere"}])
@pytest.mark.parametrize("tail", ["/", ".csv"])
def test_what_is_not_there_is_not_found(
    people: Cast, signed_in: SignIn, queue: Queue, tail: str, query: dict[str, Any]
) -> None:
    assert signed_in(people.lee).get(address(people, tail), query).status_code == 404


@pytest.mark.parametrize("by", [By.WEEK, By.MODEL])
def test_groups_cost_the_same_statements_however_many_there_are(
    people: Cast, signed_in: SignIn, queue: Queue, by: By
) -> None:
    client = signed_in(people.lee)
    both(queue, people, "fine", "fine")
    client.get(address(people), {"by": by})
    with CaptureQueriesContext(connection) as few:
        client.get(address(people), {"by": by})
    three_weeks(queue, people)

    with CaptureQueriesContext(connection) as many:
        client.get(address(people), {"by": by})

    assert len(many) == len(few)
