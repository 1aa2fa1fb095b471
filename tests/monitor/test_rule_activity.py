"""What the rules of a policy did of late."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from queues.models import Prediction, RuleAllowance, SecondLook
from queues.monitor import rule_activity
from queues.monitor.rule_activity import Did, activity
from tests.factories.projects import Cast, cast
from tests.factories.traffic import came
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def aged(people: Cast, *kinds: str, hours: float) -> Prediction:
    """A routed prediction that came so many hours ago."""
    item = waiting(queue_in(people.project), kinds=kinds)
    at = timezone.now() - timedelta(hours=hours)
    _came_at(item.prediction_id, at)
    return Prediction.objects.get(pk=item.prediction_id)


def _came_at(prediction_id: int, at: datetime) -> None:
    """Times of arrival are history; a test may go past the trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE queues_prediction SET received_at = %s WHERE id = %s", [at, prediction_id])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_it_counts_by_rule_over_a_day_and_a_week(people: Cast) -> None:
    for hours in (200, 30, 2, 1):
        aged(people, "uncertain", hours=hours)
    aged(people, "uncertain", "safety_flagged", hours=3)

    found = activity(people.project.pk, now=timezone.now())

    assert found.of("uncertain") == Did(3, 4)
    assert found.of("safety_flagged") == Did(1, 1)
    assert found.of("unheard of") == Did(0, 0)
    assert not found.is_cut


def test_later_reasons_count_as_well(people: Cast) -> None:
    prediction = aged(people, "uncertain", hours=1)
    SecondLook.objects.create(
        prediction=prediction, policy=prediction.routing.policy, pi=1.0, reasons=[{"rule": "rated"}]
    )

    assert activity(people.project.pk, now=timezone.now()).of("rated") == Did(1, 1)


def test_what_an_allowance_held_back_is_of_today_only(people: Cast) -> None:
    now = timezone.now()
    for rule, day in (("today", now.date()), ("yesterday", now.date() - timedelta(days=1))):
        RuleAllowance.objects.create(project=people.project, rule=rule, day=day, held_back=5)

    found = activity(people.project.pk, now=now)

    assert (found.of("today").held_back, found.of("yesterday").held_back) == (5, None)


def test_it_says_when_it_looked_at_a_part_only(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_activity, "LOOK_AT", 2)
    for _ in range(3):
        came(people.project)

    assert activity(people.project.pk, now=timezone.now()).is_cut


def test_other_projects_are_not_counted(people: Cast) -> None:
    waiting(queue_in(people.other))

    assert activity(people.project.pk, now=timezone.now()).rules == {}
