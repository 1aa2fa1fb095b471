"""Datasets and releases through the API: define, publish, download, go on after a cut."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client

from accounts.models import Event, Person, Project
from accounts.roles import Permission
from queues import jobs
from queues.export.files import store
from queues.models import Dataset, Job, Release
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path))


class Caller:
    """A program with a key."""

    def __init__(self, project: Project, person: Person, *scopes: Permission) -> None:
        _key, text = api_key(project, person, *scopes)
        self.base = f"/api/v1/projects/{project.slug}/"
        self.headers = {"Authorization": f"Bearer {text}"}

    def get(self, path: str, **headers: str) -> Any:
        return Client().get(self.base + path, headers=self.headers | headers)

    def post(self, path: str, body: object) -> Any:
        return Client().post(self.base + path, body, content_type="application/json", headers=self.headers)


@pytest.fixture
def mel(people: Cast) -> Caller:
    return Caller(people.project, people.mel)


@pytest.fixture
def release(people: Cast, mel: Caller) -> Release:
    """refunds@1.0.0 with three pairs."""
    queue = queue_in(people.project, slug="refunds")
    for n in range(3):
        settled(queue, corrected_text=f"answer {n} \u2028 é")
    mel.post("datasets", {"name": "refunds", "format": "trl_dpo"})
    answer = mel.post("datasets/refunds/releases", {"notes": "first"})
    jobs.run_job(Job.objects.get().pk)
    return Release.objects.get(pk=answer.json()["id"])


FILE = "releases/refunds@1.0.0/files/train.jsonl"


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_dataset_is_made_listed_and_read(people: Cast, mel: Caller) -> None:
    made = mel.post(
        "datasets",
        {"name": "refunds", "title": "Refunds", "format": "trl_sft", "filter": {"basis": ["single"]}},
    )

    assert made.status_code == 201
    assert made.headers["Location"].endswith("/datasets/refunds")
    assert mel.get("datasets").json()["items"] == [made.json()]
    assert mel.get("datasets/refunds").json() == made.json()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "../../x", "format": "trl_sft"}, "/name"),
        ({"name": "d", "format": "nope"}, "/format"),
        ({"name": "d", "format": "trl_sft", "split": {"train": 0.9, "test": 0.9}}, "/split"),
        (
            {"name": "d", "format": "trl_sft", "filter": {"reviewer__password__regex": "^p"}},
            "/filter/reviewer__password__regex",
        ),
        ({"name": "d", "format": "trl_sft", "callback_url": "http://169.254.169.254/"}, "/callback_url"),
        ({"name": 7, "format": "trl_sft"}, "/name"),
    ],
)
def test_what_is_unknown_is_refused_by_pointer(mel: Caller, body: dict[str, Any], pointer: str) -> None:
    refused = mel.post("datasets", body)

    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert not Dataset.objects.exists()


def test_publishing_answers_at_once_and_can_be_followed(people: Cast, mel: Caller) -> None:
    settled(queue_in(people.project))
    mel.post("datasets", {"name": "refunds", "format": "trl_sft"})

    asked = mel.post("datasets/refunds/releases", {})

    assert asked.status_code == 202
    assert (asked.json()["state"], asked.json()["job"]["state"]) == ("draft", "queued")
    assert asked.json()["takes_from_training"] == {}
    jobs.run_job(Job.objects.get().pk)
    followed = mel.get(f"releases/{asked.json()['id']}").json()
    assert (followed["state"], followed["version"], followed["job"]["state"]) == (
        "published",
        "1.0.0",
        "done",
    )


def test_a_release_is_read_by_name_and_version_or_as_the_latest(mel: Caller, release: Release) -> None:
    told = mel.get("releases/refunds@1.0.0").json()

    assert told == mel.get("releases/refunds@latest").json()
    assert told["manifest"] == release.manifest
    assert [file["path"] for file in told["files"]] == [
        "train.jsonl",
        "provenance.jsonl",
        "train.jsonl.gz",
        "train.parquet",
        "findings.jsonl",
        "provenance.parquet",
        "README.md",
        "croissant.json",
        "manifest.json",
        "SHA256SUMS",
    ]
    assert mel.get("datasets/refunds/releases").json()["items"][0]["version"] == "1.0.0"
    assert mel.get("releases/refunds@9.9.9").status_code == 404


def test_a_program_accepts_what_it_looked_at(
    people: Cast, mel: Caller, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.export.guarding.protected.ProtectedTexts.alike", lambda *_a: "g-7")
    at, why = "datasets/refunds/releases", "Only the tone is alike."
    stopped = mel.post(at, {}).json()["id"]
    jobs.run_job(Job.objects.latest("id").pk)
    told = mel.get(f"releases/{stopped}").json()

    refused = mel.post(at, {"accepted": {"contamination": why}})
    asked = mel.post(at, {"accepted": {"contamination": why}, "findings_of": stopped})
    jobs.run_job(Job.objects.latest("id").pk)
    answer = mel.get(f"releases/{asked.json()['id']}").json()

    assert (told["state"], told["stops"]) == (
        "failed",
        [{"guard": "contamination", "rows": 3, "unaccepted": 3}],
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/findings_of")
    assert (answer["state"], answer["stops"][0]["unaccepted"]) == ("published", 0)
    [given] = answer["acceptances"]
    assert given.pop("accepted_at")
    assert given == {
        "guard": "contamination",
        "reason": why,
        "findings_of": stopped,
        "accepted_by": people.mel.name,
    }


def test_asking_for_golden_answers_tells_what_trains_no_more(mel: Caller, release: Release) -> None:
    mel.post("datasets", {"name": "exam", "format": "golden"})

    asked = mel.post("datasets/exam/releases", {}).json()

    assert asked["takes_from_training"] == {"refunds": 3}


def test_a_download_carries_its_hash_and_leaves_an_event(mel: Caller, release: Release) -> None:
    response = mel.get(FILE)
    content = body_of(response)

    assert response.headers["ETag"] == f'"{sha256(content).hexdigest()}"'
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Content-Disposition"] == 'attachment; filename="refunds-1.0.0-train.jsonl"'
    assert [orjson.loads(line)["chosen"][0]["content"] for line in content.split(b"\n")[:-1]] == [
        f"answer {n} \u2028 é" for n in range(3)
    ]
    assert Event.objects.filter(kind="release.downloaded", subject_id=release.pk).count() == 1


def test_a_cut_download_goes_on_at_every_byte(mel: Caller, release: Release) -> None:
    whole = body_of(mel.get(FILE))
    etag = f'"{sha256(whole).hexdigest()}"'

    for cut in range(0, len(whole), 37):
        rest = mel.get(FILE, Range=f"bytes={cut}-", **{"If-Range": etag})
        assert rest.status_code == 206
        assert rest.headers["Content-Range"] == f"bytes {cut}-{len(whole) - 1}/{len(whole)}"
        assert whole[:cut] + body_of(rest) == whole


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=2-5", 206, slice(2, 6)),
        ("bytes=-4", 206, slice(-4, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=-99999999", 206, slice(0, None)),
        ("bytes=5-2", 200, slice(0, None)),
        ("bytes=0-0,2-2", 200, slice(0, None)),
        ("chars=0-5", 200, slice(0, None)),
        ("bytes=abc", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
        ("bytes=٣-٤", 200, slice(0, None)),
    ],
)
def test_one_range_is_honoured_and_nonsense_is_ignored(
    mel: Caller, release: Release, asked: str, status: int, part: slice
) -> None:
    whole = body_of(mel.get(FILE))

    response = mel.get(FILE, Range=asked)

    assert (response.status_code, body_of(response)) == (status, whole[part])


@pytest.mark.parametrize("asked", ["bytes=9999999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(mel: Caller, release: Release, asked: str) -> None:
    refused = mel.get(FILE, Range=asked)

    assert refused.status_code == 416
    assert refused.headers["Content-Range"].startswith("bytes */")


def test_another_version_of_the_file_starts_from_the_beginning(mel: Caller, release: Release) -> None:
    response = mel.get(FILE, Range="bytes=5-", **{"If-Range": '"0000"'})

    assert response.status_code == 200
    assert mel.get(FILE, **{"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_rows_stream_what_a_release_would_hold_now(people: Cast, mel: Caller, release: Release) -> None:
    response = mel.get("datasets/refunds:rows")

    assert body_of(response) == body_of(mel.get(FILE))
    assert len(body_of(mel.get("datasets/refunds:rows?limit=2")).splitlines()) == 2
    assert Event.objects.filter(kind="dataset.rows_read").count() == 2


@pytest.fixture
def paths() -> list[tuple[str, Permission]]:
    return [
        ("datasets", Permission.READ),
        ("datasets/refunds", Permission.READ),
        ("datasets/refunds:rows", Permission.PULL),
        ("datasets/refunds/releases", Permission.READ),
        ("releases/refunds@1.0.0", Permission.READ),
        (FILE, Permission.PULL),
    ]


def test_each_address_needs_its_permission(
    people: Cast, release: Release, paths: list[tuple[str, Permission]]
) -> None:
    for path, needed in paths:
        allowed = Caller(people.project, people.mel, needed)
        others = [p for p in (Permission.READ, Permission.PULL, Permission.PUSH) if p != needed]
        assert allowed.get(path).status_code == 200, path
        assert Caller(people.project, people.mel, *others).get(path).status_code == 403, path


def test_a_key_of_another_project_finds_nothing(
    people: Cast, release: Release, paths: list[tuple[str, Permission]]
) -> None:
    theirs = Caller(people.other, people.sam)
    theirs.base = f"/api/v1/projects/{people.project.slug}/"

    assert {theirs.get(path).status_code for path, _needed in paths} == {404}
    assert Caller(people.other, people.sam).get(f"releases/{release.pk}").status_code == 404


def test_a_lead_defines_and_publishes_nothing(people: Cast, release: Release) -> None:
    lee = Caller(people.project, people.lee)

    assert lee.post("datasets", {"name": "x", "format": "golden"}).status_code == 403
    assert lee.post("datasets/refunds/releases", {}).status_code == 403
    assert lee.get(FILE).status_code == 403
