"""The overview's section on all traffic: never a bare number, never the naive rate under another name."""

import csv
from io import StringIO

import pytest

from queues.models import Queue
from queues.web.csv_file import csv_file
from tests.factories.labels import Picked, picked
from tests.factories.projects import Cast
from tests.factories.work import queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
AUDIT = ("random_audit",)


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


def traffic(queue: Queue, **where: object) -> None:
    picked(queue, [Picked("reject" if n % 2 else "approve", **where) for n in range(40)])  # type: ignore[arg-type]
    rows = [Picked("correct" if n % 20 == 0 else "approve", 0.05, AUDIT, **where) for n in range(100)]  # type: ignore[arg-type]
    picked(queue, rows)


def page(people: Cast, signed_in: SignIn, **query: str) -> str:
    return signed_in(people.lee).get(f"/projects/{people.project.slug}/", query).content.decode()


def test_the_rate_has_its_interval_and_the_naive_one_its_name(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    traffic(queue, days_ago=0.1)

    shown = page(people, signed_in)

    assert "5.9%" in shown
    assert "140 items" in shown
    assert "of reviewed items" in shown
    assert "17.9%" in shown
    assert "These were chosen, not drawn" in shown


def test_one_day_is_no_trend_and_two_are(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    traffic(queue, days_ago=0.01)
    assert "rates-trend" not in page(people, signed_in)

    traffic(queue, days_ago=2)

    assert 'aria-labelledby="rates-trend-title rates-trend-description"' in page(people, signed_in)


def test_what_is_not_known_is_said_instead_of_a_number(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    picked(queue, [Picked("reject", days_ago=0.1) for _n in range(40)])
    picked(queue, [Picked(None, 0.05, AUDIT, days_ago=0.1) for _n in range(20)])

    shown = page(people, signed_in)

    assert "not defined: reviews speak for 9% of the traffic only" in shown
    assert "no voice in the rate" in shown


@pytest.mark.parametrize("query", [{"days": "7"}, {"days": "x"}, {"days": "10000"}, {"version": "none"}])
def test_an_odd_choice_shows_the_page_all_the_same(
    people: Cast, signed_in: SignIn, queue: Queue, query: dict[str, str]
) -> None:
    traffic(queue, days_ago=1)

    assert "What share of all traffic is bad" in page(people, signed_in, **query)


def test_a_model_version_is_shown_by_itself(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    traffic(queue, days_ago=1, model_version="a")
    traffic(queue, days_ago=1, model_version="b")

    assert "140 items" in page(people, signed_in, version="a")
    assert "280 items" in page(people, signed_in)


def test_the_tables_come_as_csv_that_runs_nothing(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    traffic(queue, days_ago=1, model_version="=1+1")

    answer = signed_in(people.mel).get(f"/projects/{people.project.slug}/rates.csv")

    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert [row["of"] for row in rows] == ["all traffic", "model version", "day", *["queue and rules"] * 2]
    assert rows[1]["name"] == "'=1+1"
    assert float(rows[0]["low"]) < float(rows[0]["rate"]) < float(rows[0]["high"])
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_cells_of_a_csv_are_quoted_and_empty_where_there_is_nothing() -> None:
    answer = csv_file("x", ["a", "b"], [['say "hi", twice', None], [-1.5, "-1.5"]])

    assert answer.content.decode() == 'a,b\r\n"say ""hi"", twice",\r\n-1.5,\'-1.5\r\n'
