"""Splits: a group is in one of them, for ever, and no question is on both sides."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from queues import jobs
from queues.errors import Invalid
from queues.export import actions as export
from queues.export import publishing, reading
from queues.export.guards.splits import SplitWall
from queues.export.guards.tested import Tested
from queues.export.splits import split_of
from queues.export.taking import NOTHING, Taken
from queues.models import Dataset, Job, Queue, Release, ReleaseRow, SplitGroup, Verdict
from tests.export.building import content
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)

SHARES = {"train": 0.5, "validation": 0.2, "test": 0.3}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


def dataset(
    people: Cast, name: str = "refunds", format_name: str = "trl_sft", shares: Mapping[str, float] = SHARES
) -> Dataset:
    shared = {"shares": dict(shares), "seed": "2026-01"} if shares else None
    by = Actor(people.mel.pk)
    return export.create_dataset(people.project, name=name, format_name=format_name, shared=shared, by=by)


def built(found: Dataset, people: Cast) -> Release:
    release, job = export.publish(found, by=Actor(people.mel.pk))
    jobs.run_job(job.pk)
    release.refresh_from_db()
    assert release.state == "published", Job.objects.get(pk=job.pk).error
    return release


def talk(queue: Queue, conversation: str, n: int = 1) -> list[Verdict]:
    """Rows of one conversation, each with a question of its own."""
    return [
        settled(queue, record=record_of(f"{conversation}, {at}?", trace={"conversation_id": conversation}))
        for at in range(n)
    ]


def test_each_split_has_files_of_its_own_and_holds_whole_conversations(people: Cast, queue: Queue) -> None:
    for at in range(12):
        talk(queue, f"conv-{at}", 2)

    release = built(dataset(people), people)

    origins = [orjson.loads(line) for line in content(release, "provenance.jsonl").splitlines()]
    where = {origin["verdict"]: origin["split"] for origin in origins}
    for verdict in Verdict.objects.select_related("item__prediction__payload"):
        conversation = verdict.item.prediction.payload.record["trace"]["conversation_id"]
        assert where[verdict.pk] == split_of(conversation, seed="2026-01", fractions=SHARES)
    rows = orjson.loads(content(release, "manifest.json"))["splits"]["rows"]
    assert sum(rows.values()) == release.rows == 24
    for split in SHARES:
        lines = content(release, f"{split}.jsonl").splitlines()
        assert len(lines) == rows[split] > 0
        assert release.files.filter(path__in=[f"{split}.jsonl.gz", f"{split}.parquet"]).count() == 2
        assert [origin["line"] for origin in origins if origin["split"] == split] == [
            *range(1, len(lines) + 1)
        ]
    card = content(release, "README.md").decode()
    assert '{"split": "validation", "path": "validation.jsonl"}' in card
    assert len(orjson.loads(content(release, "croissant.json"))["recordSet"]) == 3


def test_a_group_stays_where_it_was_first_published_whatever_the_shares(people: Cast, queue: Queue) -> None:
    for at in range(12):
        talk(queue, f"conv-{at}")
    found = dataset(people)
    first = built(found, people)
    Dataset.objects.filter(pk=found.pk).update(splits={"shares": {"train": 1.0}, "seed": "other"})
    talk(queue, "conv-new")

    second = built(found, people)

    before, after = ({row.item_id: row.split for row in release.lineage.all()} for release in (first, second))
    new = ReleaseRow.objects.get(
        release=second, item__prediction__payload__record__trace__conversation_id="conv-new"
    )
    assert after == {**before, new.item_id: "train"}
    assert second.version == "1.1.0"


def test_rows_that_ask_the_same_are_one_group(people: Cast, queue: Queue) -> None:
    for at in range(6):
        settled(queue, record=record_of(f"Question {at}?"))
        settled(queue, record=record_of(f"  QUESTION {at}?"), corrected_text="Another answer.")

    release = built(dataset(people), people)

    assert SplitGroup.objects.filter(release=release).count() == 6
    assert not release.findings.get("split.question_in_two")


def test_one_question_in_two_conversations_is_in_one_split_only(people: Cast, queue: Queue) -> None:
    for at in (0, 2):  # conv-0 is to train with, conv-2 to test with
        settled(queue, record=record_of("The same?", trace={"conversation_id": f"conv-{at}"}))
    talk(queue, "conv-1")

    release = built(dataset(people), people)

    assert release.findings["split.question_in_two"]["rows"] == 1
    assert release.rows == 2


def test_what_another_dataset_tests_with_never_trains(people: Cast, queue: Queue) -> None:
    talk(queue, "conv-2")
    asked = "My order of two blue kettles arrived on Tuesday with one lid broken, can I send one back now?"
    settled(queue, record=record_of(asked))
    built(dataset(people, "golden", "golden", {}), people)
    talk(queue, "conv-3")
    settled(queue, record=record_of(f"Hello! {asked} Thank you."))

    release = built(dataset(people, shares={}), people)

    found = {code: told["rows"] for code, told in release.findings.items() if code.startswith("split.")}
    assert found == {"split.tested_elsewhere": 2, "split.tested": 1}
    assert {one["detail"] for one in release.findings["split.tested_elsewhere"]["examples"]} == {"golden"}
    assert release.rows == 1


def test_a_golden_release_of_what_trained_is_warned_of(people: Cast, queue: Queue) -> None:
    talk(queue, "conv-0")
    built(dataset(people, shares={}), people)

    release = built(dataset(people, "golden", "golden", {}), people)

    assert release.findings["split.trained_elsewhere"]["effect"] == "warns"
    assert set(release.lineage.values_list("split", flat=True)) == {"test"}


def test_what_a_release_would_take_from_training_is_told_before_it_and_once(
    people: Cast, queue: Queue
) -> None:
    talk(queue, "conv-0", 2)
    trains = dataset(people, shares={})
    built(trains, people)
    talk(queue, "conv-1")
    golden = dataset(people, "golden", "golden", {})

    assert reading.taken_by(golden) == Taken(2, {"refunds": 2})
    assert reading.taken_by(trains) == NOTHING

    built(golden, people)
    assert reading.taken_by(golden) == NOTHING  # lost already
    assert reading.taken_by(dataset(people, "golden-2", "golden", {})) == NOTHING


def test_a_conversation_in_two_splits_is_never_published(
    people: Cast, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(queue, "conv-0", 3)
    turn = iter(["train", "test"] * 9)
    for guard in (SplitWall, Tested):
        monkeypatch.setattr(guard, "scopes", ())
    monkeypatch.setattr("queues.export.splitting.Groups.split_of", lambda *_: next(turn))
    release, job = export.publish(dataset(people), by=Actor(people.mel.pk))

    jobs.run_job(job.pk)

    release.refresh_from_db()
    job.refresh_from_db()
    assert release.state != "published"
    assert job.error.startswith(f"{publishing.TornGroupError.__name__}: split.group_torn")


def test_the_rows_of_one_split_are_read_without_a_release(people: Cast, queue: Queue) -> None:
    for at in range(12):
        talk(queue, f"conv-{at}")
    found = dataset(people)

    counts = {split: len(b"".join(reading.lines_of(found, split=split)).splitlines()) for split in SHARES}

    assert sum(counts.values()) == 12
    assert len(b"".join(reading.lines_of(found)).splitlines()) == counts["train"]
    assert reading.look_at(found).splits == counts


def test_a_group_is_never_moved_in_the_database_either(people: Cast, queue: Queue) -> None:
    talk(queue, "conv-0")
    built(dataset(people), people)

    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        SplitGroup.objects.update(split="test")
    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        SplitGroup.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("shared", "pointers"),
    [
        ([], ["/splits"]),
        ({"shares": {"train": 0.9}}, ["/splits/shares"]),
        ({"shares": {"train": 0.5, "dev": 0.5}}, ["/splits/shares"]),
        ({"shares": {"test": 1}}, ["/splits/shares"]),
        ({"shares": {"train": 1.5, "test": -0.5}}, ["/splits/shares"]),
        ({"shares": {"train": True}}, ["/splits/shares"]),
        ({"shares": {"train": 1}, "seed": ""}, ["/splits/seed"]),
        ({"seed": "x", "a/b": 1}, ["/splits/a~1b", "/splits/shares"]),
    ],
)
def test_shares_that_make_no_sense_are_refused(people: Cast, shared: Any, pointers: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        export.create_dataset(
            people.project, name="a", format_name="trl_sft", shared=shared, by=Actor(people.mel.pk)
        )

    assert [fault.pointer for fault in refusal.value.faults] == pointers


def test_golden_answers_are_not_split(people: Cast) -> None:
    with pytest.raises(Invalid, match="not created"):
        dataset(people, format_name="golden")
