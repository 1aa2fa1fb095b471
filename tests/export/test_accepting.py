"""What a guard stops leaves with a reason, and only those rows that were shown to who gave it."""

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from queues import jobs
from queues.errors import Invalid, WrongState
from queues.export import actions as export
from queues.export import findings, stopped
from queues.export.accepting import Said
from queues.export.findings import has_rows
from queues.export.guarding import walk
from queues.export.guards import Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.models import Acceptance, Dataset, GuardStop, Job, Queue, Release, Verdict
from queues.web.findings import found_in
from tests.export.recalling import withdraw
from tests.factories.golden import golden_record, verified
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)

CODE = "contamination.alike"
WHY = "Both are about kettles, no more."


class ReadsLike(Guard):
    """Stops what begins so, as an encoder would that finds it alike."""

    scopes = ("train",)
    golden = "g-7"

    def begin(self, around: Surroundings) -> Check:
        def check(leaving: Leaving) -> Hit | None:
            return Hit(CODE, Effect.STOPS, self.golden) if leaving.prompt.startswith("Alike") else None

        return check


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> ReadsLike:
    one = ReadsLike()
    monkeypatch.setitem(guards._by_name, "contamination", one)
    return one


@pytest.fixture
def dataset(people: Cast) -> Dataset:
    return export.create_dataset(people.project, name="set", format_name="trl_sft", by=Actor(people.mel.pk))


def row(queue: Queue, prompt: str) -> Verdict:
    return settled(queue, record=record_of(prompt), corrected_text=f"An answer to {prompt}")


def built(people: Cast, dataset: Dataset, said: Said | None = None) -> Release:
    release, job = export.publish(dataset, said=said or Said({}), by=Actor(people.mel.pk))
    jobs.run_job(job.pk)
    release.refresh_from_db()
    return release


def accepting(shown: Release) -> Said:
    return Said({"contamination": WHY}, shown.pk)


def stop_of(release: Release) -> tuple[int, int]:
    return GuardStop.objects.values_list("rows", "unaccepted").get(release=release)


def test_what_was_shown_leaves_with_a_reason_that_is_kept(
    people: Cast, queue: Queue, dataset: Dataset
) -> None:
    row(queue, "Alike, one?")

    shown = built(people, dataset)
    release = built(people, dataset, accepting(shown))

    assert (shown.state, stop_of(shown)) == ("failed", (1, 1))
    assert "contamination, in 1 row that nobody has accepted" in Job.objects.earliest("id").error
    assert (release.state, stop_of(release)) == ("published", (1, 0))
    assert release.manifest is not None
    assert release.manifest["accepted"] == {"contamination": WHY}
    kept = release.acceptances.get()
    assert (kept.accepted_by_id, kept.reason, kept.shown.release_id) == (people.mel.pk, WHY, shown.pk)
    asked = Event.objects.filter(kind="release.asked").latest("id").after
    assert asked is not None
    assert (asked["accepted"], asked["findings_of"]) == ({"contamination": WHY}, [shown.pk])


def test_a_row_that_came_after_the_look_stops_the_next_release_too(
    people: Cast, queue: Queue, dataset: Dataset
) -> None:
    row(queue, "Alike, one?")
    first = built(people, dataset)
    row(queue, "Alike, two?")

    second = built(people, dataset, accepting(first))
    third = built(people, dataset, accepting(second))

    built(people, dataset, accepting(third))
    client = Client()
    client.force_login(people.mel)
    page = client.get(f"/projects/{people.project.slug}/datasets/set/").content.decode()
    assert page.count("Exactly the same rows as 1.0.0: nothing in them changed.") == 1
    assert (second.state, stop_of(second)) == ("failed", (2, 1))
    assert (third.state, stop_of(third)) == ("published", (2, 0))


def test_the_release_of_a_recall_takes_over_what_was_accepted_and_nothing_else(
    people: Cast, queue: Queue, dataset: Dataset
) -> None:
    gone, other = row(queue, "Alike, one?"), row(queue, "Of its own?")
    row(queue, "Alike, two?")
    current = built(people, dataset, accepting(built(people, dataset)))

    withdraw(people, gone.item.prediction.prediction_id, publishes=True)
    without = newest()
    row(queue, "Alike, new?")
    withdraw(people, other.item.prediction.prediction_id, publishes=True)
    refused = newest()

    assert (without.state, without.rows, stop_of(without)) == ("published", 2, (1, 0))
    assert (refused.state, stop_of(refused)) == ("failed", (2, 1))
    told = list(Acceptance.objects.order_by("id").values_list("reason", "accepted_by", "accepted_at"))
    assert told == [(WHY, people.mel.pk, current.acceptances.get().accepted_at)] * 3


def newest() -> Release:
    jobs.run_job(Job.objects.filter(kind="build_release").latest("pk").pk)
    return Release.objects.latest("pk")


def test_a_row_that_reads_like_another_golden_question_or_another_text_of_it_is_another_finding(
    people: Cast, queue: Queue, dataset: Dataset, guard: ReadsLike
) -> None:
    both = [golden_record(f"g-{n}", input={"prompt": f"How hot are {n} kettles?"}) for n in (7, 8)]
    verified(people.project, *both)
    row(queue, "Alike, one?")
    said = accepting(built(people, dataset))

    guard.golden = "g-8"
    assert built(people, dataset, said).state == "failed"
    guard.golden = "g-7"
    assert built(people, dataset, said).state == "published"
    changed = golden_record("g-7", input={"prompt": "Is a kettle alike?"})
    verified(people.project, changed, as_new_version=True)
    assert built(people, dataset, said).state == "failed"


def test_an_acceptance_names_a_guard_a_reason_and_what_was_looked_at(
    people: Cast, queue: Queue, dataset: Dataset
) -> None:
    row(queue, "Alike, one?")
    by = Actor(people.mel.pk)
    shown = built(people, dataset).pk
    elsewhere = export.create_dataset(people.project, name="other", format_name="trl_sft", by=by)
    other = built(people, elsewhere).pk
    at = "/accepted/contamination"

    for why, looked_at, faults in (
        ({"nobody": WHY}, shown, [("/accepted/nobody", "guard.unknown")]),
        ({"contamination": "x" * 9}, shown, [(at, "accepted.reason")]),
        ({"contamination": "x" * 9 + "   "}, shown, [(at, "accepted.reason")]),
        ({"contamination": "\u200b\u2060" * 12}, shown, [(at, "accepted.reason")]),
        ({"contamination": "x\u3164" * 9}, shown, [(at, "accepted.reason")]),
        ({"contamination": "x" * 1001}, shown, [(at, "accepted.reason")]),
        ({"contamination": WHY}, None, [("/findings_of", "findings_of.missing")]),
        ({"contamination": WHY}, other, [("/findings_of", "findings_of.unknown")]),
        ({"secrets": WHY}, shown, [("/accepted/secrets", "accepted.nothing")]),
    ):
        with pytest.raises(Invalid) as refused:
            export.publish(dataset, said=Said(why, looked_at), by=by)
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == faults, why


def test_the_rows_of_an_old_attempt_go_and_with_them_what_can_be_accepted(
    people: Cast, queue: Queue, dataset: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row(queue, "Alike, one?")
    old, young, newest = (built(people, dataset) for _n in range(3))
    Release.objects.filter(pk__in=[old.pk, newest.pk]).update(created_at=timezone.now() - 2 * stopped.KEPT)

    assert (stopped.forget_old(), stopped.forget_old()) == (1, 0)

    assert [has_rows(one) for one in (old, young, newest)] == [False, True, True]
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 2
    assert old.findings[CODE]["rows"] == 1
    with pytest.raises(Invalid, match="correct what is marked"):
        built(people, dataset, accepting(old))
    assert built(people, dataset, accepting(young)).state == "published"
    monkeypatch.setattr("queues.export.accepting.faults_in", lambda *_said: [])  # gone between look and lock
    with pytest.raises(WrongState, match="gone by now"):
        built(people, dataset, accepting(old))


def test_the_database_keeps_no_acceptance_of_a_few_letters(
    people: Cast, queue: Queue, dataset: Dataset
) -> None:
    row(queue, "Alike, one?")
    stop = built(people, dataset).stops.get()

    with pytest.raises(IntegrityError, match="acceptance_says_why"), transaction.atomic():
        Acceptance.objects.create(release=stop.release, guard="contamination", shown=stop, reason="fine     ")


def test_what_is_new_in_the_next_attempt_is_marked_and_shown_first(
    people: Cast, queue: Queue, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (findings, walk):
        monkeypatch.setattr(module, "EXAMPLES", 2)
    verified(people.project, golden_record("g-7", input={"prompt": "How hot are kettles?"}))
    for n in range(3):
        row(queue, f"Alike, {n}?")
    first = built(people, dataset)
    new = row(queue, "Alike, new?").item
    second = built(people, dataset, accepting(first))
    changed = golden_record("g-7", input={"prompt": "Is a kettle alike?"})
    verified(people.project, changed, as_new_version=True)  # what was accepted was of the text before

    told = findings.rows_of(second, CODE, limit=10).rows
    only = findings.rows_of(second, CODE, limit=10, only_new=True)
    shown = found_in(second)[0]

    assert [one.is_accepted for one in told] == [True, True, True, False]
    assert ([one.item for one in only.rows], only.go_on) == ([new.pk], None)
    assert [one.is_accepted for one in findings.rows_of(first, CODE, limit=10).rows] == [False] * 3
    assert [one.is_new for one in shown.examples] == [True, False]
    assert shown.examples[0].prediction == new.prediction_id


def test_the_new_row_is_marked_on_the_pages_in_the_file_and_in_the_api(
    people: Cast, queue: Queue, dataset: Dataset
) -> None:
    old = row(queue, "Alike, one?")
    first = built(people, dataset)
    new = row(queue, "Alike, two?")
    second = built(people, dataset, accepting(first))
    client, at = Client(), f"/projects/{people.project.slug}/datasets/set/"
    client.force_login(people.mel)
    rows = f"{at}releases/{second.pk}/findings"
    _key, secret = api_key(people.project, people.mel)
    api = Client(headers={"Authorization": f"Bearer {secret}"})

    page = client.get(at).content.decode()
    listed = client.get(rows, {"code": CODE}).content.decode()
    file: Any = client.get(f"{rows}.csv", {"code": CODE})
    asked = f"/api/v1/projects/{people.project.slug}/releases/{second.pk}/findings"
    answer = api.get(asked, {"code": CODE}).json()
    only = api.get(asked, {"code": CODE, "only": "new"}).json()

    for shown in (page, listed):
        assert shown.count("new: not accepted yet") == 1
        assert "only=new" in shown
        assert ">the 1 new row</a>" in shown
    filtered = client.get(rows, {"code": CODE, "only": "new"}).content.decode()
    assert f"r-{new.item_id}" in filtered
    assert f"r-{old.item_id}" not in filtered
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert [line.rpartition(",")[2] for line in lines] == ["is_accepted", "yes", "no"]
    assert [one["is_accepted"] for one in answer["items"]] == [True, False]
    assert [one["record_id"] for one in only["items"]] == [f"r-{new.item_id}"]
    for refused in (
        client.get(rows, {"code": CODE, "only": "x"}),
        api.get(asked, {"code": CODE, "only": "x"}),
    ):
        assert refused.status_code in (400, 404, 422)
    assert (
        "new: not accepted yet"
        not in client.get(rows.replace(str(second.pk), str(first.pk)), {"code": CODE}).content.decode()
    )
