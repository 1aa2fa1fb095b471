"""A file of a release that holds withdrawn rows says so, whichever way it is fetched."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client

from accounts.models import Event
from queues.export.files import store
from queues.models import Item
from tests.api.test_releases import Caller, body_of
from tests.export.building import released
from tests.export.recalling import withdraw
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "Reviewapp-Withdrawn-Rows"
OLD = "releases/trl-dpo@1.0.0"
FILES = f"{OLD}/files/"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path))


@pytest.fixture
def mel(people: Cast) -> Caller:
    return Caller(people.project, people.mel)


@pytest.fixture
def item(people: Cast) -> Item:
    """The one on the first line of trl-dpo@1.0.0, which has three."""
    queue = queue_in(people.project, slug="refunds")
    verdicts = [settled(queue, corrected_text=f"answer {n}") for n in range(3)]
    released(people)
    return verdicts[0].item


def recall(people: Cast, item: Item) -> None:
    withdraw(people, item.prediction.prediction_id)


def test_a_release_whose_rows_may_be_used_says_nothing(mel: Caller, item: Item) -> None:
    answer = mel.get(FILES + "train.jsonl")

    assert HEADER not in answer.headers
    assert "Link" not in answer.headers


def test_every_file_and_part_says_how_many_rows_were_withdrawn(people: Cast, mel: Caller, item: Item) -> None:
    recall(people, item)
    link = mel.post(FILES + "train.jsonl:link", {}).json()["url"]

    answers: list[Any] = [
        mel.get(FILES + "train.jsonl"),
        mel.get(FILES + "train.jsonl.gz"),
        mel.get(FILES + "train.parquet"),
        mel.get(FILES + "train.jsonl", Range="bytes=5-"),
        mel.get(FILES + "train.jsonl", Range="bytes=-5"),
        Client().get(link),
        Client().get(link, headers={"Range": "bytes=5-"}),
    ]
    etag = answers[0].headers["ETag"]
    answers.append(mel.get(FILES + "train.jsonl", **{"If-None-Match": etag}))

    assert [answer.status_code for answer in answers] == [200, 200, 200, 206, 206, 200, 206, 304]
    assert {answer.headers[HEADER] for answer in answers} == {"1"}
    assert mel.get(OLD).json()["recalls"] == 1


def test_asking_for_the_headers_alone_is_no_download(people: Cast, mel: Caller, item: Item) -> None:
    recall(people, item)

    answer = Client().head(mel.base + FILES + "train.jsonl", headers=mel.headers)

    assert (answer.status_code, answer.headers[HEADER], body_of(answer)) == (200, "1", b"")
    assert not Event.objects.filter(kind="release.downloaded").exists()


def test_the_way_leads_to_the_list_and_to_the_file_without_them(
    people: Cast, mel: Caller, item: Item
) -> None:
    recall(people, item)
    list_of_them = f'<{mel.base}{OLD}/recalls>; rel="describedby"'

    before = mel.get(FILES + "train.jsonl").headers["Link"]
    released(people)
    after = mel.get(FILES + "train.jsonl").headers["Link"]

    newest = f"{mel.base}releases/trl-dpo@2.0.0/files/train.jsonl"
    assert before == list_of_them
    assert after == f'{list_of_them}, <{newest}>; rel="latest-version"'
    assert HEADER not in Client().get(newest, headers=mel.headers).headers
    assert len(body_of(Client().get(newest, headers=mel.headers)).splitlines()) == 2


def test_no_way_leads_to_a_release_that_has_withdrawn_rows_itself(
    people: Cast, mel: Caller, item: Item
) -> None:
    settled(item.queue, corrected_text="answer 4")
    released(people)

    recall(people, item)

    assert "latest-version" not in mel.get(FILES + "train.jsonl").headers["Link"]


def test_a_row_is_found_by_its_line(people: Cast, mel: Caller, item: Item) -> None:
    by_line = mel.get(f"{OLD}/lines/train/1")

    assert by_line.json()["record_id"] == f"r-{item.pk}"
    assert by_line.json() == mel.get(f"{OLD}/rows/r-{item.pk}").json()
    assert mel.get(f"{OLD}/lines/train/4").status_code == 404
    assert mel.get(f"{OLD}/lines/test/1").status_code == 404
    recall(people, item)
    assert mel.get(f"{OLD}/lines/train/1").status_code == 410
