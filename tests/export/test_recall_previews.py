"""What a recall would touch is counted before somebody asks for it, and is what it then touches."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from queues import jobs, sweeper
from queues.errors import Invalid
from queues.export.recalls import previewing, queries, selection
from queues.ingest.actions import user_key
from queues.ingest.pseudonym import pseudonym
from queues.models import Item, Job, Queue, Recall, RecallPreview
from tests.export.building import released
from tests.export.recalling import withdraw
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "Ada Lovelace lives in Marylebone"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


@pytest.fixture
def zoe(people: Cast, queue: Queue) -> str:
    """Two rows of a release that Mel took, an open item, and one that compares two of her outputs."""
    subject = {"subject": {"user_ref": pseudonym("Zoe", user_key(people.project.pk))}}
    for number in range(2):
        settled(queue, record=record_of(f"{SECRET} {number}", **subject), corrected_text=f"answer {number}")
    settled(queue, corrected_text="of somebody else")
    alone, both = (waiting(queue, record=record_of(f"{SECRET}?", **subject)) for _number in range(2))
    Item.objects.filter(pk=both.pk).update(other=alone.prediction_id, other_first=False)
    release = released(people)
    client = Client()
    client.force_login(people.mel)
    for _download in range(2):
        client.get(
            f"/api/v1/projects/{people.project.slug}/releases/trl-dpo@{release.version}/files/train.jsonl"
        )
    return "Zoe"  # by letters that no hash has


def counted(people: Cast, *named: str, by_what: str) -> RecallPreview:
    preview, job = previewing.ask(people.project, by_what=by_what, named=named, by=Actor(people.mel.pk))
    jobs.run_job(job.pk)
    preview.refresh_from_db()
    assert preview.finished_at is not None, Job.objects.get(pk=job.pk).error
    return preview


@pytest.mark.parametrize("batch", [1, 100])
def test_a_preview_counts_what_the_recall_then_touches_and_withdraws_nothing(
    people: Cast, zoe: str, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(selection, "BATCH", batch)
    preview = counted(people, zoe, by_what="person")
    told: Any = preview.result

    assert not Recall.objects.exists()
    assert set(Item.objects.values_list("state", flat=True)) == {"settled", "open"}
    assert {name: n for name, n in told.items() if name != "releases"} == {
        "predictions": 4,
        "withdrawn": 0,
        "items": 4,
        "unfinished": 2,
        "takers": 1,
    }
    assert [(one.name, one.rows) for one in previewing.touched(preview)] == [("trl-dpo@1.0.0", 2)]
    request = withdraw(people, zoe, by_what="person")
    assert request.found == told["predictions"]
    assert Item.objects.filter(state="withdrawn").count() == told["unfinished"]
    release = previewing.touched(preview)[0].release
    assert queries.counts_of(people.project.pk, [release]) == {release.pk: 2}
    assert not RecallPreview.objects.exists()  # it named somebody, and it was followed up
    assert counted(people, zoe, by_what="person").result == told | {"withdrawn": 4, "unfinished": 0}


def test_a_preview_is_counted_once_and_forgotten_after_a_day(people: Cast, zoe: str) -> None:
    by: dict[str, Any] = {"by_what": "person", "named": [zoe], "by": Actor(people.mel.pk)}

    first, again = previewing.ask(people.project, **by), previewing.ask(people.project, **by)

    assert first == again
    assert zoe not in str(RecallPreview.objects.get().named)
    RecallPreview.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    sweeper.sweep()
    assert not RecallPreview.objects.exists()
    jobs.run_job(first[1].pk)
    assert Job.objects.get(pk=first[1].pk).state == "done"


def test_a_program_asks_and_reads_numbers_and_no_text(people: Cast, zoe: str) -> None:
    _key, text = api_key(people.project, people.mel)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    base = f"/api/v1/projects/{people.project.slug}/"

    asked = client.post(f"{base}recalls:preview", {"by": "person", "named": [zoe]}, "application/json")
    jobs.run_job(Job.objects.get(kind=previewing.KIND).pk)
    told = client.get(asked.headers["Location"])
    wrong = client.post(f"{base}recalls:preview", {"by": "predictions", "named": ["x"]}, "application/json")

    assert (asked.status_code, asked.json()["touches"], asked.json()["state"]) == (202, None, "queued")
    assert told.json()["touches"]["predictions"] == 4
    assert [one["release"] for one in told.json()["touches"]["releases"]] == ["trl-dpo@1.0.0"]
    assert SECRET not in told.content.decode()
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/named/0")
    assert client.get(f"{base}recalls/previews/999999999").status_code == 404
    theirs = Client()
    theirs.force_login(people.sam)
    mine = asked.headers["Location"].replace(people.project.slug, people.other.slug)
    assert theirs.get(mine).status_code == 404


def test_the_page_counts_first_and_withdraws_just_that(people: Cast, zoe: str) -> None:
    client = Client()
    client.force_login(people.mel)
    base = f"/projects/{people.project.slug}/recalls/"

    wrong = client.post(f"{base}preview", {"by": "predictions", "named": "nobody"})
    asked = client.post(f"{base}preview", {"by": "person", "named": zoe})
    waits = client.get(asked.headers["Location"]).content.decode()
    jobs.run_job(Job.objects.get(kind=previewing.KIND).pk)
    over = client.get(f"{asked.headers['Location']}/progress")
    shown = client.get(asked.headers["Location"]).content.decode()
    named = RecallPreview.objects.get().named[0]
    client.post(f"{base}ask", {"by": "person", "named": named, "reason": "other", "why": "x"})
    jobs.run_job(Job.objects.get(kind="recall").pk)

    assert (wrong.status_code, "no prediction of this id" in wrong.content.decode()) == (422, True)
    assert "Waiting for a worker" in waits
    assert over.headers["HX-Refresh"] == "true"
    assert "trl-dpo@1.0.0" in shown
    assert "2 of them are unfinished and would be closed" in shown
    assert SECRET not in shown
    assert Recall.objects.count() == 4


@pytest.mark.parametrize(
    ("by_what", "named", "pointer"),
    [("everything", ["x"], "/by"), ("person", [], "/named"), ("conversation", [" "], "/named/0")],
)
def test_what_cannot_be_named_is_not_counted(
    people: Cast, by_what: str, named: list[str], pointer: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        previewing.ask(people.project, by_what=by_what, named=named, by=Actor(people.mel.pk))

    assert [fault.pointer for fault in refusal.value.faults] == [pointer]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"by": "all"}, "by_known"),
        ({"result": {}}, "finished_has_a_result"),
        ({"finished_at": timezone.now()}, "finished_has_a_result"),
    ],
)
def test_the_database_refuses_half_a_preview(people: Cast, fields: dict[str, Any], constraint: str) -> None:
    whole = {"project": people.project, "by": "person", "named": ["h:00ff"]}

    with pytest.raises(IntegrityError, match=f"recall_preview_{constraint}"), transaction.atomic():
        RecallPreview.objects.create(**whole | fields)
