"""What a release is built again by, and what older releases do to the next one."""

import pytest
from django.db import connection

from accounts.actor import Actor
from queues import jobs
from queues.export import actions as export
from queues.export import defining
from queues.models import Dataset, Job, Queue, Release, ReleaseRow, SplitGroup
from tests.export.building import content
from tests.export.recalling import withdraw
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


def published(found: Dataset, people: Cast) -> Release:
    release, job = export.publish(found, by=Actor(people.mel.pk))
    jobs.run_job(job.pk)
    release.refresh_from_db()
    assert release.state == "published", Job.objects.get(pk=job.pk).error
    return release


def test_after_a_recall_a_release_is_built_by_its_own_definition(people: Cast, queue: Queue) -> None:
    by = Actor(people.mel.pk)
    verdicts = [settled(queue, record=record_of(f"{n}?"), corrected_text=f"Answer {n}.") for n in range(3)]
    found = export.create_dataset(people.project, name="set", format_name="trl_sft", by=by)
    first = published(found, people)
    found.refresh_from_db()
    defining.redefine(
        found, wanted={"decisions": ["approve"]}, demanded={}, shared={}, reason="Approved ones only.",
        instead_of=found.version, by=by,
    )  # fmt: skip

    withdraw(people, verdicts[1].item.prediction.prediction_id, publishes=True)
    jobs.run_job(Job.objects.filter(kind="build_release").latest("pk").pk)

    second = Release.objects.latest("pk")
    assert (second.state, second.rows) == ("published", 2)
    assert second.definition_id == first.definition_id
    assert content(second, "train.jsonl").splitlines() == [
        line for line in content(first, "train.jsonl").splitlines() if b"Answer 1." not in line
    ]


def test_rows_of_before_there_were_groups_hold_up_no_release(people: Cast, queue: Queue) -> None:
    for n in range(8):
        settled(queue, record=record_of(f"{n}?"), corrected_text=f"Answer {n}.")
    shared = {"shares": {"train": 0.5, "test": 0.5}, "seed": "2026-01"}
    found = export.create_dataset(
        people.project, name="set", format_name="trl_sft", shared=shared, by=Actor(people.mel.pk)
    )
    first = published(found, people)
    with connection.cursor() as cursor:  # as an older version of ours left them
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE queues_releaserow SET group_key = NULL")
        cursor.execute("DELETE FROM queues_splitgroup")
        cursor.execute("SET session_replication_role = DEFAULT")

    second = published(found, people)

    def splits(release: Release) -> dict[int, str]:
        return dict(ReleaseRow.objects.filter(release=release).values_list("item_id", "split"))

    assert splits(second) == splits(first)
    assert set(splits(first).values()) == {"train", "test"}
    assert SplitGroup.objects.filter(dataset=found).count() == 8
    assert not ReleaseRow.objects.filter(release=second, group_key=None).exists()
