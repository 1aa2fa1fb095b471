"""What differs between two releases, and where each of their rows came from."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from queues.export import diff
from queues.export.diff import differences
from queues.models import Flag, Queue, Release, ReleaseRow, Slot, Verdict
from tests.export.building import released
from tests.factories.people import api_key
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


@pytest.fixture
def verdicts(queue: Queue) -> list[Verdict]:
    return [settled(queue, corrected_text=f"answer {n}") for n in range(4)]


@pytest.fixture
def pair(people: Cast, queue: Queue, verdicts: list[Verdict]) -> tuple[Release, Release]:
    """Of four rows the second is removed, the third edited; a fifth is added."""
    first = released(people)
    Verdict.objects.filter(pk__in=[verdicts[1].pk, verdicts[2].pk]).update(
        withdrawn_at="2026-11-21T00:00:00Z"
    )
    again = Verdict.objects.get(pk=verdicts[2].pk)
    again.pk, again.withdrawn_at, again.corrected_text = None, None, "another answer"
    again.save(force_insert=True)
    settled(queue, corrected_text="answer 5")
    return first, released(people)


@pytest.fixture
def mel(people: Cast) -> Client:
    client = Client()
    client.force_login(people.mel)
    return client


def address(people: Cast, rest: str) -> str:
    return f"/projects/{people.project.slug}/datasets/trl-dpo/{rest}"


def test_each_difference_is_found_and_counted(pair: tuple[Release, Release], verdicts: list[Verdict]) -> None:
    old, new = pair

    page = differences(old, new, limit=10)

    told = {one.item: one.kind for one in page.rows}
    added = max(told)
    assert told == {verdicts[1].item_id: "removed", verdicts[2].item_id: "changed", added: "added"}
    assert page.go_on is None
    assert diff.counts(old, new) == {"added": 1, "removed": 1, "changed": 1, "moved": 0}
    assert new.manifest is not None
    assert new.manifest["changes"] == diff.counts(old, new)
    assert new.version == "2.0.0"


def test_a_row_in_another_split_has_moved(people: Cast, verdicts: list[Verdict]) -> None:
    first, second = released(people), released(people)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE queues_releaserow DISABLE TRIGGER USER")
        moved = "UPDATE queues_releaserow SET split = 'test' WHERE release_id = %s AND line = 1"
        cursor.execute(moved, [second.pk])
        cursor.execute("ALTER TABLE queues_releaserow ENABLE TRIGGER USER")

    assert [(one.kind, one.after.split) for one in differences(first, second, limit=9).rows if one.after] == [
        ("moved", "test")
    ]


@pytest.mark.parametrize("window", [1, 2, 3])
def test_pages_lose_and_repeat_nothing(
    pair: tuple[Release, Release], monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    whole = [one.item for one in differences(*pair, limit=100).rows]
    monkeypatch.setattr(diff, "WINDOW", window)
    monkeypatch.setattr(diff, "WINDOWS_MAX", 1)

    seen, after = [], 0
    for _turn in range(20):
        page = differences(*pair, after=after, limit=1)
        seen += [one.item for one in page.rows]
        if page.go_on is None:
            break
        after = page.go_on

    assert seen == whole


def test_the_page_and_the_api_tell_the_same(people: Cast, mel: Client, pair: tuple[Release, Release]) -> None:
    _key, text = api_key(people.project, people.mel)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    base = f"/api/v1/projects/{people.project.slug}/datasets/trl-dpo/diff"

    shown = mel.get(address(people, "diff")).content.decode()
    first = client.get(f"{base}?from=1.0.0&to=latest&limit=2").json()
    rest = client.get(f"{base}?from=1.0.0&to=latest&limit=2&cursor={first['next_cursor']}").json()

    told = [*first["items"], *rest["items"]]
    assert [one["change"] for one in told] == ["removed", "changed", "added"]
    assert all(one["record_id"] in shown for one in told)
    assert first["counts"] == {"added": 1, "removed": 1, "changed": 1, "moved": 0}
    assert client.get(f"{base}?from=1.0.0&to=2.0.0&change=added").json()["items"] == told[2:]
    assert client.get(f"{base}?from=1.0.0").status_code == 400
    assert client.get(f"{base}?from=1.0.0&to=9.0.0").status_code == 404
    assert client.get(f"{base}?from=1.0.0&to=2.0.0&change=lost").status_code == 400
    for name, word in (("change", "lost"), ("change", "ADDED"), ("mood", "1"), ("after", "abc")):
        refused = mel.get(address(people, "diff"), {name: word})
        assert (refused.status_code, f"<code>?{name}</code>" in refused.content.decode()) == (400, True)


def test_a_row_leads_to_its_prediction_its_reviewers_and_its_other_releases(
    people: Cast, mel: Client, pair: tuple[Release, Release], verdicts: list[Verdict]
) -> None:
    old, _new = pair
    row = old.lineage.get(item=verdicts[0].item_id)
    _key, text = api_key(people.project, people.mel)
    path = f"/api/v1/projects/{people.project.slug}/releases/trl-dpo@1.0.0/rows/r-{row.item_id}"

    shown = mel.get(address(people, f"releases/{old.pk}/rows/{row.item_id}")).content.decode()
    told: dict[str, Any] = Client(headers={"Authorization": f"Bearer {text}"}).get(path).json()

    prediction = verdicts[0].item.prediction
    assert (told["prediction"], told["prediction_id"]) == (prediction.pk, prediction.prediction_id)
    assert told["record_sha256"] == bytes(row.record_sha256).hex()
    assert (told["pi"], told["decision"], told["basis"]) == (1.0, "correct", "single")
    assert [one["version"] for one in told["releases"]] == ["2.0.0", "1.0.0"]
    assert told["still_stands"] is True
    reviewer = told["reviews"][0]["reviewer"]
    assert reviewer.startswith("rv_")
    texts = (prediction.payload.output_text, verdicts[0].corrected_text or "", "How long do refunds take?")
    named = "chance of being picked (pi)"
    for part in (prediction.prediction_id, reviewer, "its verdict stands", "trl-dpo@2.0.0", *texts, named):
        assert part in shown
    assert verdicts[0].review is not None
    assert verdicts[0].review.person.name not in shown


def test_a_release_leads_to_its_rows_and_each_to_where_it_came_from(
    people: Cast, mel: Client, pair: tuple[Release, Release], verdicts: list[Verdict]
) -> None:
    rows = address(people, f"releases/{pair[0].pk}/rows")
    flagged = verdicts[0].item.prediction
    Flag.objects.create(prediction=flagged, component="x", category="hate", flagged=True, severity=3)

    shown = mel.get(rows)
    row = mel.get(f"{rows}/{verdicts[0].item_id}").content.decode()

    assert f'href="{rows}"' in mel.get(address(people, "")).content.decode()
    assert {one.item for one in shown.context["rows"]} == {one.item_id for one in pair[0].lineage.all()}
    assert f'href="{rows}/{verdicts[1].item_id}"' in shown.content.decode()
    assert flagged.payload.output_text in row.partition('<details class="veiled">')[2]
    assert flagged.payload.output_text not in row.partition('<details class="veiled">')[0]
    assert mel.get(f"{rows}?after=999999").context["rows"] == []


def test_a_row_says_that_its_verdict_was_taken_back(
    people: Cast, mel: Client, pair: tuple[Release, Release], verdicts: list[Verdict]
) -> None:
    shown = mel.get(address(people, f"releases/{pair[0].pk}/rows/{verdicts[1].item_id}")).content.decode()

    assert "its verdict was taken back since" in shown


def test_who_holds_the_item_is_not_told_what_others_said(
    people: Cast, mel: Client, pair: tuple[Release, Release], verdicts: list[Verdict]
) -> None:
    Slot.objects.create(
        item=verdicts[0].item,
        queue=verdicts[0].queue,
        seq=9,
        priority=50,
        due_at="2126-01-01T00:00:00Z",
        state="leased",
        person=people.mel,
        lease_token="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        lease_until="2126-01-01T00:00:00Z",
        leased_at="2026-01-01T00:00:00Z",
    )

    answer = mel.get(address(people, f"releases/{pair[0].pk}/rows/{verdicts[0].item_id}"))

    assert answer.status_code == 409


def test_rows_of_others_and_of_no_release_are_not_found(
    people: Cast, mel: Client, pair: tuple[Release, Release]
) -> None:
    sam = Client()
    sam.force_login(people.sam)
    row = pair[0].lineage.first()
    assert row is not None

    assert sam.get(address(people, f"releases/{pair[0].pk}/rows/{row.item_id}")).status_code == 404
    assert mel.get(address(people, f"releases/{pair[0].pk}/rows/999999")).status_code == 404


def test_one_release_has_nothing_to_be_compared_with(
    people: Cast, mel: Client, verdicts: list[Verdict]
) -> None:
    released(people)

    assert mel.get(address(people, "diff")).status_code == 404
    assert "diff" not in mel.get(address(people, "")).content.decode()


def test_a_row_is_found_by_its_id_or_by_its_line(
    people: Cast, mel: Client, pair: tuple[Release, Release], verdicts: list[Verdict]
) -> None:
    first, second = pair
    at = address(people, f"releases/{first.pk}/rows")
    line = ReleaseRow.objects.get(release=first, item=verdicts[1].item_id).line

    for asked in (f"r-{verdicts[1].item_id}", str(line), f"train.jsonl:{line}", f"a/train.jsonl.gz:{line}:"):
        assert mel.get(at, {"find": asked})["Location"] == f"{at}/{verdicts[1].item_id}"
    for asked in ("r-999999", "0", "99", "9" * 30, "none", "r-", "r-٣", "test.jsonl:1", "a:1"):
        answer = mel.get(at, {"find": asked})
        assert (answer.status_code, b"no such row" in answer.content) == (200, True), asked
    gone = mel.get(address(people, f"releases/{second.pk}/rows"), {"find": f"r-{verdicts[1].item_id}"})
    assert b"no such row" in gone.content  # it was removed from the second
    for split in ("test", "nowhere", "\0"):  # all rows stand in train
        answer = mel.get(at, {"find": "1", "split": split})
        assert (answer.status_code, b"<code>?split</code>" in answer.content) == (400, True)
    assert {mel.get(at, {"find": text}).status_code for text in ("\0", "9" * 5_000)} == {400}


def test_a_row_tells_what_its_sender_said_of_its_rights(people: Cast, queue: Queue, mel: Client) -> None:
    rights = {"licence": "CC-BY-4.0", "consent": "granted", "consent_scope": ["train", "eval"]}
    said = settled(queue, record=record_of("Why?", rights=rights), corrected_text="Because.")
    unsaid = settled(queue, record=record_of("Where?"), corrected_text="There.")
    release = released(people)
    _key, text = api_key(people.project, people.mel)
    api = Client(headers={"Authorization": f"Bearer {text}"})

    page = mel.get(address(people, f"releases/{release.pk}/rows/{said.item_id}")).content.decode()
    other = mel.get(address(people, f"releases/{release.pk}/rows/{unsaid.item_id}")).content.decode()
    told = api.get(
        f"/api/v1/projects/{people.project.slug}/releases/trl-dpo@latest/rows/r-{said.item_id}"
    ).json()

    assert "CC-BY-4.0" in page and "<code>granted</code> · for: train, eval" in page
    assert "Nothing that is known here speaks against it" in page
    assert other.count("not said") == 3
    assert {name: told[name] for name in rights} == rights
    assert told["origin"] is None
