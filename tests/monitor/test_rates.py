"""Rates over all traffic, from rows as routing and reviewing leave them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from queues.models import Queue
from queues.monitor import rates as monitor
from queues.monitor.rates import rates
from tests.factories.labels import Picked, picked
from tests.factories.projects import ProjectFactory
from tests.factories.work import queue_in

NOW = timezone.now()
AUDIT = ("random_audit",)


@pytest.fixture
def queue(db: None) -> Queue:
    return queue_in(ProjectFactory.create())


def of(queue: Queue, **asked: object) -> monitor.Rates:
    return rates(queue.project_id, now=NOW, **asked)  # type: ignore[arg-type]


def traffic(queue: Queue, *, days_ago: float = 0.5, version: str = "prod-17") -> None:
    """40 uncertain ones, half of them bad, and an audit of a twentieth with 1 bad in 20 of the 100 drawn."""
    where = {"days_ago": days_ago, "model_version": version}
    picked(queue, [Picked("reject" if n % 2 else "approve", 1.0, **where) for n in range(40)], now=NOW)  # type: ignore[arg-type]
    picked(
        queue,
        [Picked("correct" if n % 20 == 0 else "approve", 0.05, AUDIT, **where) for n in range(100)],  # type: ignore[arg-type]
        now=NOW,
    )


def test_the_rate_over_all_traffic_is_not_the_rate_of_what_was_reviewed(queue: Queue) -> None:
    traffic(queue)

    rate = of(queue).overall

    assert rate.weighted
    assert rate.weighted.naive == pytest.approx(25 / 140)
    assert rate.weighted.hajek == pytest.approx((20 + 5 * 20) / (40 + 100 * 20))
    assert rate.stratified
    assert rate.stratified.rate == pytest.approx(rate.weighted.hajek)
    assert (rate.low, rate.high) == (rate.stratified.low, rate.stratified.high)


def test_what_still_waits_counts_as_no_answer_of_its_cell(queue: Queue) -> None:
    traffic(queue)
    picked(queue, [Picked(None, 0.05, AUDIT, days_ago=0.5) for _n in range(100)], now=NOW)

    found = of(queue)

    assert found.overall.weighted
    assert found.overall.weighted.hajek == pytest.approx((20 + 5 * 40) / (40 + 100 * 40))
    audit, uncertain = found.responses
    assert (audit.rules, audit.share.rate, audit.bad) == (AUDIT, 0.5, 5)
    assert (uncertain.rules, uncertain.share.rate, uncertain.share.n) == (("uncertain",), 1.0, 40)


def test_below_ten_reviewed_there_is_no_rate(queue: Queue) -> None:
    picked(queue, [Picked(days_ago=0.5) for _n in range(9)], now=NOW)

    assert (of(queue).overall.reviewed, of(queue).overall.weighted, of(queue).overall.low) == (9, None, None)


def test_an_empty_project_has_no_rate_and_nothing_unseen(queue: Queue) -> None:
    found = of(queue)

    assert (found.overall.reviewed, found.by_time, found.responses, found.unseen) == (0, [], [], None)


def test_what_nothing_could_pick_is_said(queue: Queue) -> None:
    picked(queue, [Picked(days_ago=0.5) for _n in range(10)], now=NOW)
    picked(queue, [Picked(None, 0.0, (), days_ago=0.5) for _n in range(30)], now=NOW)

    assert of(queue).unseen == 0.75


def test_each_day_and_each_version_has_its_rate_and_the_rest_is_left_out(queue: Queue) -> None:
    traffic(queue, days_ago=1, version="a")
    traffic(queue, days_ago=3, version="b")
    traffic(queue, days_ago=20, version="old")

    found = of(queue, days=7)

    today = timezone.localtime(NOW).date()
    assert [day for day, _rate in found.by_time] == [today - timedelta(days=3), today - timedelta(days=1)]
    assert [version for version, _rate in found.by_version] == ["a", "b"]
    assert of(queue, days=7, model_version="a").overall.reviewed == 140


def test_longer_stretches_are_shown_by_week(queue: Queue) -> None:
    for days_ago in (1, 2, 30, 31, 60):
        traffic(queue, days_ago=days_ago)

    found = of(queue, days=90)

    assert found.is_weekly
    assert all(monday.weekday() == 0 for monday, _rate in found.by_time)
    assert sum(rate.reviewed for _week, rate in found.by_time) == 5 * 140


def test_another_projects_verdicts_count_nothing(queue: Queue) -> None:
    traffic(queue_in(ProjectFactory.create()))

    assert of(queue).overall.reviewed == 0


def test_looking_at_more_items_than_the_bound_is_said(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    traffic(queue)
    assert not of(queue).is_cut

    monkeypatch.setattr(monitor, "LOOK_AT", 100)

    found = of(queue)
    assert found.is_cut
    assert sum(cell.share.n for cell in found.responses) == 100


def test_it_takes_two_statements(queue: Queue, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    traffic(queue)

    with django_assert_num_queries(2):
        of(queue)


def test_older_items_beyond_the_bound_do_not_matter(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    traffic(queue, days_ago=20)
    traffic(queue)
    monkeypatch.setattr(monitor, "LOOK_AT", 200)

    assert not of(queue, days=7).is_cut
    assert of(queue, days=30).is_cut


def test_an_audit_that_nobody_has_read_gives_no_rate_over_all_traffic(queue: Queue) -> None:
    picked(queue, [Picked("reject", days_ago=0.5) for _n in range(40)], now=NOW)
    picked(queue, [Picked(None, 0.05, AUDIT, days_ago=0.5) for _n in range(20)], now=NOW)

    rate = of(queue).overall

    assert (rate.undefined, rate.weighted) == (monitor.Undefined.UNHEARD, None)
    assert rate.heard == pytest.approx(40 / 440)


def test_without_an_audit_there_is_no_rate_over_all_traffic(queue: Queue) -> None:
    picked(queue, [Picked("reject", days_ago=0.5) for _n in range(40)], now=NOW)
    picked(queue, [Picked(None, 0.0, (), days_ago=0.5) for _n in range(60)], now=NOW)

    assert of(queue).overall.undefined == monitor.Undefined.UNSEEN
