"""What is withdrawn is in no later release, and what is erased is nowhere; history says that it was there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event, StoredAnswer
from queues import jobs, pipeline, sweeper
from queues.errors import Invalid
from queues.export import publishing
from queues.export.recalls import asking, run, selection
from queues.ingest import documents
from queues.ingest.actions import user_key
from queues.ingest.pseudonym import pseudonym
from queues.models import (
    Draft,
    Item,
    Job,
    Note,
    Payload,
    Queue,
    Recall,
    RecallRequest,
    Release,
    Review,
    SearchDocument,
    Verdict,
)
from tests.export.building import ask as ask_release
from tests.export.building import content, released
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
def verdicts(people: Cast, queue: Queue) -> list[Verdict]:
    """Three rows; the second is of a person, in a conversation, and full of what must go."""
    ada = {"subject": {"user_ref": pseudonym("ada", user_key(people.project.pk))}}
    talk = {"trace": {"conversation_id": "c-7"}}
    return [
        settled(queue, corrected_text="answer 0"),
        settled(
            queue,
            record=record_of(f"Where? {SECRET}?", **ada, **talk),
            output_text=f"Here: {SECRET}.",
            corrected_text=f"No. {SECRET}!",
        ),
        settled(queue, corrected_text="answer 2"),
    ]


def name_of(verdict: Verdict) -> str:
    return verdict.item.prediction.prediction_id


def test_a_withdrawn_row_is_in_no_later_release_and_that_is_a_major_one(
    people: Cast, verdicts: list[Verdict]
) -> None:
    first = released(people)

    withdraw(people, name_of(verdicts[1]), publishes=True)
    jobs.run_job(Job.objects.filter(kind="build_release").latest("pk").pk)

    second = Release.objects.latest("pk")
    assert (second.state, second.version, second.rows) == ("published", "2.0.0", 2)
    assert second.manifest is not None
    assert second.manifest["excluded"] == {"row.recalled": 1}
    row = first.lineage.get(item=verdicts[1].item_id)
    stone = second.manifest["tombstones"][0]
    assert (stone["record_sha256"], stone["reason"]) == (bytes(row.record_sha256).hex(), "wrong")
    assert SECRET.encode() in content(first, "train.jsonl")  # not erased: what is out stays out


def test_a_release_that_is_being_built_does_not_slip_through(
    people: Cast, verdicts: list[Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    release, job = ask_release(people)
    real = publishing._copy_lineage

    def late(*args: Any) -> None:
        monkeypatch.setattr(publishing, "_copy_lineage", real)
        with ThreadPoolExecutor(1) as elsewhere:  # a connection of its own: committed, whatever becomes of us
            elsewhere.submit(_recall, people, verdicts[1]).result()
        real(*args)

    monkeypatch.setattr(publishing, "_copy_lineage", late)
    jobs.run_job(job.pk)
    release.refresh_from_db()
    assert release.state == "building"

    jobs.run_job(job.pk)  # the next attempt
    jobs.run_job(job.pk)

    release.refresh_from_db()
    assert (release.state, release.rows) == ("published", 2)


def _recall(people: Cast, verdict: Verdict) -> None:
    try:
        request = RecallRequest.objects.create(
            project=people.project, by="predictions", reason="wrong", why="x", erases=False, publishes=False
        )
        Recall.objects.create(
            project=people.project,
            request=request,
            prediction=verdict.item.prediction,
            reason="wrong",
            erases=False,
        )
    finally:
        connection.close()


def test_what_is_erased_is_nowhere_and_the_decisions_stay(
    people: Cast, queue: Queue, verdicts: list[Verdict], folder: Path
) -> None:
    item = verdicts[1].item
    documents.index([item.prediction_id])
    Note.objects.create(item=item, author=people.ann, text=SECRET)
    _settled_anew_by_a_lead(people, item)
    Draft.objects.create(item=item, person=people.ann, content={"note": SECRET})
    route = f"/api/v1/projects/{people.project.slug}/golden"
    StoredAnswer.objects.create(
        caller="key:1", route=route, key="k", request_sha256=b"0" * 32, status=201, body=SECRET.encode()
    )
    release = released(people)
    events = list(Event.objects.order_by("pk").values())

    request = withdraw(people, "ada", by_what="person", reason="erasure_requested", erases=True)

    assert request.found == 1
    assert request.named == []
    assert StoredAnswer.objects.get().body is None
    assert not SearchDocument.objects.filter(prediction=item.prediction_id).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{SECRET}%"])
            assert cursor.fetchone()[0] == 0, table
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if SECRET.encode() in path.read_bytes()]
    assert set(Verdict.objects.filter(item=item).values_list("basis", "why")) == {
        ("single", ""),
        ("adjudicated", "(erased)"),
    }
    review = Review.objects.get(item=item)
    assert (review.decision, review.corrected_text) == ("correct", "")
    payload = Payload.objects.get(prediction=item.prediction_id)
    assert payload.erased_at is not None and payload.cohort == {}
    assert list(Event.objects.order_by("pk").values())[: len(events)] == events  # nothing of the log changed
    release.refresh_from_db()
    assert release.manifest is not None
    assert content(release, "manifest.json")


def _settled_anew_by_a_lead(people: Cast, item: Item) -> None:
    lee: dict[str, Any] = {"project": people.project, "by": Actor(people.lee.pk)}
    pipeline.reopen_by_lead(item.pk, why="See the policy.", **lee)
    document = {"decision": "correct", "reasons": ["factual"], "corrected_text": f"No: {SECRET}."}
    pipeline.settle_by_lead(item.pk, document=document, why=f"Since {SECRET}.", **lee)


def test_the_files_of_an_old_release_with_erased_rows_are_gone_and_the_new_one_is_whole(
    people: Cast, verdicts: list[Verdict]
) -> None:
    released(people)
    withdraw(people, "c-7", by_what="conversation", reason="consent_withdrawn", erases=True)
    new = released(people)
    _key, text = api_key(people.project, people.mel)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    base = f"/api/v1/projects/{people.project.slug}/releases/trl-dpo@"

    gone = client.get(f"{base}1.0.0/files/train.jsonl")
    row = client.get(f"{base}1.0.0/rows/r-{verdicts[1].item_id}")
    told = client.get(f"{base}1.0.0/recalls").json()

    assert (gone.status_code, gone.json()["type"].rpartition(":")[2]) == (410, "recalled")
    assert "trl-dpo@latest" in gone.json()["detail"]
    assert row.status_code == 410
    assert [(one["record_id"], one["reason"], one["is_erased"]) for one in told["items"]] == [
        (f"r-{verdicts[1].item_id}", "consent_withdrawn", True)
    ]
    assert client.get(f"{base}1.0.0/files/manifest.json").status_code == 200
    assert client.get(f"{base}1.0.0/files/provenance.jsonl").status_code == 200
    assert client.get(f"{base}1.0.0/rows/r-{verdicts[0].item_id}").status_code == 200
    assert client.get(f"{base}2.0.0/files/train.jsonl").status_code == 200
    assert client.get(f"{base}2.0.0/recalls").json()["items"] == []
    assert new.rows == 2


def test_the_withdrawn_rows_of_a_release_come_once_each_page_by_page(
    people: Cast, queue: Queue, verdicts: list[Verdict]
) -> None:
    twice = verdicts[1].item
    also = settled(queue_in(people.project), corrected_text="answer 3")
    release = released(people)
    Item.objects.filter(pk=also.item_id).update(prediction=twice.prediction)  # one prediction, two rows
    withdraw(people, name_of(verdicts[1]))
    withdraw(people, name_of(verdicts[1]), name_of(verdicts[0]), erases=True)
    _key, text = api_key(people.project, people.mel)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    address = f"/api/v1/projects/{people.project.slug}/releases/trl-dpo@{release.version}/recalls"

    told, cursor = [], ""
    while cursor is not None:
        page = client.get(address, {"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        told += [(one["record_id"], one["is_erased"]) for one in page["items"]]
        cursor = page["next_cursor"]

    items = (verdicts[1].item_id, also.item_id, verdicts[0].item_id)
    assert told == [(f"r-{item_id}", True) for item_id in items]


def test_a_recall_is_told_on_the_pages_with_those_who_took_the_release(
    people: Cast, verdicts: list[Verdict]
) -> None:
    release = released(people)
    client = Client()
    client.force_login(people.mel)
    base = f"/projects/{people.project.slug}/"
    client.get(f"/api/v1{base}releases/trl-dpo@1.0.0/files/train.jsonl")
    form = {
        "by": "predictions",
        "named": name_of(verdicts[1]),
        "reason": "licence",
        "why": "Not <i>ours</i>.",
    }

    answer = client.post(f"{base}recalls/ask", form)
    jobs.run_job(Job.objects.get(kind="recall").pk)
    shown = client.get(f"{base}recalls/").content.decode()
    of_release = client.get(f"{base}datasets/trl-dpo/releases/{release.pk}/recalls").content.decode()
    page = client.get(f"{base}datasets/trl-dpo/").content.decode()
    number = verdicts[1].item.prediction_id
    story = client.get(f"{base}predictions/{number}/").content.decode()

    assert f'href="{base}predictions/{number}/"' in shown
    assert f'href="{base}datasets/trl-dpo/releases/{release.pk}/recalls"' in shown
    assert f'href="{base}datasets/trl-dpo/releases/{release.pk}/rows/{verdicts[1].item_id}"' in of_release
    assert "This prediction was withdrawn on" in story.partition("<h2")[0]
    assert answer.status_code == 302
    assert "the licence does not allow it" in shown
    assert "Current releases still have withdrawn rows: trl-dpo@1.0.0." in shown
    assert "Not &lt;i&gt;ours&lt;/i&gt;." in shown
    assert f"r-{verdicts[1].item_id}" in of_release
    assert people.mel.name in of_release
    assert "1 row withdrawn" in page


def test_the_page_follows_a_recall_and_leaves_what_is_typed_alone(
    people: Cast, verdicts: list[Verdict]
) -> None:
    client = Client()
    client.force_login(people.mel)
    base = f"/projects/{people.project.slug}/recalls/"
    form = {"by": "predictions", "named": name_of(verdicts[1]), "reason": "licence", "why": "Not ours."}

    def polled() -> Any:
        return client.get(f"{base}progress?left=1", headers={"HX-Request": "true"})

    quiet = client.get(base).content.decode()
    client.post(f"{base}ask", form)
    asked = client.get(base).content.decode()
    waiting = polled().content.decode()
    jobs.run_job(Job.objects.get(kind="recall").pk)
    over = polled()

    assert "every 1s" not in quiet
    assert f'hx-get="{base}progress?left=1" hx-trigger="every 1s"' in asked
    assert "Waiting for a worker" in waiting
    assert "hx-swap-oob" not in waiting
    assert "every 1s" not in over.content.decode()
    assert 'id="withdrawn" hx-swap-oob="true"' in over.content.decode()
    assert name_of(verdicts[1]) in over.content.decode()
    assert "HX-Refresh" not in over.headers


def test_an_open_item_that_is_withdrawn_is_reviewed_no_more(people: Cast, queue: Queue) -> None:
    waiting(queue)
    item = Item.objects.get()

    withdraw(people, item.prediction.prediction_id)

    item.refresh_from_db()
    assert item.state == "withdrawn"
    assert set(item.slots.values_list("state", flat=True)) == {"void"}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"by_what": "everything"}, "/by"),
        ({"named": []}, "/named"),
        ({"named": ["nobody"]}, "/named/0"),
        ({"named": [" p-1"]}, "/named/0"),
        ({"by_what": "conversation", "named": ["c-7 "]}, "/named/0"),
        ({"by_what": "person", "named": ["ada\u200b"]}, "/named/0"),
        ({"by_what": "person", "named": ["a\x00"]}, "/named/0"),
        ({"by_what": "person", "named": ["x" * 201]}, "/named/0"),
        ({"by_what": "person", "named": ["a", "b"]}, "/named"),
        ({"reason": "so"}, "/reason"),
        ({"why": " "}, "/why"),
    ],
)
def test_a_recall_that_makes_no_sense_withdraws_nothing(
    people: Cast, verdicts: list[Verdict], said: dict[str, Any], pointer: str
) -> None:
    given: dict[str, Any] = {"by_what": "predictions", "named": [name_of(verdicts[0])]}
    given |= {"reason": "wrong", "why": "x", "erases": False}

    with pytest.raises(Invalid) as refusal:
        asking.ask(people.project, by=Actor(people.mel.pk), **given | said)

    assert [fault.pointer for fault in refusal.value.faults] == [pointer]
    assert not RecallRequest.objects.exists()


@pytest.mark.parametrize(
    "refused",
    [
        lambda verdict: Review.objects.filter(item=verdict.item).update(corrected_text=""),
        lambda verdict: Verdict.objects.filter(pk=verdict.pk).update(why="x"),
        lambda _verdict: Recall.objects.update(reason="other"),
        lambda _verdict: Recall.objects.all()._raw_delete("default"),
    ],
)
def test_the_database_empties_only_what_was_erased(
    people: Cast, verdicts: list[Verdict], refused: Callable[[Verdict], object]
) -> None:
    withdraw(people, name_of(verdicts[1]))

    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        refused(verdicts[1])


@pytest.mark.parametrize(
    "written",
    [
        lambda verdict: Review.objects.filter(item=verdict.item).update(corrected_text="Another's words."),
        lambda verdict: Review.objects.filter(item=verdict.item).update(answers={"why": "Another's words."}),
        lambda verdict: Verdict.objects.filter(pk=verdict.pk).update(why="Another's words."),
        lambda verdict: Note.objects.filter(item=verdict.item).update(text="Another's words."),
    ],
)
def test_the_database_lets_nothing_be_written_where_something_was_erased(
    people: Cast, verdicts: list[Verdict], written: Callable[[Verdict], object]
) -> None:
    Note.objects.create(item=verdicts[1].item, author=people.ann, text=SECRET)
    withdraw(people, name_of(verdicts[1]), erases=True)

    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        written(verdicts[1])


def answers_of(people: Cast, **said: Any) -> StoredAnswer:
    route = f"/api/v1/projects/{people.project.slug}/golden"
    given: dict[str, Any] = {"status": 201, "body": SECRET.encode(), "request_sha256": b"0" * 32} | said
    return StoredAnswer.objects.create(caller="key:1", route=route, key="k", **given)


def test_a_job_that_dies_after_a_batch_leaves_no_answer_of_it_behind(
    people: Cast, verdicts: list[Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = answers_of(people)
    monkeypatch.setattr(selection, "BATCH", 1)
    real = run._withdraw
    done: list[Any] = []

    def dies(request: RecallRequest, ids: Any) -> None:
        if done:
            raise MemoryError("the worker is gone")
        done.append(ids)
        real(request, ids)

    monkeypatch.setattr(run, "_withdraw", dies)
    given: dict[str, Any] = {
        "by_what": "predictions",
        "reason": "erasure_requested",
        "why": "x",
        "erases": True,
    }
    named = [name_of(verdict) for verdict in verdicts]
    _request, job = asking.ask(people.project, named=named, by=Actor(people.mel.pk), **given)

    jobs.run_job(job.pk)

    assert Recall.objects.count() == 1
    kept.refresh_from_db()
    assert (kept.status, kept.body) == (201, None)


def test_the_sweeper_sees_to_the_answers_of_an_erasure_whose_workers_all_died(people: Cast) -> None:
    kept = answers_of(people)
    given: dict[str, Any] = {"by_what": "conversation", "named": ["c-7"], "reason": "other", "why": "x"}
    for erases in (False, True):
        _request, job = asking.ask(people.project, by=Actor(people.mel.pk), erases=erases, **given)
        Job.objects.filter(pk=job.pk).update(
            state="running", attempts=3, lease_until=timezone.now() - timedelta(seconds=1)
        )
        sweeper.sweep()
        kept.refresh_from_db()
        assert (kept.body is None) == erases


def test_nobody_without_the_right_withdraws(people: Cast, verdicts: list[Verdict]) -> None:
    client = Client()
    client.force_login(people.lee)
    base = f"/projects/{people.project.slug}/recalls/"

    assert client.post(base + "ask", {}).status_code == 403
    assert 'class="btn danger"' not in client.get(base).content.decode()


def test_a_manifest_of_a_dataset_without_recalls_has_no_tombstone(
    people: Cast, verdicts: list[Verdict]
) -> None:
    assert orjson.loads(content(released(people), "manifest.json"))["tombstones"] == []
