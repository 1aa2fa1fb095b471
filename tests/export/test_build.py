"""Releases: whole or absent, never changed, the same after a kill."""

import os
import signal
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import IntegrityError, connections, transaction

from accounts.models import Event
from queues import jobs
from queues.errors import WrongState
from queues.export import actions as export
from queues.export import publishing, queries, reading
from queues.export.files.hashing import dataset_sha256
from queues.models import Dataset, Job, Queue, Release, ReleaseFile, ReleaseRow, Verdict
from tests.export.building import ask, content, released
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


def test_a_release_holds_rows_provenance_and_manifest_that_agree(people: Cast, queue: Queue) -> None:
    verdicts = [settled(queue, corrected_text=f"answer {n}") for n in range(3)]
    settled(queue, "approve")

    release = released(people)

    lines = content(release, "train.jsonl").split(b"\n")[:-1]
    origins = [orjson.loads(line) for line in content(release, "provenance.jsonl").split(b"\n")[:-1]]
    manifest = orjson.loads(content(release, "manifest.json"))
    assert [orjson.loads(line)["chosen"][0]["content"] for line in lines] == [
        "answer 0",
        "answer 1",
        "answer 2",
    ]
    assert [origin["record_sha256"] for origin in origins] == [sha256(line).hexdigest() for line in lines]
    assert [origin["verdict"] for origin in origins] == [verdict.pk for verdict in verdicts]
    assert [(origin["pi"], origin["weight"], origin["rules"]) for origin in origins] == [
        (1.0, 1.0, ["uncertain"])
    ] * 3
    assert manifest == release.manifest
    assert manifest["excluded"] == {"pair.no_correction": 1}
    assert manifest["records"] == release.rows == 3
    assert manifest["dataset_sha256"] == dataset_sha256(origin["record_sha256"] for origin in origins)
    for told in manifest["files"]:
        stored = content(release, told["path"])
        assert (told["bytes"], told["sha256"]) == (len(stored), sha256(stored).hexdigest())
    assert release.manifest_sha256 == sha256(content(release, "manifest.json")).hexdigest()
    assert ReleaseRow.objects.filter(release=release).count() == 3


def test_provenance_names_reviewers_by_pseudonym_only(people: Cast, queue: Queue) -> None:
    settled(queue, person=people.ann)
    settled(queue, person=people.ann)

    told = content(released(people), "provenance.jsonl")

    reviewers = {name for line in told.splitlines() for name in orjson.loads(line)["reviewers"]}
    assert len(reviewers) == 1
    assert reviewers.pop().startswith("rv_")
    assert people.ann.email.encode() not in told


def test_the_version_says_what_changed(people: Cast, queue: Queue) -> None:
    first = settled(queue, corrected_text="one")
    versions = [released(people).version, released(people).version]
    settled(queue, corrected_text="two")
    versions.append(released(people).version)
    Verdict.objects.filter(pk=first.pk).update(withdrawn_at="2026-11-21T00:00:00Z")
    versions.append(released(people).version)

    assert versions == ["1.0.0", "1.0.1", "1.1.0", "2.0.0"]
    assert [release.state for release in Release.objects.order_by("id")] == ["superseded"] * 3 + ["published"]


def test_nothing_to_publish_fails_and_says_so(people: Cast, queue: Queue) -> None:
    settled(queue, "approve")
    release, job = ask(people)

    jobs.run_job(job.pk)

    release.refresh_from_db()
    job.refresh_from_db()
    assert (release.state, job.state) == ("failed", "failed")
    assert "Nothing to publish" in job.error
    assert ask(people)[0].pk != release.pk


def test_one_release_at_a_time(people: Cast, queue: Queue) -> None:
    settled(queue)
    ask(people)

    with pytest.raises(WrongState):
        ask(people)


def test_a_job_that_is_run_twice_publishes_once(people: Cast, queue: Queue) -> None:
    settled(queue)
    release, job = ask(people)

    jobs.run_job(job.pk)
    jobs.run_job(job.pk)
    export.build(job)

    assert Event.objects.filter(kind="release.published").count() == 1
    assert ReleaseRow.objects.filter(release=release).count() == 1


def test_an_attempt_that_was_replaced_publishes_nothing(
    people: Cast, queue: Queue, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    settled(queue)
    release, job = ask(people)
    Job.objects.start(job.pk)
    job.refresh_from_db()
    real = publishing.publish_built

    def late(*args: Any) -> None:
        monkeypatch.setattr("queues.export.build.publish_built", real)
        export.build(job)  # the other attempt, while this one was on its way
        real(*args)

    monkeypatch.setattr("queues.export.build.publish_built", late)
    export.build(job)

    release.refresh_from_db()
    assert release.state == "published"
    assert [place.name for place in (folder / "releases").iterdir()] == [str(release.folder)]


STANDS = r"is published|a published release|is history"


@pytest.mark.parametrize(
    "refused",
    [
        lambda release: Release.objects.filter(pk=release.pk).update(notes="other"),
        lambda release: Release.objects.filter(pk=release.pk).update(state="failed"),
        lambda release: Release.objects.filter(pk=release.pk).update(state="superseded", rows=7),
        lambda release: Release.objects.filter(pk=release.pk)._raw_delete("default"),
        lambda release: ReleaseFile.objects.filter(release=release).update(sha256="0"),
        lambda release: ReleaseFile.objects.filter(release=release)._raw_delete("default"),
        lambda release: ReleaseRow.objects.filter(release=release).update(line=9),
        lambda release: ReleaseRow.objects.filter(release=release)._raw_delete("default"),
        lambda release: ReleaseRow.objects.create(
            release=release, line=9, item_id=9, verdict_id=9, split="train", record_sha256=b""
        ),
    ],
)
def test_the_database_refuses_to_change_what_is_published(
    people: Cast, queue: Queue, refused: Callable[[Release], object]
) -> None:
    settled(queue)
    release = released(people)

    with pytest.raises(IntegrityError, match=STANDS), transaction.atomic():
        refused(release)


def test_an_undo_is_told_that_its_answer_has_left(people: Cast, queue: Queue) -> None:
    inside, outside = settled(queue), settled(queue, "reject")
    released(people)

    assert queries.is_released(inside.review_id or 0)
    assert not queries.is_released(outside.review_id or 0)


def test_a_mistake_while_reading_ends_the_build_and_frees_the_connection(
    people: Cast, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _n in range(3):
        settled(queue)
    _release, job = ask(people)

    def broken(record: object) -> bytes:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("queues.export.files.contents.canonical", broken)
        jobs.run_job(job.pk)
    job.refresh_from_db()

    assert (job.state, job.error) == ("queued", "MemoryError: ")
    jobs.run_job(job.pk)
    assert Release.objects.get().state == "published"


def test_reading_less_than_there_is_frees_the_connection(people: Cast, queue: Queue) -> None:
    for _n in range(5):
        settled(queue, corrected_text="x" * 100_000)
    dataset = ask(people)[0].dataset

    assert len(b"".join(reading.lines_of(dataset, limit=2)).splitlines()) == 2
    stream = reading.lines_of(dataset)
    next(stream)
    stream.close()
    assert Dataset.objects.exists()


# Where a worker is killed: the function, and whether before or after it did its work.
KILLED_AT = [
    ("queues.export.files.contents.canonical", True),
    ("queues.export.files.store._make_durable", True),
    ("queues.export.build.check_file", False),
    ("queues.export.publishing._copy_lineage", False),
    ("queues.export.publishing._record", False),
]


@pytest.mark.parametrize(("place", "is_before"), KILLED_AT)
def test_after_a_kill_the_next_attempt_gives_the_same_and_leaves_nothing(
    people: Cast, queue: Queue, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str, is_before: bool
) -> None:
    for n in range(5):
        settled(queue, corrected_text=f"answer {n}")
    release, job = ask(people)

    _killed_while_building(job, place, is_before, monkeypatch)

    assert not ReleaseFile.objects.filter(release=release).exists()
    assert not ReleaseRow.objects.filter(release=release).exists()
    Job.objects.filter(pk=job.pk).update(lease_until="2026-01-01T00:00:00Z")
    jobs.run_job(job.pk)
    release.refresh_from_db()
    again = released(people)
    assert release.dataset_sha256 == again.dataset_sha256
    assert content(release, "train.jsonl") == content(again, "train.jsonl")
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert kept == set(ReleaseFile.objects.values_list("storage_name", flat=True))


def _killed_while_building(job: Job, place: str, is_before: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the job in a child that kills itself, hard, at this place."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        _kept = _left_to_the_parent()
        module, _dot, name = place.rpartition(".")
        real = getattr(__import__(module, fromlist=[name]), name)

        def deadly(*args: Any, **kwargs: Any) -> None:
            if not is_before:
                real(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(place, deadly)
        try:
            jobs.run_job(job.pk)
        finally:
            os._exit(0)  # whatever happens, no second run of the tests goes on in here
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def _left_to_the_parent() -> list[Any]:
    """The connections that the parent did not see: the loop of a browser's test hides older ones from it.

    Nothing may be said over them from here, not even a goodbye, as long as the list is held.
    """
    inherited = connections.all(initialized_only=True)
    held = [one.connection for one in inherited]
    for one in inherited:
        one.connection = None
    return held
