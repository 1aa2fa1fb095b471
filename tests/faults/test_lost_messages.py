"""Messages are only a doorbell: lost, doubled or late, they change nothing."""

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import DatabaseError
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actor import Actor
from accounts.models import Event
from queues import doorbell, jobs, pipeline, sweeper
from queues.ingest.record import check
from queues.models import Heartbeat, Item, Job, JobState, Prediction, PredictionState, Routing, Slot
from queues.route import policies
from queues.route import queries as routing
from queues.score import actions as score
from tests.factories.projects import Cast, cast
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def routed_project(people: Cast) -> Cast:
    """A project in which everything that arrives goes to a queue."""
    queue = queue_in(people.project, slug="all")
    document = {
        "schema": "policy/1",
        "rules": [{"name": "all", "kind": "random_audit", "rate": 1.0, "queue": queue.slug}],
    }
    by = Actor(people.lee.pk)
    policy = policies.new_version(people.project.pk, document=document, by=by, reason="test")
    policies.activate(people.project.pk, policy.version, by=by, reason="test")
    return people


@pytest.fixture
def nobody_is_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweeper leaves the newest arrivals to their own request; here there is none."""
    monkeypatch.setattr(sweeper, "SETTLING", timedelta(seconds=-60))


def arrive(people: Cast, name: str) -> None:
    pipeline.receive(people.project, [check(sent(name))], by=Actor(people.mel.pk))


def sent(name: str) -> dict[str, Any]:
    """The least that is a prediction/1 record."""
    return {
        "prediction_id": name,
        "occurred_at": "2026-11-21T10:00:00Z",
        "input": {"prompt": "How long?"},
        "output": {"text": "Five days."},
        "model": {"request_model": "acme-chat"},
    }


@pytest.mark.usefixtures("nobody_is_settling")
def test_what_was_stored_and_not_routed_is_routed_by_the_sweeper(
    routed_project: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("the connection broke in this very moment")

    monkeypatch.setattr(score, "score_new", fail)
    arrive(routed_project, "p-1")
    assert Prediction.objects.get().state == PredictionState.RECEIVED
    monkeypatch.undo()
    monkeypatch.setattr(sweeper, "SETTLING", timedelta(seconds=-60))

    sweeper.sweep()

    assert Prediction.objects.get().state == PredictionState.ROUTED
    assert Item.objects.count() == 1


@pytest.mark.usefixtures("nobody_is_settling")
def test_a_project_without_a_policy_does_not_hold_up_the_others(routed_project: Cast) -> None:
    pipeline.receive(routed_project.other, [check(sent("first"))], by=Actor(routed_project.sam.pk))
    arrive(routed_project, "p-1")
    Prediction.objects.filter(prediction_id="p-1").update(state=PredictionState.SCORED)
    Slot.objects.all().delete()
    Item.objects.all().delete()

    assert routing.owed_arrivals(older_than=timedelta(seconds=-60)) == list(
        Prediction.objects.filter(prediction_id="p-1").values_list("id", flat=True)
    )


@pytest.mark.usefixtures("nobody_is_settling")
def test_one_prediction_that_cannot_be_scored_holds_up_nothing(
    routed_project: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "bad", "last"):
        arrive(routed_project, name)
    owed = list(Prediction.objects.order_by("id").values_list("id", flat=True))
    tried: list[list[int]] = []

    def after_arrival(prediction_ids: list[int]) -> None:
        tried.append(prediction_ids)
        if owed[1] in prediction_ids:
            raise ValueError("a faulty plug-in")

    monkeypatch.setattr(routing, "owed_arrivals", lambda *, after, **_: [one for one in owed if one > after])
    monkeypatch.setattr(pipeline, "after_arrival", after_arrival)

    sweeper.sweep()

    assert tried == [owed, [owed[0]], [owed[1]], [owed[2]]]
    assert Heartbeat.objects.filter(name="sweeper").exists()


def test_a_doubled_arrival_message_opens_no_second_item(routed_project: Cast) -> None:
    arrive(routed_project, "p-1")
    prediction = Prediction.objects.get()

    for _ in range(3):
        pipeline.after_arrival([prediction.pk])

    assert Item.objects.count() == Slot.objects.count() == Routing.objects.count() == 1
    assert Event.objects.filter(kind="item.opened").count() == 1


def test_a_broker_that_is_away_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", refuse)

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        doorbell.ring("queues.tasks.sweep")

    assert len(callbacks) == 1


def job(people: Cast, kind: str = "count") -> Job:
    return Job.objects.ask(
        project_id=people.project.pk, kind=kind, subject_id=1, unique_key=f"{kind}:1", asked_by=None
    )


def test_asking_twice_makes_one_job(people: Cast) -> None:
    assert job(people).pk == job(people).pk


def test_a_job_is_done_once_however_often_its_message_comes(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    monkeypatch.setitem(jobs.JOBS, "count", lambda job: done.append(job.pk))
    owed = job(people)

    for _ in range(3):
        jobs.run_job(owed.pk)

    assert done == [owed.pk]
    assert Job.objects.get().state == JobState.DONE


def test_a_job_whose_worker_died_is_started_again_by_the_sweeper(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = job(people)
    assert Job.objects.start(owed.pk)
    assert not Job.objects.start(owed.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(sweeper, "ring", lambda *message: rung.append(message))

    sweeper.sweep()

    assert rung == [("queues.tasks.run_job", owed.pk)]
    assert Job.objects.start(owed.pk)


def test_a_worker_that_was_replaced_changes_nothing_any_more(people: Cast) -> None:
    owed = job(people)
    first = Job.objects.start(owed.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = Job.objects.start(owed.pk)
    assert (first, second) == (1, 2)

    Job.objects.finish(owed.pk, attempt=1)
    Job.objects.fail(owed.pk, "late", attempt=1)
    Job.objects.report(owed.pk, attempt=1, progress=99)

    owed.refresh_from_db()
    assert (owed.state, owed.progress, owed.error) == (JobState.RUNNING, 0, "")


def test_a_poisonous_job_stops_after_three_attempts_and_shows_its_error(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poison(job: Job) -> None:
        raise ValueError("the disk is full")

    monkeypatch.setitem(jobs.JOBS, "count", poison)
    owed = job(people)

    states = []
    for _ in range(4):
        jobs.run_job(owed.pk)
        owed.refresh_from_db()
        states.append(owed.state)

    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED, JobState.FAILED]
    assert owed.attempts == 3
    assert "the disk is full" in owed.error


def test_a_job_whose_workers_all_died_is_failed_and_not_left_for_ever(people: Cast) -> None:
    owed = job(people)
    for _ in range(3):
        assert Job.objects.start(owed.pk)
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    sweeper.sweep()

    owed.refresh_from_db()
    assert owed.state == JobState.FAILED
    assert owed.error


def test_the_sweeper_frees_ended_leases_and_says_that_it_lives(people: Cast) -> None:
    item = waiting(queue_in(people.project))
    Slot.objects.update(
        state="leased",
        person=people.ann,
        lease_token="0" * 32,
        leased_at=timezone.now(),
        lease_until=timezone.now() - timedelta(seconds=1),
    )

    sweeper.sweep()

    assert item.slots.get().state == "open"
    assert Heartbeat.objects.get(name="sweeper").at <= timezone.now()
