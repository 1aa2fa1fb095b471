"""Releases in a bucket: built into it, read back, and sent from any byte on without fetching the rest."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import Storage
from django.test import Client
from django.utils.module_loading import import_string

from queues.export.files import store
from reviewapp.storage import storage_of
from tests.export.bucket import Served, bucket_server
from tests.export.building import content, released
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with bucket_server() as served:
        yield served


@pytest.fixture
def bucket(server: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "only for tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    entry = storage_of(f"s3://releases-of-ours/house?endpoint={server.url}", Path("/nowhere"))
    storage: Storage = import_string(entry["BACKEND"])(**entry["OPTIONS"])
    monkeypatch.setattr(store, "default_storage", storage)
    server.files.clear()
    return server


def test_a_stored_file_is_read_from_any_byte_on_and_only_that_is_fetched(
    bucket: Served, tmp_path: Path
) -> None:
    whole, local = bytes(range(256)) * 4_000, tmp_path / "rows.jsonl"
    local.write_bytes(whole)
    name = store.put(uuid4(), local)

    assert b"".join(store.read(name)) == whole
    bucket.sent = 0
    assert b"".join(store.read(name, start=len(whole) - 10)) == whole[-10:]
    assert b"".join(store.read(name, start=len(whole) - 300, length=7)) == whole[-300:-293]
    assert bucket.sent == 310


def test_an_attempt_is_cleared_with_all_that_it_wrote_and_nothing_else(
    bucket: Served, tmp_path: Path
) -> None:
    local = tmp_path / "rows.jsonl"
    local.write_bytes(b"{}\n")
    mine, other = uuid4(), uuid4()
    store.put(mine, local)
    store.put(mine, local)
    kept = store.put(other, local)

    store.clear(mine)
    store.clear(uuid4())

    assert list(bucket.files) == [f"releases-of-ours/house/{kept}"]


def test_an_empty_file_is_read_as_one(bucket: Served, tmp_path: Path) -> None:
    local = tmp_path / "empty"
    local.touch()

    assert list(store.read(store.put(uuid4(), local))) == []


@pytest.mark.django_db(transaction=True)
def test_a_release_is_built_into_a_bucket_and_downloaded_in_parts(bucket: Served) -> None:
    people: Cast = cast()
    queue = queue_in(people.project, slug="refunds")
    for answer in ("Yes, within thirty days.", "No, never."):
        settled(queue, corrected_text=answer)
    release = released(people, "trl_sft")
    rows = content(release, "train.jsonl")
    _key, key = api_key(people.project, people.mel)
    address = f"/api/v1/projects/{people.project.slug}/releases/trl-sft@1.0.0/files/train.jsonl"

    first, rest = (
        Client().get(address, headers={"Authorization": f"Bearer {key}", "Range": f"bytes={part}"})
        for part in ("0-9", "10-")
    )

    assert (first.status_code, rest.status_code) == (206, 206)
    got = first.getvalue() + rest.getvalue()
    assert got == rows
    assert [json.loads(line)["messages"][-1]["content"] for line in got.splitlines()] == [
        "Yes, within thirty days.",
        "No, never.",
    ]
