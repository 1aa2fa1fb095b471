"""All rows of a release in which a guard found something: page by page, and for whom."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.actor import Actor
from queues import jobs
from queues.export import actions as export
from queues.export import findings
from queues.models import Queue, Release, Verdict
from tests.export.building import ask, released
from tests.export.recalling import withdraw
from tests.factories.golden import golden_record, verified
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)

CODE = "agreement.single"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


@pytest.fixture
def verdicts(queue: Queue) -> list[Verdict]:
    return [settled(queue, corrected_text=f"answer {n}") for n in range(5)]


@pytest.fixture
def release(people: Cast, queue: Queue, verdicts: list[Verdict]) -> Release:
    """Five rows that one person decided, and two that are no pair."""
    for _n in range(2):
        settled(queue, "approve")
    return released(people)


def name_of(verdict: Verdict) -> str:
    return verdict.item.prediction.prediction_id


def caller(people: Cast, person: Any) -> Client:
    _key, text = api_key(people.project, person)
    return Client(headers={"Authorization": f"Bearer {text}"})


def address(people: Cast, rest: str = "") -> str:
    return f"/api/v1/projects/{people.project.slug}/releases/trl-dpo@latest/findings{rest}"


def page_of(people: Cast, release: Release) -> str:
    return f"/projects/{people.project.slug}/datasets/trl-dpo/releases/{release.pk}/findings"


def test_every_row_of_a_code_comes_once_page_by_page(
    people: Cast, release: Release, verdicts: list[Verdict]
) -> None:
    told, cursor, client = [], "", caller(people, people.mel)
    while cursor is not None:
        asked: dict[str, str | int] = {"code": CODE, "limit": 2}
        page = client.get(address(people), asked | ({"cursor": cursor} if cursor else {})).json()
        told += [one["record_id"] for one in page["items"]]
        cursor = page["next_cursor"]

    assert told == [f"r-{verdict.item_id}" for verdict in verdicts]
    assert (page["guard"], page["effect"], page["rows"]) == ("agreement", "warns", 5)
    assert [one["prediction_id"] for one in page["items"]] == [name_of(verdicts[4])]


def test_a_place_within_a_line_begins_with_the_next_one(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [row.record_id for row in findings.rows_of(release, CODE, limit=10).rows]
    size = release.files.get(path="findings.jsonl").bytes

    for after in range(0, size + 9, 7):
        found = [row.record_id for row in findings.rows_of(release, CODE, after=after, limit=10).rows]
        assert found == whole[len(whole) - len(found) :]
    monkeypatch.setattr(findings, "LOOKED_AT_BYTES", 1)
    assert findings.rows_of(release, CODE, limit=10).go_on


def test_the_page_lists_them_with_links_and_tells_what_was_withdrawn(
    people: Cast, release: Release, verdicts: list[Verdict]
) -> None:
    client = Client()
    client.force_login(people.mel)
    withdraw(people, name_of(verdicts[1]))

    shown = client.get(page_of(people, release), {"code": CODE}).content.decode()
    dataset = client.get(f"/projects/{people.project.slug}/datasets/trl-dpo/").content.decode()

    row = f"/projects/{people.project.slug}/datasets/trl-dpo/releases/{release.pk}/rows/"
    assert f'{row}{verdicts[0].item_id}"' in shown
    assert f'{row}{verdicts[1].item_id}"' not in shown
    assert "withdrawn" in shown
    assert f"/predictions/{verdicts[1].item.prediction_id}" in shown
    assert "/findings?code=" in dataset


@pytest.mark.parametrize("code", ["", "secret.secret", "agreement", "%22", "\n"])
def test_a_code_that_nothing_has_is_not_there(people: Cast, release: Release, code: str) -> None:
    client = Client()
    client.force_login(people.mel)

    assert client.get(page_of(people, release), {"code": code}).status_code == 404
    assert caller(people, people.mel).get(address(people), {"code": code}).status_code in (404, 422, 400)


@pytest.fixture
def stopped(people: Cast, queue: Queue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A release that a guard stops, with a finding in each of 60 rows."""
    verified(people.project, golden_record(input={"prompt": "What is golden?"}))
    for n in range(60):
        settled(queue, corrected_text=f"answer {n}")
    with monkeypatch.context() as alike:
        alike.setattr("queues.export.guarding.protected.ProtectedTexts.alike", lambda *_a: "g-7")
        release, job = ask(people)
        jobs.run_job(job.pk)
    release.refresh_from_db()
    assert release.state == "failed", release.findings
    return release


ALIKE = "contamination.alike"


def test_a_release_that_was_stopped_tells_all_rows_as_well(
    people: Cast, stopped: Release, folder: Path
) -> None:
    client = Client()
    client.force_login(people.mel)
    dataset = client.get(f"/projects/{people.project.slug}/datasets/trl-dpo/").content.decode()
    first = client.get(page_of(people, stopped), {"code": ALIKE})
    second = client.get(first.context["next_url"])

    told = [line.row.record_id for page in (first, second) for line in page.context["lines"]]
    assert (len(told), len(set(told)), second.context["next_url"]) == (60, 60, "")
    assert f"{page_of(people, stopped)}?code={ALIKE}" in dataset
    assert '/datasets/trl-dpo/#guards"' in dataset
    assert "/rows/" not in first.content.decode()  # no row of it has left
    assert f"trl-dpo, attempt {stopped.pk}, which was stopped: {ALIKE}<" in first.content.decode()
    assert "was not published" in first.content.decode()
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_the_rows_of_a_stopped_release_are_a_csv_file_and_a_list_of_the_api(
    people: Cast, stopped: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "AT_ONCE", 7)
    client, api = Client(), caller(people, people.mel)
    client.force_login(people.mel)
    at = f"/api/v1/projects/{people.project.slug}/releases/{stopped.pk}/findings"

    answer: Any = client.get(f"{page_of(people, stopped)}.csv", {"code": ALIKE})
    head, *lines = csv.reader(b"".join(answer.streaming_content).decode().splitlines())
    page = api.get(f"{at}?code={ALIKE}&limit=59").json()
    rest = api.get(f"{at}?code={ALIKE}&limit=59&cursor={page['next_cursor']}").json()

    assert head == ["record_id", "prediction_id", "environment", "detail", "is_accepted"]
    assert [line[0] for line in lines] == [one["record_id"] for one in page["items"] + rest["items"]]
    assert (len(lines), {line[3] for line in lines}, rest["next_cursor"]) == (60, {"g-7"}, None)
    assert f'filename="trl-dpo@#{stopped.pk}-{ALIKE}.csv"' in answer["Content-Disposition"]


def test_a_stopped_release_gives_out_no_file_and_is_not_found_elsewhere(
    people: Cast, stopped: Release
) -> None:
    outside = cast()
    files = f"/api/v1/projects/{people.project.slug}/releases/trl-dpo@latest/files/findings.jsonl"
    mel, stranger = caller(people, people.mel), caller(outside, outside.mel)
    at = f"/api/v1/projects/{people.project.slug}/releases/{stopped.pk}/findings"
    client = Client()
    client.force_login(people.mel)
    export.create_dataset(people.project, name="other", format_name="trl_dpo", by=Actor(people.mel.pk))

    assert mel.get(files).status_code == 404
    assert stranger.get(at, {"code": ALIKE}).status_code == 404
    other = page_of(people, stopped).replace("trl-dpo", "other")
    assert client.get(other, {"code": ALIKE}).status_code == 404
    assert client.get(f"{other}.csv", {"code": ALIKE}).status_code == 404
    assert client.get(f"{page_of(people, stopped)}.csv", {"code": "no.such"}).status_code == 404


def test_who_may_not_take_the_files_may_not_read_the_findings(people: Cast, release: Release) -> None:
    outside = cast()
    told = {"code": CODE}
    stranger, reviewer = Client(), Client()
    stranger.force_login(outside.mel)
    reviewer.force_login(people.ann)

    assert stranger.get(page_of(people, release), told).status_code == 404
    assert reviewer.get(page_of(people, release), told).status_code == 403
    assert Client().get(page_of(people, release), told).status_code == 302
    assert Client().get(address(people), told).status_code == 401
    assert caller(outside, outside.mel).get(address(people), told).status_code == 404
    elsewhere = page_of(outside, release)
    assert stranger.get(elsewhere, told).status_code == 404
