"""A question that an encoder finds alike stops a release or stays out, also if the golden one came last."""

from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.actor import Actor
from queues import jobs, sweeper
from queues.export import actions as export
from queues.export import reading
from queues.export.guarding import protected
from queues.models import Dataset, GoldenVector, Job, Part, Queue, Release
from queues.score import vectors
from queues.score.enrichments import embed
from queues.score.vectors import NewVector
from queues.web.held_against import named_in
from tests.export.building import ask, content
from tests.factories.encoders import POISON, HashedWords, use
from tests.factories.golden import golden_record, verified
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = "My kettle leaks on the left side, may I send the lid back alone and keep the rest of it"
IN_OTHER_ORDER = "May I keep the rest of my kettle and send it back the lid alone, on the left side leaks"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[HashedWords]:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    one = HashedWords()
    use(monkeypatch, one)
    yield one
    with connection.cursor() as cursor:  # no table of ours: it is not emptied by itself
        cursor.execute("DELETE FROM queues_vector")


def test_a_golden_question_that_came_last_stops_what_is_alike(
    people: Cast, queue: Queue, encoder: HashedWords
) -> None:
    row = settled(queue, record=record_of(ASKED), corrected_text="Yes, alone.")
    settled(queue, record=record_of("When do you open?"), corrected_text="At nine.")
    [vector] = encoder.encode([ASKED])
    vectors.store(vectors.known(encoder), [NewVector(row.item.prediction_id, Part.INPUT, vector)])
    verified(people.project, golden_record(input={"prompt": IN_OTHER_ORDER}))
    assert embed.golden_is_owed()

    sweeper.enrich("embed")
    release, job = ask(people)
    jobs.run_job(job.pk)

    release.refresh_from_db()
    assert not embed.golden_is_owed()
    assert (release.state, release.findings["contamination.alike"]["rows"]) == ("failed", 1)
    assert "contamination" in Job.objects.get(pk=job.pk).error


@pytest.mark.parametrize("demanded", [{}, {"caps": {"synthetic": 0.5}}])
@pytest.mark.parametrize("beside_from", [10**9, 0])
def test_a_dataset_may_leave_out_what_is_alike(
    people: Cast,
    queue: Queue,
    encoder: HashedWords,
    monkeypatch: pytest.MonkeyPatch,
    beside_from: int,
    demanded: dict[str, object],
) -> None:
    monkeypatch.setattr(protected, "BESIDE_FROM", beside_from)
    alike = settled(queue, record=record_of(ASKED), corrected_text="Yes, alone.")
    settled(queue, record=record_of("When do you open?"), corrected_text="At nine.")
    vectors_of = zip([alike.item.prediction_id], encoder.encode([ASKED]), strict=True)
    vectors.store(vectors.known(encoder), [NewVector(pk, Part.INPUT, one) for pk, one in vectors_of])
    verified(people.project, golden_record(input={"prompt": IN_OTHER_ORDER}))
    sweeper.enrich("embed")
    by = Actor(people.mel.pk)
    rules = {"alike_golden": "leave_out", **demanded}
    found = export.create_dataset(people.project, name="set", format_name="trl_sft", demanded=rules, by=by)

    first, again = (built(found, by) for _time in range(2))

    told = first.findings["contamination.alike"]
    assert (told["effect"], told["rows"]) == ("leaves_out", 1)
    assert told["examples"] == [
        {"prediction_id": alike.item.prediction.prediction_id, "detail": "g-1", "item": alike.item_id}
    ]
    assert first.manifest is not None
    assert (first.rows, first.manifest["excluded"]) == (1, {"contamination.alike": 1})
    looked = {"name": encoder.name, "is_semantic": encoder.is_semantic, "at_least": 0.95}
    assert first.manifest["encoder"] == {**looked, "golden_questions": 1}
    for path in ("train.jsonl", "train.parquet", "provenance.jsonl", "findings.jsonl"):
        assert content(again, path) == content(first, path)
    assert b"".join(reading.lines_of(found)) == content(first, "train.jsonl")


def test_an_earlier_version_that_was_met_is_named_and_shown_as_it_was(
    people: Cast, queue: Queue, encoder: HashedWords
) -> None:
    row = settled(queue, record=record_of(ASKED), corrected_text="Yes, alone.")
    [vector] = encoder.encode([ASKED])
    vectors.store(vectors.known(encoder), [NewVector(row.item.prediction_id, Part.INPUT, vector)])
    for asked in (IN_OTHER_ORDER, "Where is the nearest shop?"):
        verified(people.project, golden_record(input={"prompt": asked}), as_new_version=True)
    sweeper.enrich("embed")

    release, job = ask(people)
    jobs.run_job(job.pk)

    release.refresh_from_db()
    [example] = release.findings["contamination.alike"]["examples"]
    assert example["detail"] == "g-1@1"
    told = [
        ("contamination.alike", "g-1@1"),
        ("contamination.alike", "g-1"),
        ("contamination.alike", "g-1@7"),
    ]
    shown = named_in(people.project.pk, told)
    assert {name: (one.text, one.is_current) for name, one in shown.items()} == {
        "g-1@1": (IN_OTHER_ORDER, False),
        "g-1": ("Where is the nearest shop?", True),
    }
    assert named_in(people.other.pk, told) == {}


def built(found: Dataset, by: Actor) -> Release:
    release, job = export.publish(found, by=by)
    jobs.run_job(job.pk)
    release.refresh_from_db()
    assert release.state == "published", Job.objects.get(pk=job.pk).error
    return release


def test_one_that_cannot_be_encoded_is_tried_once_and_a_broken_encoder_again(
    people: Cast, encoder: HashedWords
) -> None:
    verified(people.project, golden_record(input={"prompt": POISON}))

    encoder.is_broken = True
    assert (embed.encode_golden(), GoldenVector.objects.count()) == (0, 0)
    encoder.is_broken = False

    assert [embed.encode_golden() for _run in range(2)] == [1, 0]
    assert [bytes(one.vector) for one in GoldenVector.objects.all()] == [b""]
