from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.actor import SYSTEM
from accounts.models import Event, Project
from queues.ingest.actions import Stored, store
from queues.ingest.record import CheckedRecord, check
from queues.models import Payload, Prediction
from tests.factories.projects import ProjectFactory
from tests.ingest.records import full_record, record


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory.create()


def sent(prediction_id: str = "p-1", text: str = "a", **changed: object) -> CheckedRecord:
    return check(record(prediction_id, output={"text": text}, **changed))


def statuses(project: Project, *records: CheckedRecord) -> list[str]:
    return [one.status for one in store(project.pk, records, by=SYSTEM)]


def test_a_record_is_stored_as_it_was_checked(project: Project) -> None:
    checked = check(full_record())

    (stored,) = store(project.pk, [checked], by=SYSTEM)

    prediction = Prediction.objects.get(pk=stored.id)
    payload = Payload.objects.get(pk=stored.id)
    assert (prediction.prediction_id, prediction.environment) == ("full-1", "staging")
    assert (prediction.model_version, prediction.locale, prediction.segment) == ("prod-17", "en-GB", "retail")
    assert bytes(prediction.content_hash) == checked.content_hash
    assert prediction.occurred_at == checked.occurred_at
    assert (payload.record, payload.output_text) == (full_record(), "Five days.")


@pytest.mark.parametrize("text", ["", " x ", "a\r\nb", "\\N", "\\.", "\t\\t\b", "a\u2028b\U0001f600", "\x1b"])
def test_a_text_survives_code_point_for_code_point(project: Project, text: str) -> None:
    (stored,) = store(project.pk, [sent(text=text, metadata={"note": text})], by=SYSTEM)

    payload = Payload.objects.get(pk=stored.id)
    assert (payload.output_text, payload.record["metadata"]["note"]) == (text, text)


@pytest.mark.parametrize(
    ("subject", "cohort"),
    [({"cohort": {"plan": "gold", "n": 1.50, "is_new": True}}, {"plan": "gold", "n": 1.5, "is_new": True}),
     ({"cohort": {}}, {}), ({"cohort": None}, {}), ({"locale": "de"}, {}), (None, {})],
)  # fmt: skip
def test_the_cohort_of_a_record_stands_beside_it(
    project: Project, subject: dict[str, Any] | None, cohort: dict[str, Any]
) -> None:
    # One goes by INSERT and many by COPY.
    store(project.pk, [sent(subject=subject)], by=SYSTEM)
    store(project.pk, [sent(f"many-{n}", subject=subject) for n in range(6)], by=SYSTEM)

    assert list(Payload.objects.values_list("cohort", flat=True)) == [cohort] * 7


def test_the_database_refuses_another_cohort_than_that_of_the_record(project: Project) -> None:
    (stored,) = store(project.pk, [check(full_record())], by=SYSTEM)

    changes: list[dict[str, Any]] = [{"cohort": {}}, {"cohort": {"plan": "free"}}, {"record": {}}]
    for wrong in changes:
        with pytest.raises(IntegrityError, match="payload_cohort_is_the_records"), transaction.atomic():
            Payload.objects.filter(pk=stored.id).update(**wrong)


def test_the_same_again_is_a_duplicate_and_another_content_a_conflict(project: Project) -> None:
    (first,) = store(project.pk, [sent()], by=SYSTEM)

    assert store(project.pk, [sent()], by=SYSTEM) == [Stored(first.id, "duplicate")]
    assert store(project.pk, [sent(text="b")], by=SYSTEM) == [Stored(first.id, "conflict")]
    assert Payload.objects.get().output_text == "a"


def test_doubles_within_one_batch_are_told_apart(project: Project) -> None:
    batch = [sent("p-1"), sent("p-2"), sent("p-1"), sent("p-1", text="b")]

    assert statuses(project, *batch) == ["created", "created", "duplicate", "conflict"]
    assert Prediction.objects.count() == 2


def test_environments_and_projects_keep_their_ids_apart(project: Project) -> None:
    other = ProjectFactory.create()

    assert statuses(project, sent(), sent(environment="staging")) == ["created", "created"]
    assert statuses(other, sent(text="b")) == ["created"]


def test_a_batch_is_one_event_and_a_repeat_is_none(project: Project) -> None:
    batch = [sent("p-1"), sent("p-2")]
    stored = store(project.pk, batch, by=SYSTEM)
    store(project.pk, batch, by=SYSTEM)

    event = Event.objects.get(kind="predictions.received")
    assert event.after == {"created": 2, "first": stored[0].id, "last": stored[1].id}


def test_storing_takes_few_statements_whatever_the_batch(
    project: Project, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):
        store(project.pk, [sent(f"p-{number}") for number in range(200)], by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_senders_of_the_same_ids_at_once_store_each_once() -> None:
    project = ProjectFactory.create()
    batches = [[sent(f"p-{n}") for n in range(50)], [sent(f"p-{n}") for n in reversed(range(50))]] * 3
    told: list[Stored] = []
    start = Barrier(len(batches))

    def send(batch: list[CheckedRecord]) -> None:
        start.wait()
        try:
            told.extend(store(project.pk, batch, by=SYSTEM))
        finally:
            connection.close()

    threads = [Thread(target=send, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.status for one in told) == ["created"] * 50 + ["duplicate"] * 250
    assert Prediction.objects.count() == Payload.objects.count() == 50
