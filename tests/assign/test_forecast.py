"""When a queue is empty at its pace, and how much of it is overdue."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from queues.assign.forecast import FEWEST, forecast, forecasts, overdue
from queues.models import Item, Queue
from queues.newest import COUNT_LIMIT
from tests.factories.projects import Cast, cast
from tests.factories.reviews import reviewed
from tests.factories.work import queue_in, waiting


@given(left=st.integers(0, COUNT_LIMIT), settled=st.integers(FEWEST, 500), days=st.floats(0.05, 7))
def test_the_interval_holds_the_figure_and_twice_the_work_takes_twice_the_time(
    left: int, settled: int, days: float
) -> None:
    found = forecast(left, settled, days)

    assert found.days is not None and found.low is not None and found.high is not None
    assert found.low <= found.days <= found.high
    assert forecast(0, settled, days).days == 0
    if left <= COUNT_LIMIT // 2:
        assert forecast(2 * left, settled, days).days == pytest.approx(2 * found.days)


def test_ten_a_day_empty_thirty_in_three_days() -> None:
    found = forecast(30, 70, 7.0)

    assert (found.a_day, found.days) == (10, 3)
    assert (round(found.low or 0, 2), round(found.high or 0, 2)) == (2.43, 3.92)


def test_too_few_settled_and_too_many_waiting_give_no_figure() -> None:
    assert forecast(30, FEWEST - 1, 7.0).days is None
    assert forecast(30, FEWEST - 1, 7.0).is_too_few
    assert forecast(COUNT_LIMIT + 1, 100, 7.0).days is None
    assert not forecast(COUNT_LIMIT + 1, 100, 7.0).is_too_few


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


def test_the_pace_is_that_of_the_standing_verdicts(people: Cast, queue: Queue) -> None:
    Queue.objects.filter(pk=queue.pk).update(created_at=timezone.now() - timedelta(days=5))
    queue.refresh_from_db()
    for _ in range(14):
        waiting(queue)
    for _ in range(10):
        reviewed(queue, people.ann)

    found = forecasts([queue], {queue.pk: 4}, now=timezone.now())[queue.pk]

    assert found.settled == 10
    assert found.over_days == pytest.approx(5, abs=0.01)  # the queue is younger than a week
    assert found.days == pytest.approx(2, abs=0.01)


def test_the_list_of_queues_says_when_one_is_empty(people: Cast, queue: Queue) -> None:
    Queue.objects.filter(pk=queue.pk).update(created_at=timezone.now() - timedelta(days=5))
    for _ in range(12):
        waiting(queue)
    for _ in range(10):
        reviewed(queue, people.ann)
    client = Client()
    client.force_login(people.lee)

    page = client.get(f"/projects/{people.project.slug}/queues/").content.decode()

    assert "empties in 24 hours" in page and "10 settled in 5 days" in page


def test_overdue_is_counted_at_every_priority_and_not_of_what_is_settled(queue: Queue) -> None:
    now = timezone.now()
    for priority, hours in ((90, -1), (50, -2), (50, 3), (10, -3), (10, 4)):
        waiting(queue, priority=priority, due_at=now + timedelta(hours=hours))
    settled = waiting(queue, due_at=now - timedelta(hours=1))
    Item.objects.filter(pk=settled.pk).update(state="settled", settled_at=now)

    assert overdue([queue.pk], now=now) == {queue.pk: 3}
    assert overdue([queue.pk], now=now - timedelta(days=1)) == {}


def test_the_overview_warns_of_what_is_overdue_and_leads_to_it(people: Cast, queue: Queue) -> None:
    late = waiting(queue, due_at=timezone.now() - timedelta(hours=1))
    client = Client()
    client.force_login(people.lee)

    page = client.get(f"/projects/{people.project.slug}/").content.decode()
    listed = client.get(f"/projects/{people.project.slug}/queues/{queue.slug}/items/?late=on")

    assert "is overdue." in page
    assert f"/queues/{queue.slug}/items/?late=on" in page
    assert [item.pk for item in listed.context["page"].rows] == [late.pk]
    assert (
        "not defined: only 0 settled"
        in client.get(f"/projects/{people.project.slug}/queues/").content.decode()
    )
