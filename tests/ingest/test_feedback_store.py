"""Feedback is stored once, finds its prediction whenever that comes, and one event of an actor counts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actor import SYSTEM, Actor
from accounts.models import Event, Project
from accounts.roles import Role
from queues import pipeline
from queues.ingest import limits
from queues.ingest.actions import store as store_predictions
from queues.ingest.feedback import waiting
from queues.ingest.feedback.actions import StoredFeedback, store
from queues.ingest.feedback.record import check
from queues.ingest.record import check as check_prediction
from queues.models import Feedback, Item, PredictionAlias, Queue, Rating
from queues.route import policies
from tests.factories.projects import ProjectFactory, member
from tests.factories.work import queue_in
from tests.ingest.events import event
from tests.ingest.records import record

POLICY = {
    "schema": "policy/1",
    "rules": [{"kind": "badly_rated", "name": "unhappy", "queue": "unhappy", "thumbs_down": 1}],
}
AT_ONCE = timedelta(hours=-1)  # the clock of a transaction stands still
TRACE = {"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"}


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory.create()


def arrives(project: Project, prediction_id: str = "p-1", **changed: Any) -> int:
    sent = check_prediction(record(prediction_id, **changed))
    return store_predictions(project.pk, [sent], by=SYSTEM)[0].id


def sends(project: Project, *events: dict[str, Any]) -> list[StoredFeedback]:
    return store(project.pk, [check(one, user_key=b"k") for one in events], by=SYSTEM)


def counting(project: Project) -> list[tuple[str, str, float | None]]:
    rows = Rating.objects.filter(prediction__project=project).order_by("feedback_id")
    return [(row.feedback.event_id, row.name, row.number) for row in rows]


def test_an_event_is_stored_as_it_was_checked_and_joined(project: Project) -> None:
    number = arrives(project)

    (stored,) = sends(project, event(comment="No.", reason_codes=["factual"]))

    row = Feedback.objects.get(pk=stored.id)
    assert (stored.status, stored.prediction, row.prediction_id) == ("created", number, number)
    assert row.record == event(comment="No.", reason_codes=["factual"])
    assert (row.kind, row.name, row.number, row.is_negative) == ("explicit", "thumb", -1, True)
    assert counting(project) == [("f-1", "thumb", -1)]


def test_the_same_again_is_a_duplicate_and_another_content_a_conflict(project: Project) -> None:
    arrives(project)
    (first,) = sends(project, event())

    assert sends(project, event()) == [StoredFeedback(first.id, "duplicate", first.prediction)]
    assert sends(project, event(value=1)) == [StoredFeedback(first.id, "conflict", first.prediction)]
    assert counting(project) == [("f-1", "thumb", -1)]


def test_doubles_within_one_batch_are_told_apart(project: Project) -> None:
    batch = [event("a"), event("b"), event("a"), event("a", value=1)]

    assert [one.status for one in sends(project, *batch)] == ["created", "created", "duplicate", "conflict"]


@pytest.mark.parametrize(
    ("names", "carries"),
    [
        ({"prediction_id": "p-1"}, {}),
        ({"prediction_id": "p-1", "environment": "staging"}, {"environment": "staging"}),
        ({"prediction_id": None, **TRACE}, {"trace": TRACE}),
        (
            {"prediction_id": None, "response_id": "chatcmpl-1"},
            {"model": {"request_model": "gpt-x", "response_id": "chatcmpl-1"}},
        ),
    ],
)
@pytest.mark.parametrize("comes_first", ["prediction", "feedback"])
def test_feedback_finds_its_prediction_by_each_name_whichever_comes_first(
    project: Project, names: dict[str, Any], carries: dict[str, Any], comes_first: str
) -> None:
    arrives(project, "another")
    if comes_first == "feedback":
        assert sends(project, event(**names))[0].prediction is None
        assert counting(project) == []

    number = arrives(project, **carries)

    if comes_first == "prediction":
        sends(project, event(**names))
    assert Feedback.objects.get().prediction_id == number
    assert counting(project) == [("f-1", "thumb", -1)]


def test_a_prediction_without_other_names_has_no_alias(project: Project) -> None:
    arrives(project)

    assert not PredictionAlias.objects.exists()


def test_nothing_of_another_project_is_found(project: Project) -> None:
    other = ProjectFactory.create()
    arrives(other, trace=TRACE)

    stored = sends(project, event("a"), event("b", prediction_id=None, **TRACE))
    arrives(other, "p-2")

    assert [one.prediction for one in stored] == [None, None]


def test_of_one_actor_the_latest_of_each_name_counts(project: Project) -> None:
    arrives(project)
    at = "2026-03-01T10:{}:00Z".format
    sends(project, event("late", value=1, occurred_at=at("05")), event("stars", name="stars", value=4))
    sends(project, event("early", value=-1, occurred_at=at("01")))
    sends(project, event("other", actor={"user_ref": "h:0000"}))

    assert counting(project) == [("late", "thumb", 1), ("stars", "stars", 4), ("other", "thumb", -1)]


@pytest.mark.parametrize("later", ["a-down", "z-down"])  # batches are written in the order of the ids
@pytest.mark.parametrize("together", [True, False])
def test_of_two_at_the_same_second_the_later_arrival_counts(
    project: Project, later: str, together: bool
) -> None:
    arrives(project)
    first, second = event("m-up", value=1), event(later, value=-1)

    for batch in [[first, second]] if together else [[first], [second]]:
        sends(project, *batch)

    assert counting(project) == [(later, "thumb", -1)]


def test_what_waited_counts_as_if_it_had_come_in_order(project: Project) -> None:
    sends(project, event("b", value=-1), event("a", value=1, occurred_at="2026-03-01T10:00:30Z"))

    arrives(project)

    assert counting(project) == [("b", "thumb", -1)]


def test_no_more_wait_for_one_prediction_than_its_arrival_can_join(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WAITING_PER_PREDICTION", 3)
    sends(project, event("a"), event("b"))

    batch = sends(project, event("c"), event("d"), event("e", prediction_id="p-2"))

    assert [one.status for one in batch] == ["created", "too_many", "created"]
    number = arrives(project)
    assert Feedback.objects.filter(prediction=number).count() == 3
    assert sends(project, event("d"))[0].status == "created"


def test_a_batch_is_one_event_without_a_text_and_a_repeat_is_none(project: Project) -> None:
    arrives(project)
    batch = [event("a", comment="secret"), event("b")]
    stored = sends(project, *batch)
    sends(project, *batch)

    (told,) = Event.objects.filter(kind="feedback.received")
    assert told.after == {"created": 2, "first": stored[0].id, "last": stored[1].id}


def test_storing_takes_few_statements_whatever_the_batch(
    project: Project, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    arrives(project)
    with django_assert_max_num_queries(9):
        sends(project, *(event(f"f-{n}", prediction_id=f"p-{n % 2}") for n in range(200)))


def test_a_flood_on_one_prediction_leaves_one_rating(project: Project) -> None:
    arrives(project)

    for start in range(0, 3_000, 1_000):
        sends(project, *(event(f"f-{start + n}", name="stars", value=1) for n in range(1_000)))

    assert Feedback.objects.count() == 3_000
    assert counting(project) == [("f-2999", "stars", 1)]


@pytest.mark.django_db(transaction=True)
def test_what_arrived_in_the_same_moment_as_its_prediction_is_joined_later() -> None:
    project = ProjectFactory.create()
    with ThreadPoolExecutor(1) as beside, transaction.atomic():
        sends(project, event())
        number = beside.submit(_in_a_connection_of_its_own, lambda: arrives(project)).result()
    assert counting(project) == []  # neither request could see the other

    pipeline.finish_feedback(waiting.owed(older_than=timedelta(0)))

    assert Feedback.objects.get().prediction_id == number
    assert counting(project) == [("f-1", "thumb", -1)]


def test_each_event_is_looked_for_once_and_not_while_requests_may_still_run(project: Project) -> None:
    (stored,) = sends(project, event())

    assert waiting.owed(older_than=waiting.SETTLING) == []
    assert waiting.owed(older_than=AT_ONCE) == [stored.id]
    assert waiting.finish([stored.id]) == []
    assert waiting.owed(older_than=AT_ONCE) == []


def test_feedback_is_stored_even_when_routing_fails_and_the_sweeper_has_it_looked_at(
    project: Project,
) -> None:
    number = arrives(project)
    by, queue = Actor(member(project, Role.LEAD).pk), queue_in(project, slug="unhappy")
    policy = policies.new_version(project.pk, document=POLICY, by=by, reason="test")
    policies.activate(project.pk, policy.version, by=by, reason="test")
    pipeline.after_arrival([number])
    Queue.objects.filter(pk=queue.pk).update(slug="renamed")  # the policy sends to a queue that is gone

    (stored,) = pipeline.receive_feedback(project, [check(event())], by=SYSTEM)

    assert stored.status == "created"
    assert waiting.owed(older_than=AT_ONCE) == [stored.id]
    Queue.objects.filter(pk=queue.pk).update(slug="unhappy")
    pipeline.finish_feedback([stored.id])
    assert Item.objects.get().prediction_id == number
    assert waiting.owed(older_than=AT_ONCE) == []


def test_what_waits_for_too_long_is_dropped_and_told(project: Project) -> None:
    (old,) = sends(project, event("old"))
    arrives(project, "p-2")
    sends(project, event("joined", prediction_id="p-2"))

    assert waiting.drop_old() == 0
    assert waiting.drop_old(older_than=AT_ONCE) == 1

    assert Feedback.objects.get().event_id == "joined"
    assert Event.objects.get(kind="feedback.dropped").after == {"dropped": 1, "first": old.id, "last": old.id}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE queues_feedback SET number = 1",
        "UPDATE queues_feedback SET event_id = 'x'",
        "UPDATE queues_feedback SET prediction_id = NULL",
        "UPDATE queues_feedback SET record = '{}'",
        "DELETE FROM queues_feedback",
    ],
)
def test_what_was_said_is_never_rewritten(project: Project, change: str) -> None:
    arrives(project)
    sends(project, event())

    refused = pytest.raises(IntegrityError, match="is history")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_text_can_be_erased_and_leaves_its_numbers(project: Project) -> None:
    arrives(project)
    sends(project, event(comment="I am Jane."))

    Feedback.objects.update(record=None, erased_at=timezone.now())

    assert counting(project) == [("f-1", "thumb", -1)]


@pytest.mark.django_db(transaction=True)
def test_the_same_event_at_once_is_stored_once_and_counted_once() -> None:
    project = ProjectFactory.create()
    arrives(project)
    told: list[StoredFeedback] = []
    start = Barrier(6)

    def send() -> None:
        start.wait()
        try:
            told.extend(pipeline.receive_feedback(project, [check(event())], by=SYSTEM))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.status for one in told) == ["created"] + ["duplicate"] * 5
    assert counting(project) == [("f-1", "thumb", -1)]


def _in_a_connection_of_its_own(work: Callable[[], int]) -> int:
    try:
        return work()
    finally:
        connection.close()
