"""What rests on people who are right too seldom stays out of a dataset that asks how often they are right."""

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.models import Person
from queues import jobs
from queues.export import actions as export
from queues.export import reading
from queues.models import Dataset, Queue, Release, Verdict
from tests.export.building import content
from tests.factories.people import PersonFactory
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS = """
INSERT INTO queues_servedcheck
  (check_given_id, queue_id, person_id, item_id, purpose, review_id, "right", marks, answered_at)
SELECT %(person)s * 1000 + n, %(queue)s, %(person)s, -(%(person)s * 1000 + n), 'hidden',
  -(%(person)s * 1000 + n), n <= %(right)s, '{}', now()
FROM generate_series(1, %(of)s) n
"""


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


def somebody(queue: Queue, *, right: int, of: int) -> Person:
    """A person with so many checks decided; the checks themselves are of no account here."""
    person = PersonFactory.create()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(CHECKS, {"person": person.pk, "queue": queue.pk, "right": right, "of": of})
        cursor.execute("SET session_replication_role = DEFAULT")
    return person


def said(queue: Queue, n: int, person: Person) -> Verdict:
    return settled(queue, record=record_of(f"{n}?"), corrected_text=f"Answer {n}.", person=person)


def as_if_settled(verdict: Verdict, by: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE queues_verdict SET basis = 'adjudicated', decided_by_id = %s, why = 'So.' WHERE id = %s",
            [by.pk, verdict.pk],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def dataset(people: Cast, **demanded: object) -> Dataset:
    by = Actor(people.mel.pk)
    return export.create_dataset(people.project, name="set", format_name="trl_sft", demanded=demanded, by=by)


def published(found: Dataset, people: Cast) -> Release:
    release, job = export.publish(found, by=Actor(people.mel.pk))
    jobs.run_job(job.pk)
    release.refresh_from_db()
    return release


def test_only_rows_of_people_known_to_be_right_too_seldom_stay_out(people: Cast, queue: Queue) -> None:
    often, seldom = somebody(queue, right=40, of=40), somebody(queue, right=30, of=40)
    unknown = somebody(queue, right=0, of=9)  # fewer than ten tell nothing
    for n, person in enumerate((often, seldom, unknown, PersonFactory.create())):
        said(queue, n, person)
    found = dataset(people, reviewers_right=0.7)  # 30 of 40: from 0.60 to 0.86

    release, looked = published(found, people), reading.look_at(found)

    assert b"Answer 1." not in content(release, "train.jsonl")
    assert release.rows == looked.records == 3
    assert looked.left_out == {"reviewer.unreliable": 1}
    assert release.manifest is not None
    assert release.manifest["excluded"] == {"reviewer.unreliable": 1}
    assert b"reviewer.unreliable" in content(release, "README.md")
    assert len(b"".join(reading.lines_of(found)).splitlines()) == 3


def test_what_a_lead_settled_rests_on_the_lead(people: Cast, queue: Queue) -> None:
    seldom = somebody(queue, right=10, of=40)
    kept, left_out = said(queue, 0, seldom), said(queue, 1, seldom)
    as_if_settled(kept, people.lee)

    release = published(dataset(people, reviewers_right=0.5, caps={"synthetic": 0.1}), people)

    assert list(release.lineage.values_list("item", flat=True)) == [kept.item_id]
    assert left_out.item_id != kept.item_id


def test_a_dataset_that_asks_nothing_judges_nobody(people: Cast, queue: Queue) -> None:
    said(queue, 0, somebody(queue, right=0, of=40))

    assert published(dataset(people), people).rows == 1
